"""ZFNet, winner of ImageNet 2013: AlexNet with smaller kernels and strides in its first layers."""

from collections.abc import Sequence

import keras

from keras_dl.models._alexnet_blocks import AlexNetBlocks
from keras_dl.models._blocks import logits_layer, scaler
from keras_dl.models._check import check_image_shape, check_outputs

__all__ = ["PUBLISHED", "zfnet"]

PUBLISHED = {
    "zfnet": {
        "trainable_parameters": 62_357_608,
        "multiply_adds": 1_168_032_896,
        "activations": 3_365_076,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {
            "conv1": (110, 110, 96),
            "pool1": (55, 55, 96),
            "conv2": (26, 26, 256),
            "pool2": (13, 13, 256),
            "conv3": (13, 13, 384),
            "conv4": (13, 13, 384),
            "conv5": (13, 13, 256),
            "pool5": (6, 6, 256),
            "fc6": (4096,),
            "fc7": (4096,),
            "logits": (1000,),
        },
        "source": "shapes: Zeiler and Fergus 2013, figure 3; count by arithmetic from them",
    },
}


def zfnet(
    input_shape: Sequence[int] = (224, 224, 3),
    num_classes: int = 1000,
    *,
    width: float = 1.0,
    activation: str = "relu",
    local_response: bool = True,
    batch_norm: bool = False,
    dropout: float = 0.5,
    initializer: str = "gaussian_0.01",
    weight_decay: float = 5e-4,
    name: str = "zfnet",
) -> keras.Model:
    """ZFNet: kernels of 7×7 with stride 2 and 5×5 with stride 2, then AlexNet's without groups.

    Differences from the paper: none in the graph. The authors' contrast normalization, whose
    constants they do not print, is AlexNet's local response normalization. They renormalize each
    filter of conv1 whose root mean square exceeds 0.1; the weights here are free.

    Args:
        input_shape: (height, width, channels) of one image, at least 53 pixels a side.
        num_classes: number of classes, or of numbers to predict.
        width: factor of the numbers of filters and dense units.
        activation: name of the activation, one of `keras_dl.activations.ACTIVATIONS`.
        local_response: False omits the local response normalization.
        batch_norm: whether to normalize each layer before its activation, without its bias.
        dropout: share of the outputs of fc6 and of fc7 dropped in training, in [0, 1).
        initializer: name of the kernels' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with the layers of `alexnet`.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a rate outside [0, 1), `width` not positive, a penalty
            negative or a name unknown.

    Reference:
        Zeiler and Fergus, 2013, Visualizing and Understanding Convolutional Networks,
        arXiv:1311.2901, section 3.1 and figure 3.
    """
    check_image_shape(input_shape, smallest=53)
    check_outputs(num_classes)
    scale = scaler(width)
    blocks = AlexNetBlocks(
        activation, batch_norm, initializer, weight_decay, local_response, dropout, ()
    )
    blocks.check()
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.ZeroPadding2D(1, name="conv1_pad")(inputs)
    x = blocks.conv(x, "conv1", scale(96), 7, stride=2, padding="valid")
    x = blocks.pool(x, "1", padding="same")
    x = blocks.conv(x, "conv2", scale(256), 5, stride=2, padding="valid")
    x = blocks.pool(x, "2", padding="same")
    x = blocks.conv(x, "conv3", scale(384), 3)
    x = blocks.conv(x, "conv4", scale(384), 3)
    x = blocks.conv(x, "conv5", scale(256), 3)
    x = keras.layers.MaxPooling2D(3, 2, name="pool5")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    x = blocks.dense(x, "fc6", scale(4096))
    x = blocks.dense(x, "fc7", scale(4096))
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)
