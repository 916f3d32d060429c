"""GoogLeNet, winner of ImageNet 2014: inception modules and two auxiliary classifiers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras

from keras_dl.activations import get_activation
from keras_dl.initializers import make_initializer
from keras_dl.layers import LocalResponseNormalization
from keras_dl.models._blocks import drop, logits_layer, penalty, scaler
from keras_dl.models._check import (
    ACTIVATIONS,
    INITIALIZERS,
    check_choice,
    check_image_shape,
    check_outputs,
    check_penalty,
    check_rate,
)

__all__ = ["PUBLISHED", "googlenet"]

PUBLISHED = {
    "googlenet": {
        "trainable_parameters": 13_378_280,
        "multiply_adds": 1_591_044_096,
        "activations": 6_716_008,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {
            "conv1": (112, 112, 64),
            "pool1": (56, 56, 64),
            "conv2": (56, 56, 192),
            "pool2": (28, 28, 192),
            "inception3a": (28, 28, 256),
            "inception3b": (28, 28, 480),
            "inception4a": (14, 14, 512),
            "inception4d": (14, 14, 528),
            "inception4e": (14, 14, 832),
            "inception5b": (7, 7, 1024),
            "auxiliary1_pool": (4, 4, 512),
            "auxiliary2_pool": (4, 4, 528),
            "pool": (1024,),
            "logits": (1000,),
        },
        "source": "shapes: Szegedy et al. 2014, table 1 and section 5; count by arithmetic from "
        "them, 6,998,552 without the auxiliary classifiers; the paper's table sums to 6.8 million, "
        "with 2.7 thousand for conv1, which has 9,472",
    },
}

# Table 1: filters of 1×1, 3×3 reduction, 3×3, 5×5 reduction, 5×5 and pooling's projection.
MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
AUXILIARY = {"4a": 1, "4d": 2}


def googlenet(
    input_shape: Sequence[int] = (224, 224, 3),
    num_classes: int = 1000,
    *,
    width: float = 1.0,
    small_images: bool = False,
    auxiliary: bool = True,
    activation: str = "relu",
    local_response: bool = True,
    dropout: float = 0.4,
    auxiliary_dropout: float = 0.7,
    initializer: str = "glorot_uniform",
    weight_decay: float = 2e-4,
    name: str = "googlenet",
) -> keras.Model:
    """GoogLeNet: two convolutions, nine inception modules, and auxiliary classifiers in between.

    A module joins the maps of 1×1, 3×3 and 5×5 convolutions and of pooling. torchvision's net has
    3×3 in place of 5×5 kernels and batch normalization.

    Args:
        input_shape: (height, width, channels) of one image, at least 65 pixels a side, 17 with
            `small_images`; the paper subtracts the mean colour.
        num_classes: number of classes, or of numbers to predict.
        width: factor of the numbers of filters and dense units.
        small_images: whether conv1 has stride 1 and a kernel of 3×3 and pool1 is left out; for
            images of 32×32 pixels, not from the paper.
        auxiliary: whether the classifiers behind modules 4a and 4d are built, which
            `keras_dl.algorithms.AuxiliaryHeads` trains.
        activation: name of the activation, one of `keras_dl.activations.ACTIVATIONS`.
        local_response: False omits the local response normalization.
        dropout: share of the pooled features dropped in training, in [0, 1).
        auxiliary_dropout: the same for the units of the auxiliary classifiers.
        initializer: name of the kernels' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes); with `auxiliary`, to a list of three such outputs, those of the last
        classifier, of 4a and of 4d. Layers are conv1, pool1, …, inception3a, …, pool and logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a rate outside [0, 1), `width` not positive, a penalty
            negative or a name unknown.

    Reference:
        Szegedy et al., 2014, Going Deeper with Convolutions, arXiv:1409.4842, table 1, figure 3 and
        section 5; local response normalization and penalty: the authors' Caffe model.
    """
    check_image_shape(input_shape, smallest=17 if small_images else 65)
    check_outputs(num_classes)
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("initializer", initializer, INITIALIZERS)
    check_rate("dropout", dropout)
    check_rate("auxiliary_dropout", auxiliary_dropout)
    check_penalty("weight_decay", weight_decay)
    layers = _Layers(width, activation, initializer, weight_decay, local_response)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x, heads = layers.stem(inputs, small_images), []
    for module, filters in MODULES.items():
        if module in ("4a", "5a"):
            x = layers.pool(x, "pool3" if module == "4a" else "pool4")
        x = layers.inception(x, f"inception{module}", filters)
        if auxiliary and module in AUXILIARY:
            label = f"auxiliary{AUXILIARY[module]}"
            heads.append(layers.auxiliary(x, label, num_classes, auxiliary_dropout))
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = drop(x, "pool", dropout)
    logits = logits_layer(num_classes, initializer, weight_decay)(x)
    return keras.Model(inputs, [logits, *heads] if auxiliary else logits, name=name)


@dataclass(frozen=True)
class _Layers:
    """The layers of the net with their common settings."""

    width: float
    activation: str
    initializer: str
    weight_decay: float
    local_response: bool

    def options(self) -> dict[str, Any]:
        return {
            "activation": get_activation(self.activation),
            "kernel_initializer": make_initializer(self.initializer),
            "kernel_regularizer": penalty(self.weight_decay),
        }

    def conv(self, x: Any, name: str, filters: int, size: int = 1, stride: int = 1) -> Any:
        """Applies a convolution.

        Args:
            x: (batch, height, width, channels).
            name: name of the layer.
            filters: number of filters at width 1.
            size: height and width of the kernel.
            stride: stride of the kernel.
        """
        filters = scaler(self.width)(filters)
        return keras.layers.Conv2D(filters, size, stride, "same", name=name, **self.options())(x)

    def pool(self, x: Any, name: str) -> Any:
        # Caffe rounds sizes up, as padding "same" does.
        return keras.layers.MaxPooling2D(3, 2, "same", name=name)(x)

    def respond(self, x: Any, name: str) -> Any:
        if not self.local_response:
            return x
        # Caffe divides its α of 1e-4 by the five maps of the sum, and its k is 1.
        return LocalResponseNormalization(offset=1.0, alpha=2e-5, name=name)(x)

    def stem(self, x: Any, small_images: bool) -> Any:
        if small_images:
            x = self.conv(x, "conv1", 64, 3)
        else:
            x = self.pool(self.conv(x, "conv1", 64, 7, 2), "pool1")
        x = self.conv(self.respond(x, "norm1"), "conv2_reduce", 64)
        return self.pool(self.respond(self.conv(x, "conv2", 192, 3), "norm2"), "pool2")

    def inception(self, x: Any, name: str, filters: Sequence[int]) -> Any:
        """Joins the maps of four branches; figure 2 (b).

        Args:
            x: (batch, height, width, channels).
            name: name of the joined maps' layer, and prefix of the others'.
            filters: a row of `MODULES`.
        """
        pooled = keras.layers.MaxPooling2D(3, 1, "same", name=f"{name}_pool")(x)
        branches = [
            self.conv(x, f"{name}_1x1", filters[0]),
            self.conv(self.conv(x, f"{name}_3x3_reduce", filters[1]), f"{name}_3x3", filters[2], 3),
            self.conv(self.conv(x, f"{name}_5x5_reduce", filters[3]), f"{name}_5x5", filters[4], 5),
            self.conv(pooled, f"{name}_pool_project", filters[5]),
        ]
        return keras.layers.Concatenate(name=name)(branches)

    def auxiliary(self, x: Any, name: str, num_classes: int, dropout: float) -> Any:
        """Applies a classifier: pooling, a 1×1 convolution and two dense layers.

        Args:
            x: (batch, height, width, channels).
            name: prefix of the layers' names.
            num_classes: number of classes.
            dropout: share of the hidden units dropped in training.
        """
        x = keras.layers.AveragePooling2D(5, 3, name=f"{name}_pool")(x)
        x = self.conv(x, f"{name}_conv", 128)
        x = keras.layers.Flatten(name=f"{name}_flatten")(x)
        units = scaler(self.width)(1024)
        x = keras.layers.Dense(units, name=f"{name}_dense", **self.options())(x)
        x = drop(x, f"{name}_dense", dropout)
        options = {"weight_decay": self.weight_decay, "name": f"{name}_logits"}
        return logits_layer(num_classes, self.initializer, **options)(x)
