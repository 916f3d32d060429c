"""What models with two players share: a frozen opponent, penalties on slopes, whose turn it is."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.algorithms.adversarial_losses import GAMES
from keras_dl.backend.gradients import tensor_gradients
from keras_dl.optimizers import PlayerOptimizer
from keras_dl.utils.checks import check_count, check_nonnegative

__all__ = [
    "alone",
    "check_average",
    "check_game",
    "check_labels",
    "check_weight",
    "follow",
    "frozen",
    "gradient_penalty_of",
    "length",
    "r1_penalty_of",
    "shared_out",
    "to_pixels",
    "to_signed",
    "turns",
    "twin",
    "wins",
]


def frozen(net: keras.Model, inputs: Any, training: bool) -> Any:
    """The net's outputs, of which gradients flow through the net and not into it."""
    weights = [ops.stop_gradient(variable.value) for variable in net.trainable_variables]
    others = [variable.value for variable in net.non_trainable_variables]
    outputs: Any = net.stateless_call(weights, others, inputs, training=training)
    return outputs[0]  # its moving averages are those of the discriminator's own passes


def slope_lengths(net: keras.Model, x: Any, condition: Sequence[Any], training: bool) -> Any:
    """Squared length of the gradient of the net's output by each example of `x`, (batch,)."""
    weights = [variable.value for variable in net.trainable_variables]
    others = [variable.value for variable in net.non_trainable_variables]

    def total(tensors: list[Any]) -> Any:
        inputs = [tensors[0], *condition] if condition else tensors[0]
        outputs: Any = net.stateless_call(weights, others, inputs, training=training)
        return ops.sum(outputs[0])

    slope: Any = tensor_gradients(total, [x], again=True)[0]
    return ops.sum(ops.square(slope), axis=tuple(range(1, len(x.shape))))


def gradient_penalty_of(
    net: keras.Model, real: Any, fake: Any, condition: Sequence[Any], seed: Any
) -> Any:
    """E[(‖∇D(x̂)‖ - 1)²], each x̂ drawn between a real and a made image."""
    shape = (length(real), *(1,) * (len(real.shape) - 1))
    share: Any = keras.random.uniform(shape, seed=seed)
    between = ops.cast(share * real + (1.0 - share) * fake, "float32")
    squares = slope_lengths(net, between, condition, training=True)
    slope: Any = ops.sqrt(squares + 1e-12)  # the root has no slope at 0
    return ops.mean(ops.square(slope - 1.0))


def r1_penalty_of(net: keras.Model, real: Any, condition: Sequence[Any]) -> Any:
    """E[‖∇D(x)‖²] at the real images."""
    return ops.mean(slope_lengths(net, real, condition, training=True))


def follow(mean: keras.Model, net: keras.Model, momentum: float) -> None:
    """Moves a running mean of the net's weights on by a step."""
    for average, now in zip(mean.variables, net.variables, strict=True):
        if "float" in str(average.dtype):
            value: Any = now.value
            average.assign(momentum * average.value + (1.0 - momentum) * value)


def turns(step: Any, discriminator_steps: int, generator_steps: int) -> tuple[Any, Any]:
    """1 for a player who learns in this step, 0 for one who rests: (discriminator, generator).

    Of as many steps as the busier one takes, the other joins in the last ones.
    """
    cycle = max(discriminator_steps, generator_steps)
    place: Any = ops.mod(step, float(cycle))
    first, second = (cycle - own for own in (discriminator_steps, generator_steps))
    return ops.cast(place >= first, "float32"), ops.cast(place >= second, "float32")


def wins(real: Any, fake: Any) -> Any:
    """Share of the made examples that score above the real one beside them, 1/2 for a draw."""
    draws: Any = ops.cast(ops.equal(fake, real), "float32")
    above: Any = ops.cast(ops.greater(fake, real), "float32")
    return ops.mean(above + draws / 2.0)


def to_signed(pixels: Any) -> Any:
    """Pixels 0..255 as float32 in [-1, 1]."""
    values: Any = ops.cast(pixels, "float32")
    return values / 127.5 - 1.0


def to_pixels(images: Any) -> Any:
    """Images in [-1, 1] as float32 pixels 0..255."""
    values: Any = ops.cast(images, "float32")
    return (values + 1.0) * 127.5


def shared_out(optimizer: Any, *players: keras.Model, may_rest: bool) -> None:
    """Tells the optimizer whose weights are whose.

    Raises:
        TypeError: if it is no `PlayerOptimizer`.
    """
    own = getattr(optimizer, "inner_optimizer", optimizer)  # behind loss scaling
    if not isinstance(own, PlayerOptimizer):
        raise TypeError(
            "`optimizer` must be a PlayerOptimizer, which has one for each player. "
            f"Received: {type(optimizer).__name__}"
        )
    own.share([player.trainable_variables for player in players], may_rest=may_rest)


def check_game(game: Any, discriminator_steps: Any, generator_steps: Any) -> None:
    """Accept a known game, and numbers of steps.

    Raises:
        TypeError: if a number of steps is not an integer.
        ValueError: if the game is unknown or a number of steps below 1.
    """
    if game not in GAMES:
        raise ValueError(f"`game` must be one of {', '.join(GAMES)}. Received: game={game!r}")
    check_count("discriminator_steps", discriminator_steps, "it learns so often in a cycle")
    check_count("generator_steps", generator_steps, "it learns so often in a cycle")


def check_weight(name: str, value: Any) -> None:
    """Accept the weight of a penalty: finite, 0 or more.

    Raises:
        TypeError: if `value` is not a number.
        ValueError: if it is negative, infinite or not a number (NaN).
    """
    check_nonnegative(name, value, "it weighs a penalty, and 0 switches it off")


def length(batch: Any) -> Any:
    """Number of examples, which a compiled step may not know before it runs."""
    shape: Any = ops.shape(batch)
    return shape[0]


def alone(parts: list[Any]) -> Any:
    """A list of inputs, or the only one."""
    return parts if len(parts) > 1 else parts[0]


def twin(net: keras.Model) -> keras.Model:
    """A copy that no optimizer moves."""
    twin: Any = keras.models.clone_model(net)
    twin.set_weights(net.get_weights())
    twin.trainable = False
    return twin


def check_average(average: Any) -> None:
    """Accept None, or a share in [0, 1).

    Raises:
        TypeError: if `average` is neither None nor a number.
        ValueError: if it is out of range.
    """
    if average is None:
        return
    check_weight("average", average)
    if not average < 1:
        raise ValueError(
            "`average` must lie in [0, 1); it is the share of the mean that is kept in a step. "
            f"Received: average={average}"
        )


def check_labels(generator: keras.Model, discriminator: keras.Model) -> None:
    """Accept two nets that both take labels, or neither.

    Raises:
        ValueError: if one does and the other does not.
    """
    takes = [len(net.inputs) for net in (generator, discriminator)]
    if takes[0] != takes[1] or takes[0] not in (1, 2):
        raise ValueError(
            "`generator` and `discriminator` must both take labels, as a second input, or neither. "
            f"Received: {takes[0]} and {takes[1]} inputs"
        )
