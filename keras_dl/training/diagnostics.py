"""The probes that ride on a training, and the figures of what they saw."""

from typing import Any

import numpy as np

from keras_dl import plots
from keras_dl.data import Data
from keras_dl.diagnostics import (
    LayerRecorder,
    UpdateRatios,
    learning_rate_finder,
    loss_surface,
    random_directions,
)

__all__ = ["Probing"]

EXAMPLES = 256  # looked at after each epoch
SIDE = 15  # points of the loss surface along each direction


class Probing:
    """Watches one training; the training itself comes out the same.

    Args:
        model: compiled and built, before its training.
        data: what it is trained on; a sample of train is watched.

    Attributes:
        callbacks: for `fit`.
    """

    def __init__(self, model: Any, data: Data) -> None:
        train = data.train
        if "train" in data.samplers:  # an example may consist of several rows
            rows = data.sampler("train").indices(0, 0, data.batch_size, None)
            train = train.take(rows)
        first = train.sample(EXAMPLES)
        self._x, self._y = first.x, first.y
        self._rates = learning_rate_finder(model, train.x, train.y, batch_size=data.batch_size)
        self._layers, self._updates = LayerRecorder(self._x, self._y), UpdateRatios()
        self.callbacks = [self._layers, self._updates]

    def figures(self, model: Any, epochs: int) -> dict[str, Any]:
        """Draws what was seen.

        Args:
            model: as the training leaves it; the loss surface lies around its weights.
            epochs: done in all; a resumed training's probes begin where it was resumed.

        Returns:
            Figures by name: activation and gradient variance, dead and saturated units where a
            layer can have some, update ratios, loss surface, learning rates.
        """
        tests = self._rates
        found = {
            "probe_learning_rates": plots.learning_rate_test(
                tests.rates, tests.losses, tests.smoothed, tests.suggestion
            ),
            "probe_loss_surface": self._surface(model),
        }
        first = epochs + 1 - len(self._layers.history)
        if first > epochs:  # resumed after the last one
            return found
        for name, (attribute, label, log) in {
            "probe_activations": ("variance", "variance of the outputs", True),
            "probe_gradients": (
                "gradient_variance",
                "variance of the back-propagated gradient",
                True,
            ),
            "probe_dead_units": ("dead", "share of ReLU units that are 0 for all examples", False),
            "probe_saturation": ("saturated", "share of outputs near an asymptote", False),
        }.items():
            lines = self._by_layer(attribute)
            if lines:
                found[name] = plots.by_epoch_and_layer(lines, label, first=first, log=log)
        ratios = self._updates.history
        if any(ratios.values()):
            found["probe_updates"] = plots.by_epoch_and_layer(
                ratios, "norm of the step over norm of the weights", first=first + 1
            )
        return found

    def _by_layer(self, attribute: str) -> dict[str, list[float]]:
        """Values by epoch, by layer; layers to which the number does not apply are left out."""
        looks = self._layers.history
        names = [layer.name for layer in looks[0]]
        table = np.array([[getattr(layer, attribute) for layer in look] for look in looks])
        return {n: list(v) for n, v in zip(names, table.T, strict=True) if not np.isnan(v).all()}

    def _surface(self, model: Any) -> Any:
        steps = np.linspace(-1, 1, SIDE)
        made = loss_surface(model, self._x, self._y, random_directions(model), steps, steps)
        labels = ("first random direction", "second random direction")
        return plots.loss_surface(made.first, made.second, made.loss, labels=labels)
