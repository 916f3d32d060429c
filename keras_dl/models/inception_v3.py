"""Inception-v3: modules of parallel branches, with n×n kernels factorized into 1×n and n×1."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras

from keras_dl.initializers import make_initializer
from keras_dl.models._blocks import drop, logits_layer, penalty, scaler
from keras_dl.models._check import (
    INITIALIZERS,
    check_choice,
    check_image_shape,
    check_outputs,
    check_penalty,
    check_rate,
)

__all__ = ["PUBLISHED", "inception_v3"]

PUBLISHED = {
    "inception_v3": {
        "trainable_parameters": 23_817_352,
        "multiply_adds": 5_713_216_096,
        "multiply_adds_printed": {"billions": 5.713, "source": "torchvision, table of weights"},
        "activations": 32_286_184,
        "input_shape": (299, 299, 3),
        "num_classes": 1000,
        "output_shapes": {
            "pool1": (73, 73, 64),
            "pool2": (35, 35, 192),
            "mixed0": (35, 35, 256),
            "mixed2": (35, 35, 288),
            "mixed3": (17, 17, 768),
            "mixed7": (17, 17, 768),
            "mixed8": (8, 8, 1280),
            "mixed10": (8, 8, 2048),
            "pool": (2048,),
            "logits": (1000,),
        },
        "source": "shapes: Szegedy et al. 2015, table 1; count: keras.applications, whose total of "
        "23,851,784 includes 34,432 moving averages; torchvision has 17,216 scales more",
    },
}


def inception_v3(
    input_shape: Sequence[int] = (299, 299, 3),
    num_classes: int = 1000,
    *,
    width: float = 1.0,
    dropout: float = 0.0,
    initializer: str = "glorot_uniform",
    weight_decay: float = 0.0,
    name: str = "inception_v3",
) -> keras.Model:
    """Inception-v3: a stem of five convolutions, eleven modules, and one dense layer.

    The graph is that of `keras.applications.InceptionV3`. Differences from the paper: no auxiliary
    classifier, and normalizations have no scale.

    Args:
        input_shape: (height, width, channels) of one image, at least 75 pixels a side.
        num_classes: number of classes, or of numbers to predict.
        width: factor of the numbers of filters.
        dropout: share of the pooled features dropped in training, in [0, 1).
        initializer: name of the kernels' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers conv1, …, conv5, mixed0, …, mixed10, pool and logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a rate outside [0, 1), `width` not positive, a penalty
            negative or a name unknown.

    Reference:
        Szegedy et al., 2015, Rethinking the Inception Architecture for Computer Vision,
        arXiv:1512.00567, table 1 and figures 5 to 7 and 10.
    """
    check_image_shape(input_shape, smallest=75)
    check_outputs(num_classes)
    check_choice("initializer", initializer, INITIALIZERS)
    check_rate("dropout", dropout)
    check_penalty("weight_decay", weight_decay)
    modules = _Modules(width, initializer, weight_decay)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = modules.stem(inputs)
    for number, pooled in enumerate((32, 64, 64)):
        x = modules.square(x, f"mixed{number}", pooled)
    x = modules.first_reduction(x, "mixed3")
    for number, filters in enumerate((128, 160, 160, 192), start=4):
        x = modules.factorized(x, f"mixed{number}", filters)
    x = modules.second_reduction(x, "mixed8")
    for number in (9, 10):
        x = modules.expanded(x, f"mixed{number}")
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = drop(x, "pool", dropout)
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)


@dataclass(frozen=True)
class _Modules:
    """The modules of the net; `conv` takes kernels as an integer or (height, width)."""

    width: float
    initializer: str
    weight_decay: float

    def conv(
        self,
        x: Any,
        name: str,
        filters: int,
        size: int | tuple[int, int] = 1,
        *,
        stride: int = 1,
        padding: str = "same",
    ) -> Any:
        """Applies a convolution, normalizes and activates.

        Args:
            x: (batch, height, width, channels).
            name: name of the convolution, and prefix of the others'.
            filters: number of filters at width 1.
            size: of the kernel, an integer or (height, width).
            stride: stride of the kernel.
            padding: "same" or "valid".
        """
        layer = keras.layers.Conv2D(
            scaler(self.width)(filters),
            size,
            stride,
            padding,
            use_bias=False,
            kernel_initializer=make_initializer(self.initializer),
            kernel_regularizer=penalty(self.weight_decay),
            name=name,
        )
        x = keras.layers.BatchNormalization(scale=False, epsilon=1e-3, name=f"{name}_norm")(
            layer(x)
        )
        return keras.layers.Activation("relu", name=f"{name}_relu")(x)

    def chain(self, x: Any, name: str, *steps: tuple[int, int | tuple[int, int]]) -> Any:
        """Applies convolutions of (filters, kernel size) one after another."""
        for number, (filters, size) in enumerate(steps, start=1):
            x = self.conv(x, f"{name}_conv{number}", filters, size)
        return x

    def pooled(self, x: Any, name: str, filters: int) -> Any:
        """Applies average pooling and a 1×1 convolution.

        Args:
            x: (batch, height, width, channels).
            name: prefix of the layers' names.
            filters: number of filters.
        """
        x = keras.layers.AveragePooling2D(3, 1, "same", name=f"{name}_average")(x)
        return self.conv(x, f"{name}_pool_conv", filters)

    def stem(self, x: Any) -> Any:
        x = self.conv(x, "conv1", 32, 3, stride=2, padding="valid")
        x = self.conv(x, "conv2", 32, 3, padding="valid")
        x = self.conv(x, "conv3", 64, 3)
        x = keras.layers.MaxPooling2D(3, 2, name="pool1")(x)
        x = self.conv(x, "conv4", 80, padding="valid")
        x = self.conv(x, "conv5", 192, 3, padding="valid")
        return keras.layers.MaxPooling2D(3, 2, name="pool2")(x)

    def square(self, x: Any, name: str, pooled: int) -> Any:
        """Applies branches of 1×1, 5×5 and twice 3×3 kernels, and pooling.

        Args:
            x: (batch, height, width, channels).
            name: name of the joined maps' layer, and prefix of the others'.
            pooled: number of filters behind the pooling.
        """
        branches = [
            self.conv(x, f"{name}_1x1", 64),
            self.chain(x, f"{name}_5x5", (48, 1), (64, 5)),
            self.chain(x, f"{name}_3x3", (64, 1), (96, 3), (96, 3)),
            self.pooled(x, name, pooled),
        ]
        return keras.layers.Concatenate(name=name)(branches)

    def first_reduction(self, x: Any, name: str) -> Any:
        direct = self.conv(x, f"{name}_direct", 384, 3, stride=2, padding="valid")
        twice = self.chain(x, f"{name}_3x3", (64, 1), (96, 3))
        twice = self.conv(twice, f"{name}_3x3_last", 96, 3, stride=2, padding="valid")
        pooled = keras.layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
        return keras.layers.Concatenate(name=name)([direct, twice, pooled])

    def factorized(self, x: Any, name: str, filters: int) -> Any:
        """Applies branches of 1×1, 7×7 and twice 7×7 kernels, in factors, and pooling.

        Args:
            x: (batch, height, width, channels).
            name: name of the joined maps' layer, and prefix of the others'.
            filters: number of filters inside the branches.
        """
        row, column = (1, 7), (7, 1)
        repeated = ((filters, column), (filters, row), (filters, column))
        branches = [
            self.conv(x, f"{name}_1x1", 192),
            self.chain(x, f"{name}_7x7", (filters, 1), (filters, row), (192, column)),
            self.chain(x, f"{name}_twice", (filters, 1), *repeated, (192, row)),
            self.pooled(x, name, 192),
        ]
        return keras.layers.Concatenate(name=name)(branches)

    def second_reduction(self, x: Any, name: str) -> Any:
        direct = self.conv(x, f"{name}_direct", 192)
        direct = self.conv(direct, f"{name}_direct_last", 320, 3, stride=2, padding="valid")
        wide = self.chain(x, f"{name}_7x7", (192, 1), (192, (1, 7)), (192, (7, 1)))
        wide = self.conv(wide, f"{name}_7x7_last", 192, 3, stride=2, padding="valid")
        pooled = keras.layers.MaxPooling2D(3, 2, name=f"{name}_pool")(x)
        return keras.layers.Concatenate(name=name)([direct, wide, pooled])

    def expanded(self, x: Any, name: str) -> Any:
        """Applies branches that end in 1×3 and 3×1 kernels side by side, and pooling."""
        branches = [
            self.conv(x, f"{name}_1x1", 320),
            self._split(self.conv(x, f"{name}_3x3_conv1", 384), f"{name}_3x3"),
            self._split(self.chain(x, f"{name}_twice", (448, 1), (384, 3)), f"{name}_twice"),
            self.pooled(x, name, 192),
        ]
        return keras.layers.Concatenate(name=name)(branches)

    def _split(self, x: Any, name: str) -> Any:
        sizes = ((1, 3), (3, 1))
        parts = [self.conv(x, f"{name}_{h}x{w}", 384, (h, w)) for h, w in sizes]
        return keras.layers.Concatenate(name=f"{name}_split")(parts)
