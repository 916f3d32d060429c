"""Plain nets: the residual nets of the CIFAR-10 experiments without their shortcuts."""

from collections.abc import Sequence

import keras

from keras_dl.models.resnet import cifar_resnet

__all__ = ["PUBLISHED", "plain20", "plain32", "plain44", "plain56", "plain110"]

PUBLISHED = {
    "plain20": {
        "trainable_parameters": 269_722,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block3": (8, 8, 64), "logits": (10,)},
        "source": "as resnet20: its shortcuts have no weights (He et al. 2015, section 4.2)",
    },
    "plain32": {
        "trainable_parameters": 464_154,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block5": (8, 8, 64), "logits": (10,)},
        "source": "as resnet32: its shortcuts have no weights (He et al. 2015, section 4.2)",
    },
    "plain44": {
        "trainable_parameters": 658_586,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block7": (8, 8, 64), "logits": (10,)},
        "source": "as resnet44: its shortcuts have no weights (He et al. 2015, section 4.2)",
    },
    "plain56": {
        "trainable_parameters": 853_018,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block9": (8, 8, 64), "logits": (10,)},
        "source": "as resnet56: its shortcuts have no weights (He et al. 2015, section 4.2)",
    },
    "plain110": {
        "trainable_parameters": 1_727_962,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block18": (8, 8, 64), "logits": (10,)},
        "source": "as resnet110: its shortcuts have no weights (He et al. 2015, section 4.2)",
    },
}


def plain20(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    dropout: float = 0.0,
    weight_decay: float = 1e-4,
    name: str = "plain20",
) -> keras.Model:
    """The plain net of 20 layers: `resnet20` without its shortcuts.

    Deeper plain nets train worse, not only test worse: the degradation that residual nets cure.

    Args:
        input_shape: (height, width, channels) of one image, at least 8 pixels a side; floats in
            [0, 1].
        num_classes: number of classes, at least 2.
        dropout: share of the 64 pooled features dropped while training, in [0, 1).
        weight_decay: λ of the L2 penalty, as in `cifar_resnet`.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer or a rate not a number.
        ValueError: if an image is too small, a rate outside [0, 1) or a penalty negative.

    Reference:
        He, Zhang, Ren and Sun, 2015, Deep residual learning for image recognition,
        arXiv:1512.03385, section 4.2 and figure 6, left.
    """
    return cifar_resnet(
        input_shape,
        num_classes,
        blocks_per_stage=3,
        residual=False,
        dropout=dropout,
        weight_decay=weight_decay,
        name=name,
    )


def plain32(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    dropout: float = 0.0,
    weight_decay: float = 1e-4,
    name: str = "plain32",
) -> keras.Model:
    """The plain net of 32 layers: `resnet32` without its shortcuts."""
    return cifar_resnet(
        input_shape,
        num_classes,
        blocks_per_stage=5,
        residual=False,
        dropout=dropout,
        weight_decay=weight_decay,
        name=name,
    )


def plain44(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    dropout: float = 0.0,
    weight_decay: float = 1e-4,
    name: str = "plain44",
) -> keras.Model:
    """The plain net of 44 layers: `resnet44` without its shortcuts."""
    return cifar_resnet(
        input_shape,
        num_classes,
        blocks_per_stage=7,
        residual=False,
        dropout=dropout,
        weight_decay=weight_decay,
        name=name,
    )


def plain56(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    dropout: float = 0.0,
    weight_decay: float = 1e-4,
    name: str = "plain56",
) -> keras.Model:
    """The plain net of 56 layers: `resnet56` without its shortcuts."""
    return cifar_resnet(
        input_shape,
        num_classes,
        blocks_per_stage=9,
        residual=False,
        dropout=dropout,
        weight_decay=weight_decay,
        name=name,
    )


def plain110(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    dropout: float = 0.0,
    weight_decay: float = 1e-4,
    name: str = "plain110",
) -> keras.Model:
    """The plain net of 110 layers: `resnet110` without its shortcuts."""
    return cifar_resnet(
        input_shape,
        num_classes,
        blocks_per_stage=18,
        residual=False,
        dropout=dropout,
        weight_decay=weight_decay,
        name=name,
    )
