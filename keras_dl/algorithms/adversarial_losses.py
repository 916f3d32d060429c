"""Adversarial losses of discriminator and generator, as functions of the discriminator's logits."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
from keras import ops

__all__ = ["ADVERSARIAL_LOSSES", "AdversarialLoss"]


class AdversarialLoss(NamedTuple):
    """A pair of losses; each falls when its network does better.

    Attributes:
        discriminator: (logits of real images, logits of generated images) to a scalar.
        generator: logits of generated images to a scalar.
    """

    discriminator: Callable[[keras.KerasTensor, keras.KerasTensor], Any]
    generator: Callable[[keras.KerasTensor], Any]


def _crossentropy(real: keras.KerasTensor, fake: keras.KerasTensor) -> Any:
    """-log D(real) - log(1 - D(fake)), with D the sigmoid of the logits."""
    return _mean(ops.softplus(-real)) + _mean(ops.softplus(fake))


def _mean(values: Any) -> Any:
    # In float32 also where the net computes in half precision.
    return ops.mean(ops.cast(values, "float32"))


def _mean_logit(logits: keras.KerasTensor) -> Any:
    """Mean of the logits, for losses that are linear in them.

    The `where` changes no value. Without it the gradient would depend on the logits' shape alone,
    and TensorFlow 2.21, unless its dependency optimization is off, may write a weight that the
    forward pass has yet to read: on a busy machine about one step in twenty had other numbers.
    """
    return _mean(ops.where(ops.greater(logits, 0.0), logits, logits))


# Goodfellow et al., 2014, Generative Adversarial Nets: eq. 1 (minimax) and the end of section 3
# (non-saturating: the generator raises log D(fake), whose gradient stays large where it loses).
# Mao et al., 2017, Least Squares Generative Adversarial Networks, eq. 9.
# Arjovsky et al., 2017, Wasserstein GAN, algorithm 1; needs a critic of gradient norm 1.
# Lim and Ye, 2017, Geometric GAN; Miyato et al., 2018, Spectral Normalization, eqs. 16 and 17.
ADVERSARIAL_LOSSES = {
    "non_saturating": AdversarialLoss(_crossentropy, lambda fake: _mean(ops.softplus(-fake))),
    "minimax": AdversarialLoss(_crossentropy, lambda fake: -_mean(ops.softplus(fake))),
    "least_squares": AdversarialLoss(
        lambda real, fake: (_mean(ops.square(real - 1.0)) + _mean(ops.square(fake))) / 2.0,
        lambda fake: _mean(ops.square(fake - 1.0)) / 2.0,
    ),
    "wasserstein": AdversarialLoss(
        lambda real, fake: _mean_logit(fake) - _mean_logit(real),
        lambda fake: -_mean_logit(fake),
    ),
    "hinge": AdversarialLoss(
        lambda real, fake: _mean(ops.relu(1.0 - real)) + _mean(ops.relu(1.0 + fake)),
        lambda fake: -_mean_logit(fake),
    ),
}
