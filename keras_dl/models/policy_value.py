"""The residual network of AlphaGo Zero and AlphaZero: one tower, a policy and a value."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.models._check import check_count, check_image_shape, check_penalty

__all__ = ["PUBLISHED", "alphago_zero", "policy_value_net"]

PUBLISHED = {
    "alphago_zero": {
        "trainable_parameters": 22_827_877,
        "arguments": {},
        "output_shapes": {
            "tower_relu": (19, 19, 256),
            "block19_out": (19, 19, 256),
            "policy": (362,),
            "value": (1,),
        },
        "source": "layers: Silver et al. 2017, Methods, Neural network architecture, 19 blocks; "
        "count: 39,680 + 19·1,180,672 + policy 262,242 + value 93,187, the convolutions without "
        "biases, as normalization follows",
    },
}


def policy_value_net(
    input_shape: Sequence[int],
    num_moves: int,
    *,
    filters: int = 256,
    blocks: int = 19,
    head_filters: tuple[int, int] = (2, 1),
    units: int = 256,
    l2: float = 1e-4,
    name: str = "policy_value_net",
) -> keras.Model:
    """A tower of residual blocks with a head for the moves and one for the result.

    Args:
        input_shape: (rows, columns, planes) of one position.
        num_moves: number of different moves.
        filters: of each convolution of the tower.
        blocks: residual blocks of two 3×3 convolutions; 19 or 39 in AlphaGo Zero.
        head_filters: filters of the 1×1 convolutions of the policy and of the value.
        units: hidden units of the value.
        l2: factor of the squared kernels in the loss.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, rows, columns, planes) to a dict of float32: "policy",
        logits (batch, num_moves), and "value" in [-1, 1] (batch, 1), for the player to move.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1, or `l2` is negative.

    Reference:
        Silver et al., 2017, Mastering the game of Go without human knowledge, Nature 550, Methods,
        "Neural network architecture"; 2018, Science 362, the same tower for chess and shogi.
    """
    check_image_shape(input_shape, smallest=1)
    check_count("num_moves", num_moves, "one logit stands for each move")
    check_count("filters", filters, "it is the number of filters of each convolution")
    check_count("blocks", blocks, "it is the number of residual blocks")
    check_count("units", units, "it is the number of hidden units of the value")
    check_penalty("l2", l2)
    squares = keras.regularizers.L2(l2) if l2 else None
    inputs: Any = keras.Input(tuple(map(int, input_shape)), name="planes")
    x: Any = _convolution(inputs, filters, 3, squares, "tower")
    for block in (f"block{number}" for number in range(1, blocks + 1)):
        shortcut = x
        x = _convolution(x, filters, 3, squares, f"{block}_1")
        x = _convolution(x, filters, 3, squares, f"{block}_2", activated=False)
        x = keras.layers.Add(name=f"{block}_add")([x, shortcut])
        x = keras.layers.ReLU(name=f"{block}_out")(x)
    policy = _convolution(x, head_filters[0], 1, squares, "policy_maps")
    value = _convolution(x, head_filters[1], 1, squares, "value_maps")
    value = keras.layers.Flatten(name="value_flat")(value)
    value = keras.layers.Dense(
        units, "relu", kernel_regularizer=squares, name="value_hidden"
    )(value)  # fmt: skip
    policy = keras.layers.Flatten(name="policy_flat")(policy)
    options = {"kernel_regularizer": squares, "dtype": "float32"}
    outputs = {
        "policy": keras.layers.Dense(num_moves, name="policy", **options)(policy),
        "value": keras.layers.Dense(1, "tanh", name="value", **options)(value),
    }
    return keras.Model(inputs, outputs, name=name)


def _convolution(
    x: keras.KerasTensor,
    filters: int,
    size: int,
    penalty: keras.Regularizer | None,
    name: str,
    *,
    activated: bool = True,
) -> keras.KerasTensor:
    """Convolution, batch normalization and ReLU."""
    x = keras.layers.Conv2D(
        filters, size, padding="same", use_bias=False, kernel_initializer="he_normal",
        kernel_regularizer=penalty, name=f"{name}_conv",
    )(x)  # fmt: skip
    # Keras' momentum of 0.99 would lag behind: self-play uses the averages after some 100 updates.
    x = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x) if activated else x


def alphago_zero(*, blocks: int = 19, name: str = "alphago_zero") -> keras.Model:
    """The network of AlphaGo Zero for 19×19 Go: 17 planes, 361 points and the pass.

    Args:
        blocks: 19, or 39 of the stronger version.
        name: name of the model.
    """
    return policy_value_net((19, 19, 17), 362, blocks=blocks, name=name)
