"""Adaptive gradient clipping: gradients are limited by the size of the weights of each unit."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_positive

__all__ = [
    "AdaptivelyClippedAdam",
    "AdaptivelyClippedAdamW",
    "AdaptivelyClippedRMSprop",
    "AdaptivelyClippedSGD",
    "clip_by_units",
]

LEAST_NORM = 1e-3  # of weights; else biases and gains that start at 0 would never move


def clip_by_units(gradient: Any, weights: Any, clip: float) -> Any:
    """Returns the gradient G, with ‖Gᵢ‖ ≤ λ·max(‖Wᵢ‖, 10⁻³) for each unit i.

    Args:
        gradient: G, of the shape of `weights`.
        weights: W; the last axis of two or more is that of the units. Vectors and scalars, such as
            biases and gains, count as one unit.
        clip: λ, above 0.

    Reference:
        Brock, De, Smith and Simonyan, 2021, High-Performance Large-Scale Image Recognition Without
        Normalization, arXiv:2102.06171, equation 3.
    """
    sizes: Any = ops.maximum(_unit_norms(weights), LEAST_NORM)
    norms: Any = _unit_norms(gradient)
    # Where a norm is 0, nothing is clipped and nothing is divided by 0.
    return gradient * ops.minimum(1.0, ops.divide(clip * sizes, ops.maximum(norms, 1e-6)))


def _unit_norms(tensor: Any) -> Any:
    rank = len(tensor.shape)
    axes = tuple(range(rank - 1)) if rank > 1 else None
    return ops.sqrt(ops.sum(ops.square(tensor), axis=axes, keepdims=rank > 1))


class _AdaptivelyClipped(keras.optimizers.Optimizer):
    """The clipping in front of an optimizer, its next class in the order of resolution."""

    def __init__(
        self,
        *args: Any,
        adaptive_clip: float = 0.01,
        unclipped: Sequence[str] = ("logits",),
        **kwargs: Any,
    ) -> None:
        check_positive("adaptive_clip", adaptive_clip, "gradients are limited by it")
        super().__init__(*args, **kwargs)
        self.adaptive_clip, self.unclipped = adaptive_clip, tuple(unclipped)

    def apply(
        self, grads: Sequence[Any], trainable_variables: Sequence[keras.Variable] | None = None
    ) -> None:
        """Clips the gradients and updates the weights.

        Args:
            grads: one gradient for each variable, None where there is none.
            trainable_variables: the variables, needed only before the optimizer is built.
        """
        variables: Any = trainable_variables or self._trainable_variables
        clipped = [
            gradient if gradient is None or self._is_free(variable)
            else clip_by_units(gradient, ops.convert_to_tensor(variable), self.adaptive_clip)
            for gradient, variable in zip(grads, variables, strict=True)
        ]  # fmt: skip
        super().apply(clipped, trainable_variables)

    def _is_free(self, variable: keras.Variable) -> bool:
        return not set(self.unclipped).isdisjoint(variable.path.split("/"))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        own = {"adaptive_clip": float(self.adaptive_clip), "unclipped": self.unclipped}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("keras_dl")
class AdaptivelyClippedSGD(_AdaptivelyClipped, keras.optimizers.SGD):
    """`keras.optimizers.SGD` with gradients clipped by `clip_by_units`.

    Args:
        *args: of `keras.optimizers.SGD`.
        adaptive_clip: λ.
        unclipped: names of layers whose gradients are not clipped; the paper's is the last one.
        **kwargs: of `keras.optimizers.SGD`.
    """


@keras.saving.register_keras_serializable("keras_dl")
class AdaptivelyClippedAdam(_AdaptivelyClipped, keras.optimizers.Adam):
    """`keras.optimizers.Adam` with gradients clipped; arguments as for `AdaptivelyClippedSGD`."""


@keras.saving.register_keras_serializable("keras_dl")
class AdaptivelyClippedAdamW(_AdaptivelyClipped, keras.optimizers.AdamW):
    """`keras.optimizers.AdamW` with gradients clipped; arguments as for `AdaptivelyClippedSGD`."""


@keras.saving.register_keras_serializable("keras_dl")
class AdaptivelyClippedRMSprop(_AdaptivelyClipped, keras.optimizers.RMSprop):
    """`keras.optimizers.RMSprop` clipped; arguments as for `AdaptivelyClippedSGD`."""
