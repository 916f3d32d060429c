"""Data sets in memory: splits of arrays, their meaning, their samplers and their digest."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple, Self

import numpy as np

from keras_dl.data.contents import measure
from keras_dl.data.reading import Reading
from keras_dl.data.samplers import Sampler, Sequential, Shuffle
from keras_dl.data.samples import sample_rows
from keras_dl.data.specs import Features, Spec, to_dict
from keras_dl.data.summary import Summary, summary
from keras_dl.data.trees import leaves, map_leaves

__all__ = ["MAX_BYTES", "SPLITS", "Data", "Raw", "Split", "digest"]

# Data sets are loaded into memory as a whole; larger ones would make the machine swap.
MAX_BYTES = 8 * 2**30
WIDTH = 100  # columns of the stored summary
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class Split:
    """Examples and their targets: arrays with a common first axis, single or in (nested) dicts.

    Attributes:
        x: inputs, (n, …).
        y: targets, (n, …).
        sample_weight: weight of each example or of each of its parts, (n, …); None: all 1.

    Raises:
        ValueError: if the first axes differ.
    """

    x: Any
    y: Any
    sample_weight: Any = None

    def __post_init__(self) -> None:
        counts = {len(array) for array in self.arrays()}
        if len(counts) > 1:
            raise ValueError(
                "`x`, `y` and `sample_weight` must have first axes of equal length, the examples. "
                f"Received: lengths {sorted(counts)}"
            )

    @property
    def num_examples(self) -> int:
        """Length of the first axis."""
        return len(self.arrays()[0])

    def arrays(self) -> list[np.ndarray]:
        """Returns all arrays in fixed order: those of x, of y, of sample_weight."""
        return [*leaves(self.x), *leaves(self.y), *leaves(self.sample_weight)]

    def __repr__(self) -> str:
        return f"Split({self.num_examples:,} examples)"

    def take(self, rows: np.ndarray | slice) -> "Split":
        """Returns the examples of these rows.

        Args:
            rows: row numbers of any shape (rank r gives r leading axes), a mask or a slice.
        """
        return self.map(lambda array: array[rows])

    def sample(self, size: int, seed: int = 0) -> "Split":
        """Returns distinct examples in random order; see `keras_dl.data.samples.sample_rows`.

        Args:
            size: number of examples; with fewer all of them.
            seed: of the permutation.
        """
        return self.take(sample_rows(self.num_examples, size, seed))

    def map(self, function: Callable[[np.ndarray], np.ndarray]) -> "Split":
        """Returns the split with a function applied to each array."""
        weight = self.sample_weight
        return Split(
            map_leaves(function, self.x),
            map_leaves(function, self.y),
            None if weight is None else map_leaves(function, weight),
        )


class Raw(NamedTuple):
    """Contents of a source, before resizing, conversion of types and splitting.

    Attributes:
        name: short name of the data set.
        source: origin of the bytes, in words.
        train: (inputs, targets); inputs are one array, or a list of images of various sizes.
        validation: validation split of the source, or None to split one off train.
        test: test split of the source, or None to split one off train.
        class_names: one name per class number, or None to read the classes from the targets.
        task: "classification" or "regression" if the source states it, else None.
        white: number that was white in image files, whose pixels are 0..255 now; None for arrays in
            their own unit.
        features: names and numbers of the columns of a table, if the source has them.
        columns: typed columns (`keras_dl.data.tables.Column`) of inputs that are cells (n, columns)
            still, to be encoded by what train holds.
        sample_weight: weights of the examples (n,) by split; splits without are not weighted.
    """

    name: str
    source: str
    train: tuple[Any, Any]
    validation: tuple[Any, Any] | None = None
    test: tuple[Any, Any] | None = None
    class_names: tuple[str, ...] | None = None
    task: str | None = None
    white: float | None = None
    features: Features | None = None
    columns: tuple[Any, ...] = ()
    sample_weight: Mapping[str, Any] | None = None


@dataclass(frozen=True, eq=False)
class Data:
    """A data set in memory with the splits train, validation and test.

    Attributes:
        name: short name.
        train: examples that the weights are fitted on.
        validation: examples for early stopping and search.
        test: examples for the final evaluation, once, at the end.
        inputs: type of x: `Images`, `Features`, `Tokens`, …
        targets: type of y: `Classes`, `Values`, `Masks`, …
        source: origin of the bytes, in words ("embedded in scikit-learn", a path, …).
        digest: sha256 over all arrays, 64 hex digits.
        batch_size: examples per step.
        samplers: sampler by split; by default `Shuffle` for train, `Sequential` for the others.
        preprocessor: turns raw inputs (texts, …) into x; stored with every run.
        reading: facts and notices of how the source was read.
        planned_steps: optimizer steps of the whole training, for schedules; None outside of runs.
        extras: further values of a recipe, by name.
    """

    name: str
    train: Split
    validation: Split
    test: Split
    inputs: Spec
    targets: Spec
    source: str
    digest: str
    batch_size: int = 128
    samplers: Mapping[str, Sampler] = field(default_factory=dict)
    preprocessor: Any = None  # a `keras_dl.data.serialization.Preprocessor`
    reading: Reading = field(default_factory=Reading)
    planned_steps: int | None = None
    extras: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_splits(
        cls,
        name: str,
        splits: Mapping[str, Split],
        *,
        inputs: Spec,
        targets: Spec,
        source: str = "generated",
        digested: tuple[np.ndarray, ...] = (),
        **options: Any,
    ) -> Self:
        """Returns a data set with its digest.

        Args:
            name: short name.
            splits: train, validation and test.
            inputs: type of x.
            targets: type of y.
            source: origin of the bytes, in words.
            digested: further arrays that belong to the data set, such as a vocabulary.
            **options: `batch_size`, `samplers`, `preprocessor`, `extras`.
        """
        arrays = [array for split in SPLITS for array in splits[split].arrays()]
        return cls(
            name,
            **{split: splits[split] for split in SPLITS},
            inputs=inputs,
            targets=targets,
            source=source,
            digest=digest(*arrays, *digested),
            **options,
        )

    def with_splits(self, splits: Mapping[str, Split], **changes: Any) -> Self:
        """Returns the data set with other splits, a digest of them and further changes.

        Args:
            splits: by name; missing ones are unchanged.
            **changes: other fields, by name.
        """
        merged = {split: splits.get(split, getattr(self, split)) for split in SPLITS}
        arrays = [array for split in merged.values() for array in split.arrays()]
        return replace(self, **{**merged, "digest": digest(*arrays), **changes})

    @property
    def splits(self) -> dict[str, Split]:
        """Train, validation and test by name."""
        return {split: getattr(self, split) for split in SPLITS}

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one example without the batch axis; a dict of shapes if x is a dict.

        A row of train may hold several examples, one per domain for instance.
        """
        return self.inputs.shape or map_leaves(lambda array: array.shape[1:], self.test.x)

    @property
    def class_names(self) -> tuple[str, ...]:
        """One name per class; empty if the targets are no classes."""
        return getattr(self.targets, "names", ())

    @property
    def num_classes(self) -> int:
        """Number of classes; 0 if the targets are no classes."""
        return len(self.class_names)

    @property
    def num_outputs(self) -> int:
        """Number of classes, or of numbers to predict for each example."""
        y = self.train.y
        return self.num_classes or (1 if y.ndim == 1 else y.shape[1])

    def sampler(self, split: str) -> Sampler:
        """Returns the sampler of a split: "train", "validation" or "test"."""
        if split in self.samplers:
            return self.samplers[split]
        count = getattr(self, split).num_examples
        return Shuffle(count) if split == "train" else Sequential(count)

    def summary(self) -> Summary:
        """Returns origin, ranges, examples by split and class, and what the reading decided.

        `print` wraps it at the terminal's width; notebooks show it as a table.
        """
        return summary(self.facts())

    def facts(self) -> dict[str, Any]:
        """Describes the data in JSON-serialisable values, without examples."""
        facts = {
            "name": self.name,
            "source": self.source,
            "digest": self.digest,
            "inputs": to_dict(self.inputs),
            "targets": to_dict(self.targets),
            "class_names": list(self.class_names),
            "input_shape": _as_lists(self.input_shape),
            "examples": {split: self.sampler(split).num_examples for split in SPLITS},
            **measure(self.splits, self.targets),
            "reading": asdict(self.reading),
        }
        return {**facts, "summary": summary(facts).text(WIDTH).splitlines()}


def _as_lists(shapes: Any) -> Any:
    if isinstance(shapes, dict):
        return {name: _as_lists(shape) for name, shape in shapes.items()}
    return list(shapes)


def digest(*arrays: np.ndarray) -> str:
    """Returns the sha256 over type, shape and bytes of the arrays, 64 hex digits."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(f"{array.dtype.str}{array.shape}".encode())
        sha.update(np.ascontiguousarray(array).view(np.uint8).reshape(-1).data)
    return sha.hexdigest()
