"""Optimizers with their learning-rate schedule, by name."""

from typing import Any

import keras
from keras import ops

from keras_dl.optimizers.player_optimizer import PlayerOptimizer

__all__ = ["InverseDecay", "make_optimizer", "two_optimizers"]


def make_optimizer(
    name: str,
    learning_rate: float,
    *,
    momentum: float = 0.9,
    weight_decay: float = 0.0,
    decay_steps: int | None = None,
    decay: str = "cosine",
    clip_norm: float | None = None,
) -> Any:
    """Makes a Keras optimizer whose rate falls, by default to zero along half a cosine.

    Args:
        name: "adam", "adamw", "rmsprop", "sgd" (Nesterov's momentum), "momentum" (the
            classical one) or "gradient_descent" (none).
        learning_rate: at the start.
        momentum: of "sgd" and "momentum": share of the last step that goes into the next.
        weight_decay: of "adamw": each step takes this share, times the rate, off every weight.
        decay_steps: optimizer steps of the whole training; None keeps the rate constant.
        decay: "cosine"; or "inverse", the rate over (1 + 10p)^0.75 at the share p of the steps, as
            in Ganin et al.
        clip_norm: largest norm of the gradient of all weights together; None: any.

    Raises:
        ValueError: for an unknown name or `decay`.

    Reference:
        Ganin et al., 2016, Domain-Adversarial Training of Neural Networks, arXiv:1505.07818,
        section 5.2.2, for "inverse".
        Loshchilov and Hutter, 2017, SGDR: Stochastic Gradient Descent with Warm Restarts, eq. 5
        (one period, no restart); 2019, Decoupled Weight Decay Regularization, algorithm 2.
        Tieleman and Hinton, 2012, Neural Networks for Machine Learning, lecture 6e, for "rmsprop".
        Sutskever et al., 2013, On the importance of initialization and momentum in deep learning,
        section 2, for the two kinds of momentum.
    """
    rate: Any = learning_rate
    decays = {"cosine": keras.optimizers.schedules.CosineDecay, "inverse": InverseDecay}
    if decay not in decays:
        raise ValueError(f"`decay` must be one of {', '.join(decays)}. Received: decay={decay!r}")
    if decay_steps is not None:
        rate = decays[decay](learning_rate, decay_steps)
    clip: Any = {"global_clipnorm": clip_norm}
    makers = {
        "adam": lambda: keras.optimizers.Adam(rate, **clip),
        "adamw": lambda: keras.optimizers.AdamW(rate, weight_decay=weight_decay, **clip),
        "rmsprop": lambda: keras.optimizers.RMSprop(rate, **clip),
        "sgd": lambda: keras.optimizers.SGD(rate, momentum=momentum, nesterov=True, **clip),
        "momentum": lambda: keras.optimizers.SGD(rate, momentum=momentum, **clip),
        "gradient_descent": lambda: keras.optimizers.SGD(rate, **clip),
    }
    if name not in makers:
        raise ValueError(f"`name` must be one of {', '.join(makers)}. Received: name={name!r}")
    return makers[name]()


@keras.saving.register_keras_serializable("keras_dl")
class InverseDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A rate over (1 + 10p)^0.75, p the share of the training done.

    Args:
        learning_rate: at the start.
        decay_steps: optimizer steps of the whole training.

    Reference:
        Ganin et al., 2016, Domain-Adversarial Training of Neural Networks, arXiv:1505.07818,
        section 5.2.2.
    """

    def __init__(self, learning_rate: float, decay_steps: int) -> None:
        self.learning_rate, self.decay_steps = learning_rate, decay_steps

    def __call__(self, step: Any) -> Any:
        """Gives the rate of a step."""
        share: Any = ops.minimum(ops.divide(ops.cast(step, "float32"), self.decay_steps), 1.0)
        return ops.divide(self.learning_rate, ops.power(1.0 + 10.0 * share, 0.75))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"learning_rate": self.learning_rate, "decay_steps": self.decay_steps}


def two_optimizers(
    learning_rate: float,
    *,
    rate_ratio: float = 1.0,
    momentum: float = 0.5,
    second_momentum: float = 0.999,
    decay_steps: int | None = None,
    discriminator_steps: int = 1,
    generator_steps: int = 1,
) -> PlayerOptimizer:
    """Makes Adam for a discriminator and Adam for a generator, with a rate each.

    Args:
        learning_rate: of the generator, at the start.
        rate_ratio: the discriminator's rate over the generator's.
        momentum: β₁ of both; Keras has 0.9, with which DCGAN's training swings.
        second_momentum: β₂ of both.
        decay_steps: steps of training until both rates are zero along half a cosine; None keeps
            them constant.
        discriminator_steps: as `GAN` has it; a player who rests counts fewer steps.
        generator_steps: the same of the generator.

    Raises:
        ValueError: if a rate is not positive.

    Reference:
        Heusel et al., 2017, GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
        Equilibrium, arXiv:1706.08500. Radford et al., 2016, arXiv:1511.06434, section 4, for β₁.
    """
    for name, value in (("learning_rate", learning_rate), ("rate_ratio", rate_ratio)):
        if not value > 0:
            raise ValueError(f"`{name}` must be positive. Received: {name}={value}")
    players, cycle = [], max(discriminator_steps, generator_steps)
    rates = learning_rate * rate_ratio, learning_rate
    for own, steps in zip(rates, (discriminator_steps, generator_steps), strict=True):
        rate: Any = own
        if decay_steps is not None:
            rate = keras.optimizers.schedules.CosineDecay(own, -(-decay_steps * steps // cycle))
        players.append(keras.optimizers.Adam(rate, beta_1=momentum, beta_2=second_momentum))
    return PlayerOptimizer(players)
