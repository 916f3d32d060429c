"""One linear unit for Hebb's and Oja's rule."""

from collections.abc import Sequence

import keras

from keras_dl.initializers import make_initializer
from keras_dl.models._check import INITIALIZERS, check_choice, check_shape

__all__ = ["PUBLISHED", "hebbian"]

PUBLISHED = {
    "hebbian": {
        "trainable_parameters": 64,
        "links": 64,
        "arguments": {"input_shape": (8, 8, 1)},
        "output_shapes": {"flatten": (64,), "response": (1,)},
        "source": "Oja 1982: one linear unit without a bias, a weight for each input",
    },
}


def hebbian(
    input_shape: Sequence[int],
    *,
    initializer: str = "lecun_normal",
    name: str = "hebbian",
) -> keras.Model:
    """A linear unit without a bias: its response is y = w·x.

    Args:
        input_shape: shape of one example, (features,) or (height, width, channels); floats of
            mean 0; otherwise the weight vector converges towards their mean.
        initializer: name of the weights' initializer, one of `keras_dl.initializers.INITIALIZERS`;
            "zeros" is a fixed point of both rules.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, *input_shape) to float32 responses (batch, 1).

    Raises:
        TypeError: if a size is not an integer or a name not a string.
        ValueError: if a size is below 1 or a name unknown.

    Reference:
        Oja, 1982, Simplified neuron model as a principal component analyzer, Journal of
        Mathematical Biology 15.
    """
    check_shape(input_shape)
    check_choice("initializer", initializer, INITIALIZERS)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Flatten(name="flatten")(inputs)
    response = keras.layers.Dense(
        1,
        use_bias=False,
        kernel_initializer=make_initializer(initializer),
        dtype="float32",
        name="response",
    )(x)
    return keras.Model(inputs, response, name=name)
