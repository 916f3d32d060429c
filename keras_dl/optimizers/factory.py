"""Optimizers by name with their learning-rate schedule, and the optimizer of a GAN."""

from typing import Any

import keras
from keras import ops

from keras_dl.optimizers.adaptive_clipping import (
    AdaptivelyClippedAdam,
    AdaptivelyClippedAdamW,
    AdaptivelyClippedRMSprop,
    AdaptivelyClippedSGD,
)
from keras_dl.optimizers.dense_gradients import (
    DenseAdam,
    DenseAdamW,
    DenseRMSprop,
    DenseSGD,
)
from keras_dl.optimizers.player_optimizer import PlayerOptimizer

__all__ = ["InverseDecay", "make_gan_optimizer", "make_optimizer"]


def make_optimizer(
    name: str,
    learning_rate: float,
    *,
    momentum: float = 0.9,
    weight_decay: float = 0.0,
    decay_steps: int | None = None,
    decay: str = "cosine",
    clip_norm: float | None = None,
    adaptive_clip: float | None = None,
) -> keras.Optimizer:
    """Creates a Keras optimizer with a learning-rate schedule.

    Args:
        name: "adam", "adamw", "rmsprop", "sgd" (Nesterov momentum), "momentum" (classical
            momentum) or "gradient_descent" (no momentum).
        learning_rate: initial learning rate.
        momentum: of "sgd" and "momentum": share of the previous update in the next one.
        weight_decay: of "adamw": share of each weight, times the learning rate, that a step
            subtracts.
        decay_steps: optimizer steps of the whole training; None keeps the rate constant.
        decay: "cosine", half a cosine down to 0; or "inverse", the rate over (1 + 10p)^0.75 at the
            share p of the steps, as in Ganin et al.
        clip_norm: largest global norm of the gradient; None does not clip.
        adaptive_clip: largest norm of a unit's gradient, as a share of the norm of its weights,
            except in layers named "logits"; 0.01 in the paper. None does not clip.

    Returns:
        The optimizer, not yet built.

    Raises:
        TypeError: if `adaptive_clip` is not a number.
        ValueError: if it is not positive, or `name` or `decay` is unknown.

    Reference:
        Ganin et al., 2016, Domain-Adversarial Training of Neural Networks, arXiv:1505.07818,
        section 5.2.2, for "inverse".
        Loshchilov and Hutter, 2017, SGDR: Stochastic Gradient Descent with Warm Restarts, eq. 5
        (one period, no restart); 2019, Decoupled Weight Decay Regularization, algorithm 2.
        Tieleman and Hinton, 2012, Neural Networks for Machine Learning, lecture 6e, for "rmsprop".
        Sutskever et al., 2013, On the importance of initialization and momentum in deep learning,
        section 2, for the two kinds of momentum.
        Brock et al., 2021, High-Performance Large-Scale Image Recognition Without Normalization,
        arXiv:2102.06171, section 4, for `adaptive_clip`.
    """
    rate: Any = learning_rate
    decays = {"cosine": keras.optimizers.schedules.CosineDecay, "inverse": InverseDecay}
    if decay not in decays:
        raise ValueError(f"`decay` must be one of {', '.join(decays)}. Received: decay={decay!r}")
    if decay_steps is not None:
        rate = decays[decay](learning_rate, decay_steps)
    clip: Any = {"global_clipnorm": clip_norm}
    kinds: Any = keras.optimizers
    adam, adamw, rmsprop, sgd = kinds.Adam, kinds.AdamW, kinds.RMSprop, kinds.SGD
    if clip_norm is not None:
        adam, adamw, rmsprop, sgd = DenseAdam, DenseAdamW, DenseRMSprop, DenseSGD
    if adaptive_clip is not None:
        clip["adaptive_clip"] = adaptive_clip
        adam, adamw = AdaptivelyClippedAdam, AdaptivelyClippedAdamW
        rmsprop, sgd = AdaptivelyClippedRMSprop, AdaptivelyClippedSGD
    factories = {
        "adam": lambda: adam(rate, **clip),
        "adamw": lambda: adamw(rate, weight_decay=weight_decay, **clip),
        "rmsprop": lambda: rmsprop(rate, **clip),
        "sgd": lambda: sgd(rate, momentum=momentum, nesterov=True, **clip),
        "momentum": lambda: sgd(rate, momentum=momentum, **clip),
        "gradient_descent": lambda: sgd(rate, **clip),
    }
    if name not in factories:
        raise ValueError(f"`name` must be one of {', '.join(factories)}. Received: name={name!r}")
    return factories[name]()


@keras.saving.register_keras_serializable("keras_dl")
class InverseDecay(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate over (1 + 10p)^0.75, p the finished share of the training.

    Args:
        learning_rate: initial learning rate.
        decay_steps: optimizer steps of the whole training.

    Reference:
        Ganin et al., 2016, Domain-Adversarial Training of Neural Networks, arXiv:1505.07818,
        section 5.2.2.
    """

    def __init__(self, learning_rate: float, decay_steps: int) -> None:
        self.learning_rate, self.decay_steps = learning_rate, decay_steps

    def __call__(self, step: keras.KerasTensor | int) -> Any:
        """Returns the learning rate of a step."""
        share: Any = ops.minimum(ops.divide(ops.cast(step, "float32"), self.decay_steps), 1.0)
        return ops.divide(self.learning_rate, ops.power(1.0 + 10.0 * share, 0.75))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {"learning_rate": self.learning_rate, "decay_steps": self.decay_steps}


def make_gan_optimizer(
    learning_rate: float,
    *,
    rate_ratio: float = 1.0,
    momentum: float = 0.5,
    second_momentum: float = 0.999,
    decay_steps: int | None = None,
    discriminator_steps: int = 1,
    generator_steps: int = 1,
) -> PlayerOptimizer:
    """Creates Adam for a discriminator and Adam for a generator, with two learning rates.

    Args:
        learning_rate: initial learning rate of the generator.
        rate_ratio: the discriminator's learning rate over the generator's.
        momentum: β₁ of both; Keras' default of 0.9 makes DCGAN's training oscillate.
        second_momentum: β₂ of both.
        decay_steps: steps of training until both rates are zero along half a cosine; None keeps
            them constant.
        discriminator_steps: as in `GAN`; a network with fewer updates decays over fewer steps.
        generator_steps: as in `GAN`.

    Returns:
        A `PlayerOptimizer` of the discriminator's optimizer and the generator's.

    Raises:
        ValueError: if a rate is not positive.

    Reference:
        Heusel et al., 2017, GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
        Equilibrium, arXiv:1706.08500. Radford et al., 2016, arXiv:1511.06434, section 4, for β₁.
    """
    for name, value in (("learning_rate", learning_rate), ("rate_ratio", rate_ratio)):
        if not value > 0:
            raise ValueError(f"`{name}` must be positive. Received: {name}={value}")
    optimizers, cycle = [], max(discriminator_steps, generator_steps)
    rates = learning_rate * rate_ratio, learning_rate
    for initial, steps in zip(rates, (discriminator_steps, generator_steps), strict=True):
        rate: Any = initial
        if decay_steps is not None:
            rate = keras.optimizers.schedules.CosineDecay(initial, -(-decay_steps * steps // cycle))
        optimizers.append(keras.optimizers.Adam(rate, beta_1=momentum, beta_2=second_momentum))
    return PlayerOptimizer(optimizers)
