"""How far a step moves the weights, as a share of their own size."""

from typing import Any

import keras
import numpy as np

from keras_dl.diagnostics._layer_outputs import leaf_layers

__all__ = ["UpdateRatios"]


class UpdateRatios(keras.callbacks.Callback):
    """‖step‖ / ‖weights‖ of each layer's kernel, for the last step of each epoch.

    About 1e-3 is usual; far less means that a layer hardly learns, far more that its weights are
    thrown about. A kernel of norm 0 has the ratio NaN.

    The weights are kept before the last step of an epoch only, so that the others cost nothing.

    Attributes:
        history: ratio by epoch, by layer name.

    Reference:
        LeCun, Bottou, Orr and Müller, 1998, Efficient BackProp, section 4.7, for equal learning
        speed in all layers.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self._before: list[np.ndarray] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Finds the kernels.

        Raises:
            ValueError: if no layer has one.
        """
        names = [layer.name for layer in self._layers()]
        if not names:
            raise ValueError("`model` must have layers with a kernel that trains. Received: none")
        self.history = {name: [] for name in names}

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Keeps the weights before the last step, or before each where their number is unknown."""
        steps = (self.params or {}).get("steps")
        if steps is None or batch == steps - 1:
            self._before = self._kernels()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Measures the last step."""
        for name, old, new in zip(self.history, self._before, self._kernels(), strict=True):
            size = float(np.linalg.norm(old))
            step = float(np.linalg.norm(new - old))
            self.history[name].append(step / size if size else float("nan"))

    def _layers(self) -> list[Any]:
        # On JAX, asking the callback for its model brings the weights up to date.
        return [layer for layer in leaf_layers(self.model) if _trains_kernel(layer)]

    def _kernels(self) -> list[np.ndarray]:
        values = (layer.kernel.value for layer in self._layers())
        return [np.array(keras.ops.convert_to_numpy(value), dtype="float64") for value in values]


def _trains_kernel(layer: Any) -> bool:
    kernel = getattr(layer, "kernel", None)
    return kernel is not None and bool(getattr(kernel, "trainable", False))
