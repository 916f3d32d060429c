"""Shared parts of adversarial training: frozen passes, gradient penalties, the update schedule."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.algorithms.adversarial_losses import ADVERSARIAL_LOSSES
from keras_dl.backend.gradients import tensor_gradients
from keras_dl.optimizers import PlayerOptimizer
from keras_dl.utils.checks import check_choice, check_count, check_nonnegative

__all__ = [
    "apply_frozen",
    "assign_optimizers",
    "check_adversarial_loss",
    "check_ema_momentum",
    "check_labels",
    "check_weight",
    "generator_win_rate",
    "gradient_penalty",
    "num_examples",
    "r1_penalty",
    "to_pixels",
    "to_signed",
    "unwrap_single",
    "update_ema",
    "update_schedule",
]

Tensor = keras.KerasTensor


def apply_frozen(net: keras.Model, inputs: Tensor | list[Tensor], training: bool) -> Any:
    """Computes the outputs of a net whose weights count as constants.

    Gradients flow through the net to its inputs, and not into its weights.

    Args:
        net: built model.
        inputs: its inputs.
        training: passed to the net.

    Returns:
        The net's outputs.
    """
    weights = [ops.stop_gradient(variable.value) for variable in net.trainable_variables]
    others = [variable.value for variable in net.non_trainable_variables]
    outputs: Any = net.stateless_call(weights, others, inputs, training=training)
    return outputs[0]  # its moving averages are those of the discriminator's own passes


def _squared_gradient_norms(net: keras.Model, x: Tensor, condition: Sequence[Tensor]) -> Any:
    """Squared norm of the gradient of the net's output by each example of `x`, (batch,)."""
    weights = [variable.value for variable in net.trainable_variables]
    others = [variable.value for variable in net.non_trainable_variables]

    def total(tensors: list[Tensor]) -> Any:
        inputs = [tensors[0], *condition] if condition else tensors[0]
        outputs: Any = net.stateless_call(weights, others, inputs, training=True)
        return ops.sum(outputs[0])

    gradient: Any = tensor_gradients(total, [x], again=True)[0]
    return ops.sum(ops.square(gradient), axis=tuple(range(1, len(x.shape))))


def gradient_penalty(
    net: keras.Model,
    real: Tensor,
    fake: Tensor,
    condition: Sequence[Tensor],
    seed: keras.random.SeedGenerator,
) -> Any:
    """Computes WGAN-GP's penalty E[(‖∇D(x̂)‖ - 1)²].

    Args:
        net: the discriminator D.
        real: real images (batch, height, width, channels).
        fake: generated images of the same shape; each x̂ is drawn between a pair.
        condition: further inputs of D, such as one-hot labels (batch, classes).
        seed: of the positions of x̂.

    Returns:
        A scalar.

    Reference:
        Gulrajani et al., 2017, Improved Training of Wasserstein GANs, arXiv:1704.00028, eq. 3.
    """
    shape = (num_examples(real), *(1,) * (len(real.shape) - 1))
    share: Any = keras.random.uniform(shape, seed=seed)
    between: Any = ops.cast(share * real + (1.0 - share) * fake, "float32")
    squares = _squared_gradient_norms(net, between, condition)
    norms: Any = ops.sqrt(squares + 1e-12)  # the root has no gradient at 0
    return ops.mean(ops.square(norms - 1.0))


def r1_penalty(net: keras.Model, real: Tensor, condition: Sequence[Tensor]) -> Any:
    """Computes the R1 penalty E[‖∇D(x)‖²] at the real images.

    Args:
        net: the discriminator D.
        real: real images (batch, height, width, channels).
        condition: further inputs of D, such as one-hot labels (batch, classes).

    Returns:
        A scalar.

    Reference:
        Mescheder et al., 2018, Which Training Methods for GANs do actually Converge?,
        arXiv:1801.04406, eq. 9.
    """
    return ops.mean(_squared_gradient_norms(net, real, condition))


def update_ema(average: keras.Model, net: keras.Model, momentum: float) -> None:
    """Updates an exponential moving average of a net's weights.

    Args:
        average: model that holds the average; same architecture as `net`.
        net: model whose current weights enter the average.
        momentum: share of the old average, in [0, 1).
    """
    for mean, current in zip(average.variables, net.variables, strict=True):
        if "float" in str(mean.dtype):
            value: Any = current.value
            mean.assign(momentum * mean.value + (1.0 - momentum) * value)


def update_schedule(
    step: keras.KerasTensor, discriminator_steps: int, generator_steps: int
) -> tuple[Any, Any]:
    """Computes the weights of both losses in a step: 1 for an update, 0 for none.

    A cycle has max(discriminator_steps, generator_steps) steps. The net with more updates takes
    part in all of them, the other in the last ones.

    Args:
        step: number of the step, from 0; a scalar tensor.
        discriminator_steps: updates of the discriminator in a cycle.
        generator_steps: updates of the generator in a cycle.

    Returns:
        (discriminator, generator), two float32 scalars.
    """
    cycle = max(discriminator_steps, generator_steps)
    position: Any = ops.mod(step, float(cycle))
    first, second = (cycle - steps for steps in (discriminator_steps, generator_steps))
    return ops.cast(position >= first, "float32"), ops.cast(position >= second, "float32")


def generator_win_rate(real: Tensor, fake: Tensor) -> Any:
    """Computes the share of generated images with a larger logit than their real counterpart.

    Equal logits count one half.
    """
    draws: Any = ops.cast(ops.equal(fake, real), "float32")
    above: Any = ops.cast(ops.greater(fake, real), "float32")
    return ops.mean(above + draws / 2.0)


def to_signed(pixels: Tensor) -> Any:
    """Scales pixels 0..255 to float32 in [-1, 1]."""
    values: Any = ops.cast(pixels, "float32")
    return values / 127.5 - 1.0


def to_pixels(images: Tensor) -> Any:
    """Scales images in [-1, 1] to float32 pixels 0..255."""
    values: Any = ops.cast(images, "float32")
    return (values + 1.0) * 127.5


def assign_optimizers(optimizer: keras.Optimizer, *networks: keras.Model, may_skip: bool) -> None:
    """Assigns the weights of each network to its part of a `PlayerOptimizer`.

    Args:
        optimizer: a `PlayerOptimizer`, possibly inside a `LossScaleOptimizer`.
        *networks: in the order of the optimizer's parts.
        may_skip: whether some steps update only one network.

    Raises:
        TypeError: if `optimizer` is not a `PlayerOptimizer`.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)  # behind loss scaling
    if not isinstance(inner, PlayerOptimizer):
        raise TypeError(
            "`optimizer` must be a PlayerOptimizer, with one optimizer for each network. "
            f"Received: {type(optimizer).__name__}"
        )
    inner.assign_variables([net.trainable_variables for net in networks], may_skip=may_skip)


def check_adversarial_loss(
    adversarial_loss: object, discriminator_steps: object, generator_steps: object
) -> None:
    """Checks the name of an adversarial loss and both numbers of steps.

    Args:
        adversarial_loss: must be a name of `ADVERSARIAL_LOSSES`.
        discriminator_steps: must be an integer of at least 1.
        generator_steps: must be an integer of at least 1.

    Raises:
        TypeError: if the loss is not a string or a number of steps is not an integer.
        ValueError: if the loss is unknown or a number of steps below 1.
    """
    check_choice("adversarial_loss", adversarial_loss, ADVERSARIAL_LOSSES)
    meaning = "it is the number of updates in a cycle"
    check_count("discriminator_steps", discriminator_steps, meaning)
    check_count("generator_steps", generator_steps, meaning)


def check_weight(name: str, value: Any) -> None:
    """Checks the weight of a loss term: finite, 0 or more.

    Raises:
        TypeError: if `value` is not a number.
        ValueError: if it is negative, infinite or not a number (NaN).
    """
    check_nonnegative(name, value, "it weighs a term of the loss, and 0 switches it off")


def num_examples(batch: Tensor) -> Any:
    """Returns the number of examples, a tensor in compiled steps of unknown batch size."""
    shape: Any = ops.shape(batch)
    return shape[0]


def unwrap_single(inputs: list[Any]) -> Any:
    """Returns the list of a model's inputs, or the only one of them."""
    return inputs if len(inputs) > 1 else inputs[0]


def check_ema_momentum(momentum: Any) -> None:
    """Checks the momentum of a moving average: None or a number in [0, 1).

    Raises:
        TypeError: if `momentum` is neither None nor a number.
        ValueError: if it is out of range.
    """
    if momentum is None:
        return
    check_weight("ema_momentum", momentum)
    if not momentum < 1:
        raise ValueError(
            "`ema_momentum` must lie in [0, 1); it is the share of the old average in a step. "
            f"Received: ema_momentum={momentum}"
        )


def check_labels(generator: keras.Model, discriminator: keras.Model) -> None:
    """Checks that both nets take labels, or neither.

    Raises:
        ValueError: if one does and the other does not.
    """
    takes = [len(net.inputs) for net in (generator, discriminator)]
    if takes[0] != takes[1] or takes[0] not in (1, 2):
        raise ValueError(
            "`generator` and `discriminator` must both take labels, as a second input, or neither. "
            f"Received: {takes[0]} and {takes[1]} inputs"
        )
