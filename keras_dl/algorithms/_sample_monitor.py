"""Callback of adversarial training: gradient norms and generated images of each epoch."""

from typing import Any

import keras
import numpy as np

__all__ = ["SampleMonitor"]


class SampleMonitor(keras.callbacks.Callback):
    """Records both networks' mean gradient norms and a set of generated images after each epoch.

    Adds `discriminator_gradient_norm` and `generator_gradient_norm` to the epoch's metrics: the
    mean over the steps in which the network was updated.

    The model's method `snapshot` returns the uint8 images (n, height, width, channels), always from
    the same noise.

    Attributes:
        snapshots: epoch (from 1) → images.
    """

    def __init__(self) -> None:
        super().__init__()
        self.snapshots: dict[int, np.ndarray] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Adds the gradient norms to `logs`, where later callbacks read them."""
        model: Any = self.model
        optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
        norms = optimizer.pop_gradient_norms()
        for name, norm in zip(("discriminator", "generator"), norms, strict=True):
            if logs is not None:
                logs[f"{name}_gradient_norm"] = norm
        self.snapshots[epoch + 1] = model.snapshot()
