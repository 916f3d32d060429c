"""Update ratios: norm of a step over norm of the weights."""

from typing import Any, cast

import keras
import numpy as np

from keras_dl.utils.layers import leaf_layers

__all__ = ["UpdateRatios"]


class UpdateRatios(keras.callbacks.Callback):
    """Records ‖step‖ / ‖weights‖ of each layer's kernel for the last step of each epoch.

    Typical values are about 1e-3; far smaller ones indicate that a layer hardly learns, far larger
    ones that its updates are unstable. The ratio is NaN for a kernel of norm 0.

    Weights are copied before the last step of an epoch only; other steps have no overhead.

    Attributes:
        history: layer name → ratio by epoch.

    Reference:
        LeCun, Bottou, Orr and Müller, 1998, Efficient BackProp, section 4.7, for equal learning
        speed in all layers.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self._before: list[np.ndarray] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Collects the layers with a trainable kernel.

        Raises:
            ValueError: if there is none.
        """
        names = [layer.name for layer in self._layers()]
        if not names:
            raise ValueError("`model` must have layers with a kernel that trains. Received: none")
        self.history = {name: [] for name in names}

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Copies the weights before the last step; before each if the number is unknown."""
        steps = (self.params or {}).get("steps")
        if steps is None or batch == steps - 1:
            self._before = self._kernels()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Computes the ratio of the last step."""
        for name, old, new in zip(self.history, self._before, self._kernels(), strict=True):
            size = float(np.linalg.norm(old))
            step = float(np.linalg.norm(new - old))
            self.history[name].append(step / size if size else float("nan"))

    def _layers(self) -> list[keras.Layer]:
        # On JAX, access to the callback's `model` synchronises the weights.
        return [
            layer for layer in leaf_layers(cast(keras.Model, self.model)) if _trains_kernel(layer)
        ]

    def _kernels(self) -> list[np.ndarray]:
        values = (layer.kernel.value for layer in self._layers())
        return [np.array(keras.ops.convert_to_numpy(value), dtype="float64") for value in values]


def _trains_kernel(layer: keras.Layer) -> bool:
    kernel = getattr(layer, "kernel", None)
    return kernel is not None and bool(getattr(kernel, "trainable", False))
