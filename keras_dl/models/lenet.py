"""LeNet-5, the convolutional net that read the cheques."""

from collections.abc import Sequence
from functools import partial

import keras

from keras_dl.models._blocks import drop, layer_options, normalise
from keras_dl.models._check import (
    ACTIVATIONS,
    INITIALIZERS,
    check_choice,
    check_classes,
    check_image_shape,
    check_rate,
)

__all__ = ["PUBLISHED", "lenet5"]

PUBLISHED = {
    "lenet5": {
        "trainable_parameters": 61_706,
        "input_shape": (28, 28, 1),
        "num_classes": 10,
        "output_shapes": {
            "c1": (28, 28, 6),
            "s2": (14, 14, 6),
            "c3": (10, 10, 16),
            "s4": (5, 5, 16),
            "c5": (1, 1, 120),
            "f6": (84,),
            "logits": (10,),
        },
        "source": "shapes: LeCun et al. 1998, figure 2; count: c1 156 + c3 2,416 (every map of s2 "
        "joined to every map of c3) + c5 48,120 + f6 10,164 + logits 850",
    },
}


def lenet5(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    activation: str = "tanh",
    pooling: str = "average",
    dropout: float = 0.0,
    batch_norm: bool = False,
    initializer: str = "glorot_uniform",
    name: str = "lenet5",
) -> keras.Model:
    """LeNet-5 in its common modern form: two convolutions with pooling, c5, f6, logits.

    Images of 28 to 31 pixels are zero-padded at `c1` ('same'), which stands for the border of the
    paper's 32×32 input; larger ones are not. `c5` is always a 5×5 convolution, as in the paper: up
    to 35 pixels it sees all of `s4` and its map is 1×1; on larger images the map grows and is
    averaged before `f6`, so that the number of weights does not depend on the image size.

    Differences from the paper: every map of `s2` feeds every map of `c3` (the paper's table I
    leaves out some); pooling has no trained coefficient, bias or squashing; tanh is not
    scaled to 1.7159·tanh(2x/3); logits for a softmax replace the radial basis functions.

    Args:
        input_shape: (height, width, channels) of one image, at least 28 pixels a side; floats in
            [0, 1].
        num_classes: number of classes, at least 2.
        activation: Keras name of the activation of c1, c3, c5 and f6.
        pooling: "average" as in the paper, or "max".
        dropout: share of the outputs of c5 and of f6 dropped while training, in [0, 1).
        batch_norm: normalise c1, c3, c5 and f6 before the activation; their biases are left out.
        initializer: Keras name of the kernels' initializer, "glorot_uniform" for tanh, "he_normal"
            for the ReLU family.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers c1, s2, c3, s4, c5, f6 and logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a rate outside [0, 1) or a name unknown.

    Reference:
        LeCun, Bottou, Bengio and Haffner, 1998, Gradient-based learning applied to document
        recognition, Proc. IEEE 86(11), doi:10.1109/5.726791, section II.B and figure 2.
    """
    check_image_shape(input_shape, smallest=28)
    check_classes(num_classes)
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("pooling", pooling, ("average", "max"))
    check_rate("dropout", dropout)
    check_choice("initializer", initializer, INITIALIZERS)

    options = layer_options(activation, batch_norm, initializer)
    conv = partial(keras.layers.Conv2D, kernel_size=5, **options)
    pool = keras.layers.AveragePooling2D if pooling == "average" else keras.layers.MaxPooling2D
    finish = partial(normalise, activation=activation, batch_norm=batch_norm)

    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    padding = "same" if min(input_shape[:2]) < 32 else "valid"
    x = finish(conv(6, padding=padding, name="c1")(inputs), "c1")
    x = pool(2, name="s2")(x)
    x = finish(conv(16, name="c3")(x), "c3")
    x = pool(2, name="s4")(x)
    x = finish(conv(120, name="c5")(x), "c5")
    x = keras.layers.GlobalAveragePooling2D(name="c5_mean")(x)
    x = drop(x, "c5", dropout)
    x = finish(keras.layers.Dense(84, name="f6", **options)(x), "f6")
    x = drop(x, "f6", dropout)
    # float32 even under mixed precision: a softmax over half-precision logits loses digits.
    logits = keras.layers.Dense(
        int(num_classes), kernel_initializer=initializer, dtype="float32", name="logits"
    )(x)
    return keras.Model(inputs, logits, name=name)
