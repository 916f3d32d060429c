"""Losses of the two players of an adversarial game, on what the discriminator says: its logits."""

from collections.abc import Callable
from typing import Any, NamedTuple

from keras import ops

__all__ = ["GAMES", "Game"]


class Game(NamedTuple):
    """The losses of one game; both fall when their player does better.

    Attributes:
        discriminator: (logits of real examples, logits of made ones) to a scalar.
        generator: logits of made examples to a scalar.
    """

    discriminator: Callable[[Any, Any], Any]
    generator: Callable[[Any], Any]


def _crossentropy(real: Any, fake: Any) -> Any:
    """-log D(real) - log(1 - D(fake)), with D the sigmoid of the logits."""
    return _mean(ops.softplus(-real)) + _mean(ops.softplus(fake))


def _mean(values: Any) -> Any:
    # In float32 also where the net computes in halves.
    return ops.mean(ops.cast(values, "float32"))


def _score(logits: Any) -> Any:
    """Their mean, for games in which its slope is the same wherever the logits are.

    Without the detour that slope would depend on the logits' shape alone. Then TensorFlow 2.21,
    unless its dependency optimization is off, may write a weight that the forward pass has yet to
    read: on a busy machine about one step in twenty came out with other numbers.
    """
    return _mean(ops.where(ops.greater(logits, 0.0), logits, logits))


# Goodfellow et al., 2014, Generative Adversarial Nets: eq. 1 (minimax) and the end of section 3
# (non-saturating: the generator raises log D(fake), which has a slope also where it is losing).
# Mao et al., 2017, Least Squares Generative Adversarial Networks, eq. 9.
# Arjovsky et al., 2017, Wasserstein GAN, algorithm 1; the critic must be held to a slope of 1.
# Lim and Ye, 2017, Geometric GAN; Miyato et al., 2018, Spectral Normalization, eqs. 16 and 17.
GAMES = {
    "non_saturating": Game(_crossentropy, lambda fake: _mean(ops.softplus(-fake))),
    "minimax": Game(_crossentropy, lambda fake: -_mean(ops.softplus(fake))),
    "least_squares": Game(
        lambda real, fake: (_mean(ops.square(real - 1.0)) + _mean(ops.square(fake))) / 2.0,
        lambda fake: _mean(ops.square(fake - 1.0)) / 2.0,
    ),
    "wasserstein": Game(
        lambda real, fake: _score(fake) - _score(real),
        lambda fake: -_score(fake),
    ),
    "hinge": Game(
        lambda real, fake: _mean(ops.relu(1.0 - real)) + _mean(ops.relu(1.0 + fake)),
        lambda fake: -_score(fake),
    ),
}
