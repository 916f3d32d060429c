"""The networks of Faster R-CNN: backbone, region proposals, and classification of regions."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras

from keras_dl.layers.roi_align import PyramidRoIAlign
from keras_dl.models._check import check_choice, check_count, check_image_shape
from keras_dl.models.pretrained import lite0_maps
from keras_dl.models.resnet.imagenet import resnet50
from keras_dl.models.segmentation._images import NORM_MOMENTUM

__all__ = [
    "PUBLISHED",
    "DetectorParts",
    "detector_parts",
    "faster_rcnn_r50_fpn",
    "faster_rcnn_small",
]

PUBLISHED = {
    "faster_rcnn_r50_fpn": {
        "trainable_parameters": 41_755_286,
        "input_shape": (128, 128, 3),
        "num_classes": 90,
        "output_shapes": {"regions": (None, 4)},
        "source": "torchvision, table of weights, 90 classes and background: ResNet-50 without its "
        "classifier and frozen normalisation 23,454,912, pyramid 3,344,384, proposals 593,935, "
        "classification of regions 14,362,055",
    },
    "faster_rcnn_small": {
        "trainable_parameters": 521_169,
        "input_shape": (64, 64, 3),
        "num_classes": 3,
        "output_shapes": {"regions": (None, 4)},
        "source": "own: four convolutions with normalisation 60,688, proposals 39,853, "
        "classification of regions 420,628",
    },
}

BACKBONES = ("small", "efficientnet_lite0", "resnet50")
STRIDES = {"small": (8,), "efficientnet_lite0": (8, 16, 32), "resnet50": (4, 8, 16, 32)}


class DetectorParts(NamedTuple):
    """Networks of a detector, joined by the boxes in between.

    Attributes:
        backbone: from pixels 0..255 (batch, height, width, 3) to a list of maps, the finest first.
        proposer: from maps to objectness logits (batch, rows, columns, anchors) and box codes
            (batch, rows, columns, 4·anchors); the same for every level.
        head: from [maps of the pooled levels, …, regions (batch, regions, 4)] to class logits
            (batch, regions, classes + 1), 0 the background, and box codes
            (batch, regions, classes + 1, 4).
        strides: of the maps, in pixels.
    """

    backbone: keras.Model
    proposer: keras.Model
    head: keras.Model
    strides: tuple[int, ...]


def detector_parts(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    backbone: str = "small",
    weights: str | None = "imagenet",
    channels: int = 64,
    anchors: int = 9,
    region_size: int = 7,
    units: int = 128,
) -> DetectorParts:
    """Builds the networks of a detector.

    Args:
        input_shape: (height, width, 3) of the images, which all have this size.
        num_classes: number of classes without the background.
        backbone: "small", four convolutions with one level of stride 8; "efficientnet_lite0" or
            "resnet50" with a feature pyramid of strides 8 to 64 or 4 to 64.
        weights: of EfficientNet-Lite0: "imagenet", the path of a file, or None for random ones.
        channels: of the maps.
        anchors: boxes at each place of a map.
        region_size: rows and columns that a region is sampled to.
        units: of the two layers that classify a region.

    Returns:
        The parts.

    Raises:
        TypeError: if a number is not an integer.
        ValueError: if a number is too small or `backbone` unknown.

    Reference:
        Ren, He, Girshick and Sun, 2015, Faster R-CNN, arXiv:1506.01497; Lin et al., 2017, Feature
        Pyramid Networks for Object Detection, arXiv:1612.03144.
    """
    check_image_shape(input_shape, smallest=32)
    check_count("num_classes", num_classes, "regions are of one of them, or background")
    check_choice("backbone", backbone, BACKBONES)
    for name, value in (("channels", channels), ("anchors", anchors), ("units", units)):
        check_count(name, value, "it is a size of the network")
    pixels = keras.Input(tuple(map(int, input_shape)), name="pixels")
    strides = STRIDES[backbone]
    if backbone == "small":
        maps = [_small_maps(pixels, channels)]
    else:
        levels = _resnet_maps(pixels) if backbone == "resnet50" else _lite0_maps(pixels, weights)
        maps = _pyramid([levels[stride] for stride in strides], channels)
    net = keras.Model(pixels, maps, name="backbone")
    all_strides = strides if backbone == "small" else (*strides, 2 * strides[-1])
    head = _head(channels, int(num_classes), strides, region_size, units)
    return DetectorParts(net, _proposer(channels, anchors), head, all_strides)


def faster_rcnn_r50_fpn(
    input_shape: Sequence[int], num_classes: int, *, name: str = "faster_rcnn_r50_fpn"
) -> keras.Model:
    """Faster R-CNN with ResNet-50 and a feature pyramid, as torchvision has it.

    Args:
        input_shape: (height, width, 3) of the images.
        num_classes: number of classes without the background.
        name: name of the model.

    Returns:
        An uncompiled model from [pixels, regions (batch, regions, 4)] to a list: objectness logits
        and box codes of all anchors, class logits and box codes of the regions.
    """
    options = {"backbone": "resnet50", "channels": 256, "anchors": 3, "units": 1024}
    return _joined(detector_parts(input_shape, num_classes, **options), name)


def faster_rcnn_small(
    input_shape: Sequence[int], num_classes: int, *, name: str = "faster_rcnn_small", **options: Any
) -> keras.Model:
    """Faster R-CNN with a backbone of four convolutions; `options` as in `detector_parts`."""
    return _joined(detector_parts(input_shape, num_classes, **options), name)


def _joined(parts: DetectorParts, name: str) -> keras.Model:
    """All parts as one model, in which the regions are an input."""
    regions: Any = keras.Input((None, 4), name="regions")
    maps = keras.tree.flatten(parts.backbone.output)
    pairs = [parts.proposer(level) for level in maps]
    flat = []
    for place, (label, width) in enumerate((("objectness", 1), ("codes", 4))):
        parts_of = [
            keras.layers.Reshape((-1, width), dtype="float32", name=f"{label}{level}")(pair[place])
            for level, pair in enumerate(pairs)
        ]
        join = keras.layers.Concatenate(axis=1, dtype="float32", name=label)
        flat.append(join(parts_of) if len(parts_of) > 1 else parts_of[0])
    pooled = maps[: len(parts.head.inputs) - 1]
    outputs = [*flat, *parts.head([*pooled, regions])]
    return keras.Model([parts.backbone.input, regions], outputs, name=name)


def _small_maps(pixels: Any, channels: int) -> Any:
    """Four convolutions 3×3, three of them of stride 2."""
    x = keras.layers.Rescaling(1 / 127.5, -1.0, name="scaling")(pixels)
    widths = (max(channels // 4, 1), max(channels // 2, 1), channels, channels)
    for number, (width, stride) in enumerate(zip(widths, (2, 2, 2, 1), strict=True), start=1):
        layer = keras.layers.Conv2D(
            width,
            3,
            stride,
            "same",
            use_bias=False,
            kernel_initializer="he_normal",
            name=f"conv{number}",
        )
        norm = keras.layers.BatchNormalization(momentum=NORM_MOMENTUM, name=f"conv{number}_norm")
        x = keras.layers.ReLU(name=f"conv{number}_relu")(norm(layer(x)))
    return x


def _lite0_maps(pixels: Any, weights: str | None) -> dict[int, Any]:
    scaled = keras.layers.Rescaling(1 / 255, name="scaling")(pixels)
    return lite0_maps(scaled, weights)


def _resnet_maps(pixels: Any) -> dict[int, Any]:
    """The outputs of ResNet-50's stages; its normalisation keeps its statistics."""
    net = resnet50(tuple(pixels.shape[1:]), 1000)
    for layer in net.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    names = ("stage1_block3", "stage2_block4", "stage3_block6", "stage4_block3")
    body = keras.Model(net.input, [net.get_layer(name).output for name in names])
    scaled = keras.layers.Rescaling(1 / 127.5, -1.0, name="scaling")(pixels)
    return dict(zip(STRIDES["resnet50"], body(scaled), strict=True))


def _pyramid(levels: Sequence[Any], channels: int) -> list[Any]:
    """Adds each coarser level to the finer one, and one level more by subsampling."""
    inner = [
        keras.layers.Conv2D(channels, 1, name=f"inner{number}")(x)
        for number, x in enumerate(levels)
    ]
    for number in range(len(inner) - 2, -1, -1):
        height, width = inner[number].shape[1:3]
        coarse = keras.layers.UpSampling2D(2, name=f"upsample{number}")(inner[number + 1])
        border = coarse.shape[1] - height, coarse.shape[2] - width
        coarse = keras.layers.Cropping2D(((0, border[0]), (0, border[1])), name=f"crop{number}")(
            coarse
        )
        inner[number] = keras.layers.Add(name=f"add{number}")([inner[number], coarse])
    maps = [
        keras.layers.Conv2D(channels, 3, padding="same", name=f"level{number}")(x)
        for number, x in enumerate(inner)
    ]
    top = keras.layers.MaxPooling2D(1, 2, "same", name=f"level{len(maps)}")(maps[-1])
    return [*maps, top]


def _proposer(channels: int, anchors: int) -> keras.Model:
    maps = keras.Input((None, None, channels), name="maps")
    start = _normal(0.01)
    x = keras.layers.Conv2D(
        channels,
        3,
        padding="same",
        activation="relu",
        kernel_initializer=start,
        name="proposer_conv",
    )(maps)
    outputs = [
        keras.layers.Conv2D(
            width * anchors,
            1,
            kernel_initializer=_normal(0.01),
            dtype="float32",
            name=name,
        )(x)
        for name, width in (("objectness", 1), ("anchor_codes", 4))
    ]
    return keras.Model(maps, outputs, name="proposer")


def _head(
    channels: int, num_classes: int, strides: Sequence[int], size: int, units: int
) -> keras.Model:
    levels = [keras.Input((None, None, channels), name=f"maps{stride}") for stride in strides]
    regions = keras.Input((None, 4), name="boxes")
    x = PyramidRoIAlign(size, strides, name="regions_aligned")([*levels, regions])
    x = keras.layers.Reshape((-1, size * size * channels), name="flatten")(x)
    for number in (1, 2):
        layer = keras.layers.Dense(
            units, "relu", kernel_initializer="he_normal", name=f"region_fc{number}"
        )
        x = layer(x)
    outputs = [
        keras.layers.Dense(
            width * (num_classes + 1),
            kernel_initializer=_normal(deviation),
            dtype="float32",
            name=name,
        )(x)
        for name, width, deviation in (("class_logits", 1, 0.01), ("region_codes", 4, 0.001))
    ]
    shape = (-1, num_classes + 1, 4)
    outputs[1] = keras.layers.Reshape(shape, dtype="float32", name="region_boxes")(outputs[1])
    return keras.Model([*levels, regions], outputs, name="head")


def _normal(deviation: float) -> Any:
    return keras.initializers.RandomNormal(stddev=deviation)
