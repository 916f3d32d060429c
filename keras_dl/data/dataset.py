"""What a recipe trains on: three splits in memory, what they mean, and their fingerprint."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

__all__ = ["MAX_BYTES", "Data", "Kind", "Raw", "Split", "digest"]

# A set is held in memory whole; more than this is refused before the machine starts to swap.
MAX_BYTES = 8 * 2**30

Kind = Literal["image", "table", "text"]


class Split(NamedTuple):
    """Examples and their targets.

    Attributes:
        x: images (n, height, width, channels) uint8, or features (n, …) float32.
        y: class numbers (n,) int32, or regression targets (n,) or (n, outputs) float32.
    """

    x: np.ndarray
    y: np.ndarray


class Raw(NamedTuple):
    """What a source holds, before sizes, number formats and splits are brought to one form.

    Attributes:
        name: short name of the data set.
        source: where the bytes came from, in words.
        train: (inputs, targets); inputs are one array, or a list of images of various sizes.
        validation: the source's own validation split, or None to cut one from train.
        test: the source's own test split, or None to cut one.
        class_names: one name per class number, or None to read the classes from the targets.
    """

    name: str
    source: str
    train: tuple[Any, Any]
    validation: tuple[Any, Any] | None = None
    test: tuple[Any, Any] | None = None
    class_names: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Data:
    """A data set in memory, cut into train, validation and test.

    Attributes:
        name: short name, as `dataset` names it.
        train: what the weights are fitted on.
        validation: cut from train with a fixed seed; early stopping and search look at it.
        test: looked at once, at the end.
        class_names: one name per class; empty for regression.
        source: where the bytes came from, in words ("embedded in scikit-learn", a path, …).
        digest: sha256 over all arrays, 64 hex digits.
        batch_size: examples per step.
        kind: "image", "table" or "text".
        planned_steps: optimizer steps that training will take, for schedules; None in a shell.
        extras: whatever else a recipe needs, by name.
    """

    name: str
    train: Split
    validation: Split
    test: Split
    class_names: tuple[str, ...]
    source: str
    digest: str
    batch_size: int = 128
    kind: Kind = "image"
    planned_steps: int | None = None
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one example, without the batch axis; a row of train may hold several."""
        return self.test.x.shape[1:]

    @property
    def num_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return len(self.class_names)

    def facts(self) -> dict[str, Any]:
        """Describes the data in plain values that fit into JSON; no examples."""
        words = ("name", "kind", "source", "digest")
        return {word: getattr(self, word) for word in words} | {
            "class_names": list(self.class_names),
            "input_shape": list(self.input_shape),
            "examples": {s: len(getattr(self, s).x) for s in ("train", "validation", "test")},
        }


def digest(*arrays: np.ndarray) -> str:
    """Sha256 over kind, shape and bytes of the arrays, 64 hex digits."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(f"{array.dtype.str}{array.shape}".encode())
        sha.update(np.ascontiguousarray(array).view(np.uint8).reshape(-1).data)
    return sha.hexdigest()
