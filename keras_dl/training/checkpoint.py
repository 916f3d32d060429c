"""The whole state of a training stage in one file, replaced atomically after every epoch.

Weights, optimizer slots, seeds of dropout, best weights so far, history and further arrays: a
resumed training ends with the numbers of the uninterrupted one. Plain arrays and JSON, no pickle.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_dl.backend.random_state import random_state
from keras_dl.recipe import Objective
from keras_dl.utils.files import atomic_path

__all__ = [
    "MAIN",
    "Checkpoint",
    "State",
    "by_epoch",
    "epochs",
    "exists",
    "load",
    "prefixed",
    "remove",
    "restore",
    "save",
    "snapshot",
    "stored_arrays",
]

MAIN = "fit"  # the stage that the recipe's objective, patience and pruning apply to


@dataclass
class State:
    """Progress of a stage.

    Attributes:
        epoch: completed epochs.
        best: best value of the objective so far; None before the first epoch.
        best_epoch: epoch that reached it, from 1.
        history: metric by Keras' name → value per epoch.
        first_loss: loss of the first steps, the reference for divergence.
        stopped: "patience", "median" or "callback" where training ended early, else "".
        finished: whether the stage is over and the model has its final weights.
        steps: optimizer steps.
        examples: training examples seen, each pass anew.
        seconds: time within `fit`, without the first step of each process, which compiles.
    """

    epoch: int = 0
    best: float | None = None
    best_epoch: int = 0
    history: dict[str, list[float]] = field(default_factory=dict)
    first_loss: float | None = None
    stopped: str = ""
    finished: bool = False
    steps: int = 0
    examples: int = 0
    seconds: float = 0.0


@dataclass
class Checkpoint:
    """Contents of a file beside the model's own variables.

    Attributes:
        state: progress of the stage.
        best: best weights so far, as `snapshot` returns them; empty: none.
        arrays: further state, by name.
        random: state of the backend's global generator when the file was written.
    """

    state: State = field(default_factory=State)
    best: list[np.ndarray] = field(default_factory=list)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    random: np.ndarray = field(default_factory=lambda: np.zeros(0, "uint8"))


def path_of(folder: Path, stage: str = MAIN) -> Path:
    """Returns the file of a stage."""
    return folder / ("checkpoint.npz" if stage == MAIN else f"checkpoint-{stage}.npz")


def exists(folder: Path, stage: str = MAIN) -> bool:
    """Returns whether a stage has a checkpoint."""
    return path_of(folder, stage).is_file()


def snapshot(model: keras.Model | keras.Optimizer) -> list[np.ndarray]:
    """Copies all variables, dropout seeds included."""
    # A copy in any case: on torch the array is a view of memory that later steps change.
    return [np.array(keras.ops.convert_to_numpy(v.value)) for v in model.variables]


def restore(variables: list[Any], arrays: list[np.ndarray]) -> None:
    """Assigns the arrays to the variables.

    Raises:
        ValueError: if number or shapes differ, as when the recipe has been changed meanwhile.
    """
    if [tuple(v.shape) for v in variables] != [a.shape for a in arrays]:
        raise ValueError(
            "`resume` must name a run of the same model; the checkpoint's variables differ. "
            f"Received: {len(arrays)} arrays for {len(variables)} variables"
        )
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def save(folder: Path, model: keras.Model, checkpoint: Checkpoint, stage: str = MAIN) -> None:
    """Writes a checkpoint; a kill at any moment leaves a whole file.

    Args:
        folder: created if missing.
        model: its variables and its optimizer's are saved.
        checkpoint: state, best weights, further arrays.
        stage: name of the stage.
    """
    if not model.optimizer.built:  # a training loop may begin without updates
        model.optimizer.build(model.trainable_variables)
    slots = snapshot(model.optimizer)
    groups = (("v", snapshot(model)), ("o", slots), ("b", checkpoint.best))
    arrays: dict[str, Any] = {f"{k}{i:05d}": a for k, some in groups for i, a in enumerate(some)}
    arrays |= {f"a/{name}": array for name, array in checkpoint.arrays.items()}
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_path(path_of(folder, stage)) as part:
        state = np.array(json.dumps(asdict(checkpoint.state)))
        np.savez(part, state=state, random=random_state(), **arrays)


def load(folder: Path, model: keras.Model, stage: str = MAIN) -> Checkpoint | None:
    """Restores model and optimizer from a checkpoint.

    Args:
        folder: of the training.
        model: built and compiled.
        stage: name of the stage.

    Returns:
        The checkpoint; None where there is no file.

    Raises:
        ValueError: if the checkpoint belongs to another model.
    """
    path = path_of(folder, stage)
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as file:
        names = sorted(name for name in file.files if name not in ("state", "random"))
        variables, slots, best = (
            [file[n] for n in names if n[0] == kind and n[1] != "/"] for kind in "vob"
        )
        arrays = {n[2:]: file[n] for n in names if n.startswith("a/")}
        state, random = State(**json.loads(str(file["state"]))), file["random"]
    model.optimizer.build(model.trainable_variables)
    restore(model.variables, variables)
    restore(model.optimizer.variables, slots)
    return Checkpoint(state, best, arrays, random)


def epochs(folder: Path, objective: Objective) -> Iterator[tuple[int, dict[str, float], str]]:
    """Yields the epochs of all checkpoints in a folder, as a listener receives them.

    A kill between a checkpoint and its listener leaves epochs that the listener lacks.

    Args:
        folder: of the training.
        objective: of the main stage; "objective" is its best value so far.

    Yields:
        (number from 1, metrics, stage).
    """
    for path in sorted(folder.glob("checkpoint*.npz")):
        stage = path.stem.partition("-")[2] or MAIN
        with np.load(path, allow_pickle=False) as file:
            state = State(**json.loads(str(file["state"])))
        own = objective if stage == MAIN else None
        for number, values in enumerate(by_epoch(state.history, state.epoch, own), 1):
            yield number, prefixed(values, stage), stage


def by_epoch(
    history: Mapping[str, list[float]], epochs: int, objective: Objective | None
) -> Iterator[dict[str, float]]:
    """Yields the metrics of each epoch.

    Args:
        history: metric by Keras' name → value per epoch.
        epochs: completed epochs; metrics with another number of values are left out.
        objective: "objective" is its best value so far; None: of another stage than the main one.
    """
    complete = {n: v for n, v in history.items() if len(v) == epochs}
    best: float | None = None
    for number in range(epochs):
        values = {name: column[number] for name, column in complete.items()}
        if objective is not None and objective.name in values:
            if objective.better(values[objective.name], than=best):
                best = values[objective.name]
            values = {"objective": values[objective.name] if best is None else best, **values}
        yield values


def prefixed(values: Mapping[str, float], stage: str) -> dict[str, float]:
    """Returns an epoch's metrics under the names by which they are logged.

    Args:
        values: by Keras' names.
        stage: those of others than the main one get its name before theirs.
    """
    if stage == MAIN:
        return dict(values)
    return {f"{stage}/{name}": v for name, v in values.items() if name != "objective"}


def remove(folder: Path) -> None:
    """Deletes the checkpoints of all stages in a folder and in the folders below it."""
    for path in [*folder.rglob(path_of(Path()).name), *folder.rglob("checkpoint-*.npz")]:
        path.unlink()


def stored_arrays(folder: Path) -> Mapping[str, np.ndarray]:
    """Returns the further arrays of the main stage; empty where there is no checkpoint."""
    path = path_of(folder)
    if not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as file:
        return {n[2:]: file[n] for n in file.files if n.startswith("a/")}
