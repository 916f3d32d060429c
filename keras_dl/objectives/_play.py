"""What models with two players share: a frozen opponent, penalties on slopes, whose turn it is."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.gradients import tensor_gradients
from keras_dl.layers._check import check_count, check_real
from keras_dl.objectives.games import GAMES
from keras_dl.player_optimizer import PlayerOptimizer

__all__ = [
    "PlayWatch",
    "check_game",
    "check_weight",
    "frozen",
    "shared_out",
    "slope_lengths",
    "to_pixels",
    "to_signed",
    "turns",
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


def turns(step: Any, discriminator_steps: int, generator_steps: int) -> tuple[Any, Any]:
    """1 for a player who learns in this step, 0 for one who rests: (discriminator, generator).

    Of as many steps as the busier one takes, the other joins in the last ones.
    """
    cycle = max(discriminator_steps, generator_steps)
    place: Any = ops.mod(step, float(cycle))
    return tuple(
        ops.cast(place >= cycle - own, "float32") for own in (discriminator_steps, generator_steps)
    )


def wins(real: Any, fake: Any) -> Any:
    """Share of the made examples that score above the real one beside them, 1/2 for a draw."""
    draws: Any = ops.cast(ops.equal(fake, real), "float32")
    return ops.mean(ops.cast(ops.greater(fake, real), "float32") + draws / 2.0)


def to_signed(pixels: Any) -> Any:
    """Pixels 0..255 as float32 in [-1, 1]."""
    return ops.cast(pixels, "float32") / 127.5 - 1.0


def to_pixels(images: Any) -> Any:
    """Images in [-1, 1] as float32 pixels 0..255."""
    return (ops.cast(images, "float32") + 1.0) * 127.5


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
    meaning = "it weighs a penalty, and 0 switches it off"
    check_real(name, value, meaning)
    if not 0 <= float(value) < float("inf"):
        raise ValueError(
            f"`{name}` must be finite and 0 or more; {meaning}. Received: {name}={value}"
        )


class PlayWatch(keras.callbacks.Callback):
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
