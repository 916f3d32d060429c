"""What is noted of two players after each epoch."""

from typing import Any

import keras

__all__ = ["SampleMonitor"]


class SampleMonitor(keras.callbacks.Callback):
    """Notes each player's mean gradient norm, and what the generator makes, after each epoch.

    Among the epoch's metrics appear `discriminator_gradient_norm` and `generator_gradient_norm`,
    the mean over the steps in which the player learnt.

    Args:
        make: gives some images as uint8, always from the same noise.

    Attributes:
        snapshots: epoch (from 1) → what `make` gave.
    """

    def __init__(self, make: Any) -> None:
        super().__init__()
        self.make = make
        self.snapshots: dict[int, Any] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Adds to the epoch's metrics; callbacks after this one see them."""
        model: Any = self.model
        optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
        for name, norm in zip(
            ("discriminator", "generator"), optimizer.average_norms(), strict=True
        ):
            if logs is not None:
                logs[f"{name}_gradient_norm"] = norm
        self.snapshots[epoch + 1] = self.make()
