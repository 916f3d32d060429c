"""Deep Q-networks: a value for each action of a game."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.models._check import check_choice, check_count, check_image_shape, check_shape

__all__ = [
    "PUBLISHED",
    "dqn_dueling",
    "dqn_minatar",
    "dqn_mlp",
    "dqn_nature",
    "dqn_nips",
    "q_network",
]

PUBLISHED = {
    "dqn_nips": {
        "trainable_parameters": 677_172,
        "arguments": {"input_shape": (84, 84, 4), "num_actions": 4},
        "output_shapes": {"conv1": (20, 20, 16), "conv2": (9, 9, 32), "hidden1": (256,)},
        "source": "Mnih et al. 2013, section 4.1; 8·8·4·16+16 + 4·4·16·32+32 + 2592·256+256 + "
        "256·4+4",
    },
    "dqn_nature": {
        "trainable_parameters": 1_686_180,
        "arguments": {"input_shape": (84, 84, 4), "num_actions": 4},
        "output_shapes": {
            "conv1": (20, 20, 32),
            "conv2": (9, 9, 64),
            "conv3": (7, 7, 64),
            "hidden1": (512,),
            "values": (4,),
        },
        "source": "Mnih et al. 2015, methods, model architecture; 8·8·4·32+32 + 4·4·32·64+64 + "
        "3·3·64·64+64 + 3136·512+512 + 512·4+4",
    },
    "dqn_dueling": {
        "trainable_parameters": 3_292_837,
        "arguments": {"input_shape": (84, 84, 4), "num_actions": 4},
        "output_shapes": {"hidden1": (512,), "state_hidden1": (512,), "state_value": (1,)},
        "source": "Wang et al. 2016, section 4.2: two streams of 512 units; convolutions 77,984 + "
        "2·(3136·512+512) + 512·4+4 + 512+1",
    },
    "dqn_minatar": {
        "trainable_parameters": 132_566,
        "arguments": {"input_shape": (10, 10, 4), "num_actions": 6},
        "output_shapes": {"conv1": (8, 8, 16), "hidden1": (128,)},
        "source": "Young and Tian 2019, section 3; 3·3·4·16+16 + 1024·128+128 + 128·6+6",
    },
    "dqn_mlp": {
        "trainable_parameters": 10_934,
        "arguments": {"input_shape": (4,), "num_actions": 2},
        "output_shapes": {"hidden1": (120,), "hidden2": (84,), "values": (2,)},
        "source": "CleanRL's dqn.py; 4·120+120 + 120·84+84 + 84·2+2",
    },
}

NATURE = ((32, 8, 4), (64, 4, 2), (64, 3, 1))  # filters, size and stride of the convolutions
NIPS = ((16, 8, 4), (32, 4, 2))
ATARI = 36  # pixels a side that the convolutions of 2015 need
KINDS = ("auto", "mlp", "minatar", "nips", "nature")


def q_network(
    input_shape: Sequence[int],
    num_actions: int,
    *,
    kind: str = "auto",
    units: Sequence[int] = (256, 256),
    dueling: bool = False,
) -> keras.Model:
    """One of the networks below.

    Args:
        input_shape: shape of an observation.
        num_actions: number of actions.
        kind: "mlp", "minatar", "nips" or "nature"; "auto" is the one that was published for such
            observations: "nature" for images of 36 pixels a side or more, "minatar" for smaller
            ones, else "mlp".
        units: width of each hidden layer of "mlp".
        dueling: whether state value and advantages have separate hidden units.

    Returns:
        As `dqn_nature`.

    Raises:
        TypeError, ValueError: as the networks; for an unknown `kind`.
    """
    check_choice("kind", kind, KINDS)
    if kind == "auto":
        image = len(input_shape) == 3
        large = image and min(input_shape[:2]) >= ATARI
        kind = "nature" if large else "minatar" if image else "mlp"
    if kind == "mlp":
        return dqn_mlp(input_shape, num_actions, units=units, dueling=dueling)
    builders = {"minatar": dqn_minatar, "nips": dqn_nips, "nature": dqn_nature}
    return builders[kind](input_shape, num_actions, dueling=dueling)


def dqn_nature(
    input_shape: Sequence[int],
    num_actions: int,
    *,
    dueling: bool = False,
    name: str = "dqn_nature",
) -> keras.Model:
    """The network of 2015: three convolutions and 512 hidden units, ReLU.

    Args:
        input_shape: (height, width, frames · channels), at least 36 pixels a side; floats in
            [0, 1].
        num_actions: number of actions.
        dueling: whether state value and advantages have separate hidden units.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, *input_shape) to float32 values (batch, num_actions).

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if an image is too small or `num_actions` is below 1.

    Reference:
        Mnih et al., 2015, Human-level control through deep reinforcement learning, Nature 518,
        methods, "Model architecture".
    """
    check_image_shape(input_shape, smallest=ATARI)
    return _network(input_shape, num_actions, NATURE, (512,), dueling, name)


def dqn_dueling(
    input_shape: Sequence[int], num_actions: int, *, name: str = "dqn_dueling"
) -> keras.Model:
    """The network of 2015 with two streams, of the state's value and of the actions' advantages.

    Args:
        input_shape: as of `dqn_nature`.
        num_actions: number of actions.
        name: name of the model.

    Returns:
        As `dqn_nature`; the values are V + A − mean A.

    Raises:
        TypeError, ValueError: as `dqn_nature`.

    Reference:
        Wang et al., 2016, Dueling Network Architectures for Deep Reinforcement Learning,
        arXiv:1511.06581, equation 9.
    """
    return dqn_nature(input_shape, num_actions, dueling=True, name=name)


def dqn_nips(
    input_shape: Sequence[int], num_actions: int, *, dueling: bool = False, name: str = "dqn_nips"
) -> keras.Model:
    """The network of 2013: two convolutions and 256 hidden units, ReLU.

    Args:
        input_shape: as of `dqn_nature`.
        num_actions: number of actions.
        dueling: whether state value and advantages have separate hidden units.
        name: name of the model.

    Returns:
        As `dqn_nature`.

    Raises:
        TypeError, ValueError: as `dqn_nature`.

    Reference:
        Mnih et al., 2013, Playing Atari with Deep Reinforcement Learning, arXiv:1312.5602,
        section 4.1.
    """
    check_image_shape(input_shape, smallest=ATARI)
    return _network(input_shape, num_actions, NIPS, (256,), dueling, name)


def dqn_minatar(
    input_shape: Sequence[int],
    num_actions: int,
    *,
    dueling: bool = False,
    name: str = "dqn_minatar",
) -> keras.Model:
    """The network of MinAtar's authors: 16 filters of 3×3 and 128 hidden units, ReLU.

    Args:
        input_shape: (height, width, kinds of objects), at least 3 cells a side; 0 or 1.
        num_actions: number of actions.
        dueling: whether state value and advantages have separate hidden units.
        name: name of the model.

    Returns:
        As `dqn_nature`.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a board is too small or `num_actions` is below 1.

    Reference:
        Young and Tian, 2019, MinAtar, arXiv:1903.03176, section 3.
    """
    check_image_shape(input_shape, smallest=3)
    return _network(input_shape, num_actions, ((16, 3, 1),), (128,), dueling, name)


def dqn_mlp(
    input_shape: Sequence[int],
    num_actions: int,
    *,
    units: Sequence[int] = (120, 84),
    dueling: bool = False,
    name: str = "dqn_mlp",
) -> keras.Model:
    """Fully connected layers with ReLU on the flattened observation.

    Args:
        input_shape: shape of an observation.
        num_actions: number of actions.
        units: width of each hidden layer; () gives a linear network.
        dueling: whether state value and advantages have separate last hidden layers.
        name: name of the model.

    Returns:
        As `dqn_nature`.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Reference:
        Huang et al., 2022, CleanRL, Journal of Machine Learning Research 23, for the widths.
    """
    check_shape(input_shape)
    return _network(input_shape, num_actions, (), units, dueling, name)


def _network(
    input_shape: Sequence[int],
    num_actions: int,
    convolutions: Sequence[tuple[int, int, int]],
    units: Sequence[int],
    dueling: bool,
    name: str,
) -> keras.Model:
    check_count("num_actions", num_actions, "one value stands for each action")
    for index, width in enumerate(units):
        check_count(f"units[{index}]", width, "it is the width of a hidden layer")
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = inputs
    for number, (filters, size, stride) in enumerate(convolutions, start=1):
        x = keras.layers.Conv2D(filters, size, stride, activation="relu", name=f"conv{number}")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    shared, last = units[:-1], units[-1:]
    for number, width in enumerate(shared, start=1):
        x = keras.layers.Dense(int(width), "relu", name=f"hidden{number}")(x)
    values = _stream(x, last, len(units), num_actions, "advantages" if dueling else "values", "")
    if dueling:
        state: Any = _stream(x, last, len(units), 1, "state_value", "state_")
        mean: Any = keras.ops.mean(values, axis=-1, keepdims=True)
        values = keras.layers.Add(dtype="float32", name="values")([values - mean, state])
    return keras.Model(inputs, values, name=name)


def _stream(x: Any, last: Sequence[int], number: int, outputs: int, name: str, prefix: str) -> Any:
    """The last hidden layer, where there is one, and its outputs in float32."""
    for width in last:
        x = keras.layers.Dense(int(width), "relu", name=f"{prefix}hidden{number}")(x)
    return keras.layers.Dense(int(outputs), dtype="float32", name=name)(x)
