"""Specs of inputs and targets: the meaning of the arrays of a split."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from keras_dl.utils.printing import printable

__all__ = [
    "BestPlay",
    "Boards",
    "Boxes",
    "Classes",
    "Features",
    "FrameStates",
    "Images",
    "Masks",
    "NoTargets",
    "Nodes",
    "Spec",
    "Spectrograms",
    "Tokens",
    "Transcripts",
    "Values",
    "to_dict",
]


@dataclass(frozen=True)
class Spec:
    """Base class of the specs of inputs and targets.

    Attributes:
        shape: of one example, without the batch axis; None: that of the arrays.
    """

    shape: tuple[int, ...] | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Images(Spec):
    """Images (height, width, channels), pixels 0..255.

    The pixels are uint8, or float32 if the source has finer grey levels than 8 bits.

    Attributes:
        white: number that is white in the source; inputs of the model have the same unit.
    """

    white: float = 255.0


@dataclass(frozen=True)
class Features(Spec):
    """Columns of a table, float32 in their own units.

    Attributes:
        names: of the columns in the source's header; empty without one.
        numbers: of the columns in the source, from 0; empty for arrays.
    """

    names: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", _printable(self.names))


@dataclass(frozen=True)
class Nodes(Spec):
    """Numbers of the nodes of one graph, int32.

    Attributes:
        num_nodes: nodes of the graph.
    """

    num_nodes: int = 0


@dataclass(frozen=True)
class Tokens(Spec):
    """Token numbers of a text.

    Attributes:
        vocabulary_size: number of different tokens; None if unspecified.
    """

    vocabulary_size: int | None = None


@dataclass(frozen=True)
class Spectrograms(Spec):
    """Log-mel spectrograms, float32.

    Attributes:
        rate: samples a second of the sounds.
        hop: samples from one frame to the next.
    """

    rate: int = 8000
    hop: int = 128


@dataclass(frozen=True)
class Classes(Spec):
    """Class numbers 0..C-1.

    Attributes:
        names: one per class.
        by_split: names of the classes of each split, if splits have different classes, as in
            few-shot learning.
    """

    names: tuple[str, ...] = ()
    by_split: Mapping[str, tuple[str, ...]] | None = None

    def __post_init__(self) -> None:
        # Names of folders and cells of tables: no control characters in terminals and logs.
        object.__setattr__(self, "names", _printable(self.names))
        if self.by_split is not None:
            named = {split: _printable(names) for split, names in self.by_split.items()}
            object.__setattr__(self, "by_split", named)


@dataclass(frozen=True)
class Masks(Spec):
    """One class number per pixel, (height, width) uint8.

    Attributes:
        names: one per class.
        ignore: label of pixels that count in neither loss nor metrics; None: every pixel counts.
        colours: (red, green, blue) 0..255 of each class; empty: the plots assign colours.
    """

    names: tuple[str, ...] = ()
    ignore: int | None = None
    colours: tuple[tuple[int, int, int], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", _printable(self.names))


@dataclass(frozen=True)
class Boxes(Spec):
    """Objects on images: a dict of "boxes" (slots, 4) float32 and "classes" (slots,) int32.

    A box is (left, top, right, bottom) in pixels. Images with fewer objects than slots have the
    class -1 and boxes of zeros in the others.

    Attributes:
        names: one per class.
    """

    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", _printable(self.names))


@dataclass(frozen=True)
class Transcripts(Spec):
    """Sequences of labels, int32: label C is names[C - 1], 0 is padding.

    Attributes:
        names: one per label.
    """

    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", _printable(self.names))


@dataclass(frozen=True)
class FrameStates(Spec):
    """State of a hidden Markov model for each frame, int32.

    State 0 is silence; those of word w are 1 + w·states + 0..states-1.

    Attributes:
        names: one per word.
        states: of a word.
    """

    names: tuple[str, ...] = ()
    states: int = 3

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", _printable(self.names))


@dataclass(frozen=True)
class Boards(Spec):
    """Positions of a board game (rows, columns) int8, as the player to move sees them.

    1 are the own stones, -1 the other player's, 0 is empty.

    Attributes:
        game: name of the game.
    """

    game: str = ""


@dataclass(frozen=True)
class BestPlay(Spec):
    """Exact solutions of positions: a dict of "policy" (moves,) and "value" (1,), float32.

    The policy has equal shares of all moves that reach the value, which is 1, 0 or -1 for the
    player to move.
    """


@dataclass(frozen=True)
class Values(Spec):
    """Real numbers to regress on, float32."""


@dataclass(frozen=True)
class NoTargets(Spec):
    """Targets without meaning: the model is trained on its inputs alone."""


def to_dict(spec: Spec) -> dict[str, Any]:
    """Describes a spec in JSON-serialisable values, with the name of its class as "type"."""
    return {"type": type(spec).__name__, **asdict(spec)}


def _printable(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(printable(name) for name in names)
