"""AlexNet, winner of ImageNet 2012, and a smaller version for 32×32 images."""

from collections.abc import Sequence

import keras

from keras_dl.models._alexnet_blocks import REMOVABLE, AlexNetBlocks
from keras_dl.models._blocks import logits_layer
from keras_dl.models._check import check_image_shape, check_outputs, check_real

__all__ = ["PUBLISHED", "REMOVABLE", "alexnet", "alexnet_cifar"]

PUBLISHED = {
    "alexnet": {
        "trainable_parameters": 60_965_224,
        "multiply_adds": 724_406_816,
        "activations": 1_276_168,
        "links": 725_066_088,
        "neurons": 659_272,
        "input_shape": (227, 227, 3),
        "num_classes": 1000,
        "output_shapes": {
            "conv1": (55, 55, 96),
            "pool1": (27, 27, 96),
            "conv2": (27, 27, 256),
            "pool2": (13, 13, 256),
            "conv3": (13, 13, 384),
            "conv4": (13, 13, 384),
            "conv5": (13, 13, 256),
            "pool5": (6, 6, 256),
            "fc6": (4096,),
            "fc7": (4096,),
            "logits": (1000,),
        },
        "source": "shapes: Krizhevsky et al. 2012, section 3.5; counts by arithmetic from them, "
        "printed as 60 million parameters and 650,000 neurons; links without biases 724,406,816",
    },
    "alexnet_cifar": {
        "trainable_parameters": 4_090_058,
        "multiply_adds": 95_709_184,
        "activations": 225_290,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {
            "conv1": (32, 32, 48),
            "conv2": (16, 16, 128),
            "conv3": (8, 8, 192),
            "conv4": (8, 8, 192),
            "conv5": (8, 8, 128),
            "pool5": (4, 4, 128),
            "fc6": (1024,),
            "fc7": (1024,),
            "logits": (10,),
        },
        "source": "ours: one of AlexNet's two towers with smaller kernels and steps; conv 932,032 "
        "+ fc6 2,098,176 + fc7 1,049,600 + logits 10,250",
    },
}


def alexnet(
    input_shape: Sequence[int] = (227, 227, 3),
    num_classes: int = 1000,
    *,
    grouped: bool = True,
    remove: Sequence[str] = (),
    activation: str = "relu",
    local_response: bool = True,
    batch_norm: bool = False,
    dropout: float = 0.5,
    initializer: str = "gaussian_0.01",
    weight_decay: float = 5e-4,
    name: str = "alexnet",
) -> keras.Model:
    """AlexNet: five convolutions, three of them with overlapping pooling, and three dense layers.

    Local response normalization follows the activation of conv1 and conv2, then overlapping
    pooling, 3×3 with stride 2. Dropout follows fc6 and fc7. Biases of conv2, conv4, conv5, fc6
    and fc7 start at 1, as in the paper, so that their ReLU is initially active.

    Differences from the paper: none in the graph. It states an input of 224×224, which
    contradicts its layer sizes; 227 agrees with them. The halves of the net on two GPUs are the two
    groups of conv2, conv4 and conv5.

    Args:
        input_shape: (height, width, channels) of one image, at least 67 pixels a side; the paper
            subtracts the mean image.
        num_classes: number of classes, or of numbers to predict.
        grouped: conv2, conv4 and conv5 read half of their input maps, as on two GPUs: 60,965,224
            parameters. False is one tower: 62,378,344.
        remove: names of layers to omit, of `REMOVABLE`: ("fc7",), ("fc6", "fc7"),
            ("conv3", "conv4") and all four are the ablations of Zeiler and Fergus. Pooling stays.
        activation: name of the activation, one of `keras_dl.activations.ACTIVATIONS`.
        local_response: False omits the local response normalization.
        batch_norm: whether to normalize each layer before its activation, without its bias.
        dropout: share of the outputs of fc6 and of fc7 dropped in training, in [0, 1).
        initializer: name of the kernels' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel, so that its gradient is λ·w.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers conv1, norm1, pool1, …, conv5, pool5, fc6, fc7 and logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a rate outside [0, 1), a penalty negative or a name
            unknown.

    Reference:
        Krizhevsky, Sutskever and Hinton, 2012, ImageNet classification with deep convolutional
        neural networks, section 3 and figure 2; initialisation and decay: section 5. Zeiler and
        Fergus, 2013, Visualizing and understanding convolutional networks, arXiv:1311.2901,
        table 3, for the layers removed.
    """
    check_image_shape(input_shape, smallest=67)
    check_outputs(num_classes)
    blocks = AlexNetBlocks(
        activation, batch_norm, initializer, weight_decay, local_response, dropout, tuple(remove)
    )
    blocks.check()
    groups = 2 if grouped else 1
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = blocks.conv(inputs, "conv1", 96, 11, stride=4, padding="valid")
    x = blocks.pool(x, "1")
    x = blocks.conv(x, "conv2", 256, 5, groups=groups, bias="ones")
    x = blocks.pool(x, "2")
    x = blocks.conv(x, "conv3", 384, 3)
    x = blocks.conv(x, "conv4", 384, 3, groups=groups, bias="ones")
    x = blocks.conv(x, "conv5", 256, 3, groups=groups, bias="ones")
    x = keras.layers.MaxPooling2D(3, 2, name="pool5")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    x = blocks.dense(x, "fc6", 4096, bias="ones")
    x = blocks.dense(x, "fc7", 4096, bias="ones")
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)


def alexnet_cifar(
    input_shape: Sequence[int] = (32, 32, 3),
    num_classes: int = 10,
    *,
    width: float = 1.0,
    remove: Sequence[str] = (),
    activation: str = "relu",
    local_response: bool = True,
    batch_norm: bool = False,
    dropout: float = 0.5,
    initializer: str = "he_normal",
    weight_decay: float = 5e-4,
    name: str = "alexnet_cifar",
) -> keras.Model:
    """AlexNet for images of 32×32 pixels: half of the maps, a quarter of the dense units.

    For experiments with AlexNet's parts, such as removing layers; not from the paper. The kernel of
    conv1 is 5×5 with stride 1, padded pooling halves the image, biases are initially 0.

    Args:
        input_shape: (height, width, channels) of one image, at least 8 pixels a side; floats in
            [0, 1] or standardised.
        num_classes: number of classes, or of numbers to predict.
        width: factor of the numbers of maps and dense units, above 0.
        remove: names of layers to omit, of `REMOVABLE`, as in `alexnet`.
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
        ValueError: if an image is too small, `width` leaves a layer without units, a rate is
            outside [0, 1), a penalty negative or a name unknown.
    """
    check_image_shape(input_shape, smallest=8)
    check_outputs(num_classes)
    blocks = AlexNetBlocks(
        activation, batch_norm, initializer, weight_decay, local_response, dropout, tuple(remove)
    )
    blocks.check()
    check_real("width", width, "it multiplies the number of maps and units")
    maps = [round(width * number) for number in (48, 128, 192, 192, 128, 1024, 1024)]
    if min(maps) < 1:
        raise ValueError(f"`width` must leave each layer a unit. Received: width={width}")
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = blocks.conv(inputs, "conv1", maps[0], 5)
    x = blocks.pool(x, "1", padding="same")
    x = blocks.conv(x, "conv2", maps[1], 5)
    x = blocks.pool(x, "2", padding="same")
    x = blocks.conv(x, "conv3", maps[2], 3)
    x = blocks.conv(x, "conv4", maps[3], 3)
    x = blocks.conv(x, "conv5", maps[4], 3)
    x = keras.layers.MaxPooling2D(3, 2, padding="same", name="pool5")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    x = blocks.dense(x, "fc6", maps[5])
    x = blocks.dense(x, "fc7", maps[6])
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)
