"""The net for the T–C problem: one small receptive field with shared weights."""

from collections.abc import Sequence

import keras

from keras_dl.activations import get_activation
from keras_dl.initializers import make_initializer
from keras_dl.models._check import (
    ACTIVATIONS,
    INITIALIZERS,
    check_choice,
    check_count,
    check_image_shape,
)

__all__ = ["PUBLISHED", "t_c"]

PUBLISHED = {
    "t_c": {
        "trainable_parameters": 12,
        "arguments": {"input_shape": (6, 6, 1)},
        "output_shapes": {"hidden": (8, 8, 1), "sum": (1,), "logit": (1,)},
        "source": "Rumelhart et al. 1986, chapter 8: nine shared weights and a bias, one shared "
        "weight to the output and its bias; the size of the image is free",
    },
}


def t_c(
    input_shape: Sequence[int] = (6, 6, 1),
    *,
    filters: int = 1,
    activation: str = "sigmoid",
    initializer: str = "glorot_uniform",
    name: str = "t_c",
) -> keras.Model:
    """Classifies a T or a C of five squares, in four rotations and anywhere on the image.

    Hidden units have receptive fields of 3×3 pixels and share their weights; there is one at each
    position whose field overlaps the image. The output sums them with one common weight. Trained
    weights detect compactness, a bar, or a surround. About half of the initializations converge to
    a local minimum; another seed helps.

    Args:
        input_shape: (height, width, channels) of one image, at least 3 pixels a side; 1 for the
            letter, else 0.
        filters: number of different detectors.
        activation: name of the hidden activation, one of `keras_dl.activations.ACTIVATIONS`.
        initializer: name of the weights' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to a float32 logit (batch, 1).

    Raises:
        TypeError: if a size is not an integer or a name not a string.
        ValueError: if an image is too small or a name unknown.

    Reference:
        Rumelhart, Hinton and Williams, 1986, Learning internal representations by error
        propagation, Parallel Distributed Processing 1, chapter 8, "The T–C problem".
    """
    check_image_shape(input_shape, smallest=3)
    check_count("filters", filters, "it is the number of different detectors")
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("initializer", initializer, INITIALIZERS)
    positions = (input_shape[0] + 2) * (input_shape[1] + 2)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    # A letter at the border lies in as many receptive fields as one in the middle.
    x = keras.layers.ZeroPadding2D(2, name="margin")(inputs)
    x = keras.layers.Conv2D(
        int(filters),
        3,
        activation=get_activation(activation),
        kernel_initializer=make_initializer(initializer),
        name="hidden",
    )(x)
    x = keras.layers.GlobalAveragePooling2D(name="mean")(x)
    x = keras.layers.Rescaling(float(positions), name="sum")(x)
    logit = keras.layers.Dense(
        1, kernel_initializer=make_initializer(initializer), dtype="float32", name="logit"
    )(x)
    return keras.Model(inputs, logit, name=name)
