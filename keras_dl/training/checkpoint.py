"""The whole state of a training in one file, replaced atomically after every epoch.

Weights, optimizer slots, seeds of dropout, best weights so far and the history: a resumed training
ends with the numbers of the uninterrupted one. Plain arrays and JSON, never pickle.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_dl.utils.files import atomic_path

__all__ = ["State", "load", "restore", "save", "snapshot"]

NAME = "checkpoint.npz"


@dataclass
class State:
    """Where a training stands.

    Attributes:
        epoch: epochs done.
        best: best value of the objective so far; None before the first epoch.
        best_epoch: epoch that reached it, from 1.
        history: metric by Keras' name → value per epoch.
        first_loss: loss of the first steps, against which divergence is judged.
        jit_compile: whether the steps are compiled; a resumed training keeps to it.
    """

    epoch: int = 0
    best: float | None = None
    best_epoch: int = 0
    history: dict[str, list[float]] = field(default_factory=dict)
    first_loss: float | None = None
    jit_compile: bool | None = None


def snapshot(model: Any) -> list[np.ndarray]:
    """Copies all variables of the model, dropout seeds included."""
    return [_array(v) for v in model.variables]


def _array(variable: Any) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(variable.value))


def restore(variables: list[Any], arrays: list[np.ndarray]) -> None:
    """Assigns the arrays to the variables.

    Raises:
        ValueError: if number or shapes differ, as when the recipe has been changed meanwhile.
    """
    shapes = [tuple(v.shape) for v in variables], [a.shape for a in arrays]
    if shapes[0] != shapes[1]:
        raise ValueError(
            "`resume` must name a run of the same model; the checkpoint's variables differ. "
            f"Received: {len(arrays)} arrays for {len(variables)} variables"
        )
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def save(folder: Path, model: Any, state: State, best: list[np.ndarray]) -> None:
    """Writes model, optimizer, best weights and state; a kill at any moment leaves a whole file."""
    slots = [_array(v) for v in model.optimizer.variables]
    arrays: dict[str, Any] = {
        f"{kind}{i:05d}": a
        for kind, some in (("v", snapshot(model)), ("o", slots), ("b", best))
        for i, a in enumerate(some)
    }
    with atomic_path(folder / NAME) as part:
        np.savez(part, state=np.array(json.dumps(asdict(state))), **arrays)


def load(folder: Path, model: Any) -> tuple[State, list[np.ndarray]] | None:
    """Puts model and optimizer where the checkpoint left them.

    Returns:
        The state and the best weights; None where there is no checkpoint.

    Raises:
        ValueError: if the checkpoint belongs to another model.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as file:
        groups = {
            k: [file[n] for n in sorted(file.files) if n[0] == k and n != "state"] for k in "vob"
        }
        state = State(**json.loads(str(file["state"])))
    model.optimizer.build(model.trainable_variables)
    restore(model.variables, groups["v"])
    restore(model.optimizer.variables, groups["o"])
    return state, groups["b"]
