"""One training as a value: everything a process needs to do it, and what comes back."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from keras_dl.budget import Limit, limit_of
from keras_dl.data import Data, load
from keras_dl.data.folds import Fold
from keras_dl.data.reading import join, record
from keras_dl.data.reading_options import reading_options
from keras_dl.data.serialization import FRAME, TEXTS, Spooled, spool
from keras_dl.data.tables.frames import Frame, as_frame
from keras_dl.data.text import holds_texts, labelled_texts, running_text
from keras_dl.options import READING, resolve_epochs
from keras_dl.recipe import Recipe, Score
from keras_dl.space import check_names, hypers, resolve
from keras_dl.training.allotment import Allotment

__all__ = [
    "Job",
    "Listener",
    "Outcome",
    "arguments",
    "recipe_data",
    "resolve_options",
    "spooled",
    "stated_options",
    "texts_as_json",
    "unspooled",
]

Listener = Callable[[int, Mapping[str, float], str], None]  # epoch from 1, metrics, stage


@dataclass(frozen=True)
class Job:
    """One training of one recipe.

    Attributes:
        recipe: what to train.
        values: resolved hyperparameters.
        seed: of weights, data order and dropout.
        epochs: passes over the training set, counted from the very start; with a limit those of the
            whole recipe, by which the stages share it.
        fold: part of train and validation in the place of the test set; None: the data as they are.
        limit: steps or seconds of all stages together; None: `epochs` say when training ends.
        allotment: what each stage may use of the limit; None: there is no limit, or it is not
            divided yet.
        steps_per_epoch: optimizer steps in an epoch; None for the whole training set.
        folder: checkpoint and epoch journal live here.
        data: the user's own data in place of the recipe's `dataset`, or None.
        reading: options of reading (target, task, …) by name, as in `keras_dl.data.load`.
        precision: Keras dtype policy.
        jit_compile: XLA on, off, or None for what is faster.
        devices: how many of this machine share each step.
        patience: epochs without improvement before stopping; None: never.
        median_threshold: value that the best objective so far must reach after each epoch (from
            1), the median of finished trials; NaN: no threshold after this epoch.
        warm_start: folder of a job whose last checkpoint this one continues, or None.
        timeout: seconds; None for no limit.
        max_parameters: largest model allowed; None for no limit.
        class_weight: "balanced", or weights of classes as `NAME=WEIGHT,…`; None: all weigh 1.
        init_from: file of the arrays that matching layers start from, or None.
        callbacks: returns the user's callbacks of the main stage; None: there are none.
        test: whether to evaluate on the test set at the end.
        keep: whether such a training also leaves its figures and its model.
    """

    recipe: Recipe
    values: dict[str, Any]
    seed: int
    epochs: int
    folder: Path
    steps_per_epoch: int | None = None
    fold: Fold | None = None
    limit: Limit | None = None
    allotment: Allotment | None = None
    data: Any = None
    reading: dict[str, Any] = field(default_factory=dict)
    precision: str = "float32"
    jit_compile: bool | None = None
    devices: int = 1
    patience: int | None = None
    median_threshold: tuple[float, ...] = ()
    warm_start: Path | None = None
    timeout: float | None = None
    max_parameters: int | None = None
    class_weight: str | None = None
    init_from: Path | None = None
    callbacks: Callable[[], Iterable[Any]] | None = None
    test: bool = False
    keep: bool = True

    def epoch_steps(self, data: Data) -> int:
        """Returns the optimizer steps in an epoch of a stage.

        Args:
            data: of the stage; its sampler of train says how many examples an epoch has.
        """
        whole = -(-data.sampler("train").num_examples // data.batch_size)
        return min(whole, self.steps_per_epoch or whole)

    @property
    def score(self) -> Score:
        """The score of the tested training; without a report, that of the test set."""
        return self.recipe.final_score if self.keep else self.recipe.test_score

    @classmethod
    def from_options(
        cls,
        recipe: Recipe,
        values: Mapping[str, object],
        options: Mapping[str, Any],
        folder: Path,
        **fields: Any,
    ) -> Self:
        """Builds a job from the resolved options of a command.

        Args:
            recipe: recipe to train; its patience applies where the options have none.
            values: resolved hyperparameters.
            options: resolved options of `run`, `tune`, `compare` or `ablate`.
            folder: folder of the checkpoint and the epoch journal.
            **fields: further fields of the job by name; they take precedence over the options.
        """
        epochs, steps_per_epoch = resolve_epochs(recipe.epochs, options)
        names = ("seed", "precision", "jit_compile", "devices", "timeout", "max_parameters")
        names += ("class_weight",)
        resolved: dict[str, Any] = {n: options[n] for n in names if n in options}
        resolved |= {"epochs": epochs, "steps_per_epoch": steps_per_epoch}
        resolved["limit"] = limit_of(options["budget"])
        patience = options["patience"]
        resolved["reading"] = stated_options(options)
        resolved["patience"] = recipe.patience if patience is None else patience
        return cls(recipe, dict(values), folder=folder, **{**resolved, **fields})


@dataclass
class Outcome:
    """What a training gave, in plain numbers.

    Attributes:
        score: best value of the objective.
        best_epoch: epoch that reached it, from 1.
        history: metric by Keras' name → value per epoch.
        parameters: number of the model's parameters.
        seconds: wall time of build and fit.
        stopped: "patience", "median" or "callback" where training ended early, else "".
        metrics: "test/loss", "test/accuracy", … where the job asked for the test.
        rss: resident memory of the process at the end, in MB.
        jit_compile: whether the steps were compiled (by XLA, for TensorFlow and JAX).
        notices: sentences on a doubtful result, such as one class for all test examples.
        correct: of a classifier, whether each test example is right, a bit each in hex digits.
        tested: number of these examples.
        used: epochs, steps, examples and seconds of all stages together.
    """

    score: float
    best_epoch: int
    history: dict[str, list[float]]
    parameters: int
    seconds: float
    stopped: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    rss: float = 0.0
    jit_compile: bool | None = None
    notices: list[str] = field(default_factory=list)
    correct: str = ""
    tested: int = 0
    used: dict[str, float] = field(default_factory=dict)

    def example_results(self) -> np.ndarray | None:
        """Returns whether each test example is right, (n) bool; None where that is unknown."""
        if not self.tested:
            return None
        bits = np.unpackbits(np.frombuffer(bytes.fromhex(self.correct), np.uint8))
        return bits[: self.tested].astype(bool)


def arguments(function: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of `values` that `function` takes."""
    return {name: values[name] for name in hypers(function) if name in values}


def recipe_data(job: Job) -> Data:
    """Calls the recipe's data function, with the user's own data where given.

    Raises:
        ValueError: if the recipe's data function cannot take other data, or an option of reading
            does not apply to the data.
    """
    values = arguments(job.recipe.data, job.values)
    if job.data is not None:
        if "dataset" not in hypers(job.recipe.data):
            raise ValueError(
                "`data` must be left out for a recipe whose data function has no `dataset`. "
                f"Received: recipe={job.recipe.name!r}"
            )
        values["dataset"] = unspooled(job.data)
    stated = job.reading
    if isinstance(job.data, Spooled):  # read already, by these options
        stated = {name: value for name, value in stated.items() if name == "task"}
    with record() as reading, reading_options(**stated):
        data: Any = job.recipe.data(**values)
        data = data if isinstance(data, Data) else load(data)
    return replace(data, reading=join(data.reading, reading))


def resolve_options(
    recipe: Recipe, arguments: Mapping[str, Any], table: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Splits a user's arguments into checked hyperparameters and checked options.

    Args:
        recipe: declares the hyperparameters.
        arguments: by name.
        table: the command's options.

    Returns:
        (all active hyperparameters with their values, all options with theirs).
    """
    space = recipe.space()
    check_names(arguments, [*space, *table], "hyperparameter or option")
    values = resolve(space, {k: v for k, v in arguments.items() if k in space})
    return values, resolve(table, {k: v for k, v in arguments.items() if k in table})


def stated_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the options of reading that the user states, by name."""
    return {n: options[n] for n in READING if options.get(n) not in (None, ())}


def unspooled(data: Any) -> Any:
    """Reads back what `spooled` wrote; anything else passes through."""
    if isinstance(data, Spooled):
        return data.load()
    if isinstance(data, Path) and data.name == TEXTS:
        return json.loads(data.read_text(encoding="utf-8"))
    if isinstance(data, Path) and data.name == FRAME:
        return Frame.from_json(data.read_text(encoding="utf-8"))
    return data


def spooled(data: Any, folder: Path, **options: Any) -> Path | Spooled:
    """Writes in-memory data once, for worker processes to read.

    Args:
        data: anything `keras_dl.data.load` takes, or texts with labels or without.
        folder: folder of the file: `data.json` with texts, `frame.json` with the cells of a
            DataFrame, or `data.npz` with arrays.
        **options: options of reading.
    """
    if (frame := as_frame(data)) is not None:  # read by the recipe, as texts or as features
        path = folder / FRAME
        path.write_text(frame.to_json(), encoding="utf-8")
        return path
    if holds_texts(data):
        path = folder / TEXTS
        path.write_text(texts_as_json(data), encoding="utf-8")
        return path
    with record(), reading_options(**options):  # the summary shows the notices
        return spool(load(data), folder)


def texts_as_json(data: Any) -> str:
    """Texts in memory in one form that recipes take, whichever they came in."""
    texts = running_text(data)
    if texts is not None:
        return json.dumps(texts, ensure_ascii=False)
    axes = {f"{axis}_{split}": values for split, pair in labelled_texts(data).items()
            for axis, values in zip("xy", pair, strict=True)}  # fmt: skip
    return json.dumps(axes, ensure_ascii=False)
