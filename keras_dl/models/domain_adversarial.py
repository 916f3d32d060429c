"""DANN: a classifier with a domain head behind a gradient reversal layer."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.layers.gradient_reversal import GradientReversal
from keras_dl.models._check import check_classes, check_count, check_image_shape

__all__ = ["PUBLISHED", "domain_adversarial"]

PUBLISHED = {
    "domain_adversarial": {
        "trainable_parameters": 205_992,
        "input_shape": (28, 28, 3),
        "num_classes": 10,
        "output_shapes": {"pool2": (4, 4, 48), "features": (768,), "label": (10,), "domain": (2,)},
        "source": "3·25·32+32 + 32·25·48+48 + 768·100+100 + 100·100+100 + 100·10+10, and of the "
        "domain head 768·100+100 + 100·2+2; the layers of Ganin et al., 2016, figure 4a",
    },
}


def domain_adversarial(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    domains: int = 2,
    units: int = 100,
    strength: float = 0.0,
    batch_norm: bool = False,
    name: str = "domain_adversarial",
) -> keras.Model:
    """The paper's net for digits: two convolutions, a label head and a domain head.

    Difference from the paper: a logit for each domain instead of a single one, which allows more
    than two domains.

    Args:
        input_shape: (height, width, channels), at least 16 pixels a side; floats in [0, 1].
        num_classes: number of classes, at least 2.
        domains: number of domains, at least 2.
        units: width of the hidden layers of both heads.
        strength: initial λ of the reversal, a variable of the layer `reversal`.
        batch_norm: whether to normalize both convolutions and the hidden layers of both heads
            before their ReLUs; the paper's net does not.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to a dict of float32 logits:
        "label" (batch, num_classes) and "domain" (batch, domains); its layer `features` is the
        common input of both heads.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is too small.

    Reference:
        Ganin et al., 2016, Domain-Adversarial Training of Neural Networks, Journal of Machine
        Learning Research 17, arXiv:1505.07818, figure 4a.
    """
    check_image_shape(input_shape, smallest=16)
    check_classes(num_classes)
    check_count("domains", domains, "one logit stands for each domain", least=2)
    check_count("units", units, "it is the width of the heads' hidden layers")
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = _relu(keras.layers.Conv2D(32, 5, use_bias=not batch_norm, name="conv1")(inputs), batch_norm)
    x = keras.layers.MaxPooling2D(2, name="pool1")(x)
    x = _relu(keras.layers.Conv2D(48, 5, use_bias=not batch_norm, name="conv2")(x), batch_norm)
    x = keras.layers.MaxPooling2D(2, name="pool2")(x)
    features = keras.layers.Flatten(name="features")(x)

    x = _hidden(features, units, batch_norm, "label_hidden1")
    x = _hidden(x, units, batch_norm, "label_hidden2")
    label = keras.layers.Dense(num_classes, dtype="float32", name="label")(x)

    x = GradientReversal(strength, name="reversal")(features)
    x = _hidden(x, units, batch_norm, "domain_hidden")
    domain = keras.layers.Dense(domains, dtype="float32", name="domain")(x)
    return keras.Model(inputs, {"label": label, "domain": domain}, name=name)


def _hidden(x: keras.KerasTensor, units: int, batch_norm: bool, name: str) -> Any:
    return _relu(keras.layers.Dense(units, use_bias=not batch_norm, name=name)(x), batch_norm)


def _relu(x: keras.KerasTensor, batch_norm: bool) -> Any:
    if batch_norm:
        x = keras.layers.BatchNormalization()(x)
    return keras.layers.ReLU()(x)
