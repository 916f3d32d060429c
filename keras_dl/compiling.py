"""How classifiers among the recipes are compiled."""

from typing import Any

import keras

from keras_dl.data import Data, scaled
from keras_dl.losses import SmoothedCrossentropy
from keras_dl.models import domain_adversarial
from keras_dl.objectives import DomainAdaptation

__all__ = ["classifier", "domain_classifier"]


def classifier(model: keras.Model, optimizer: Any, *, label_smoothing: float = 0.0) -> keras.Model:
    """Compiles a model that gives logits: cross-entropy with class numbers, accuracy.

    Args:
        model: from raw examples to logits (batch, classes).
        optimizer: a Keras optimizer.
        label_smoothing: share of the probability that is spread over all classes, in [0, 1);
            the validation and test losses are smoothed too, as Keras does it.

    Returns:
        The same model.

    Raises:
        TypeError, ValueError: if `label_smoothing` is not a number in [0, 1).
    """
    if label_smoothing == 0:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    else:
        loss = SmoothedCrossentropy(label_smoothing)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


def domain_classifier(
    data: Data,
    optimizer: Any,
    *,
    mode: str,
    units: int = 100,
    batch_norm: bool = False,
    statistics: str = "joint",
    coral: float = 1.0,
) -> keras.Model:
    """Builds and compiles the digits' net of DANN for domains that `keras_dl.data` has joined.

    Args:
        data: as `keras_dl.data.adaptation` gives it; λ grows over its planned steps.
        optimizer: a Keras optimizer.
        mode: "reversal", "multitask", "source_only" or "coral".
        units: width of the hidden layers of both heads.
        batch_norm: normalize the batch in every hidden layer.
        statistics: "joint" or "separate", of the domains in a batch.
        coral: weight of the distance between covariances in the mode of that name.

    Returns:
        A compiled `keras_dl.objectives.DomainAdaptation`.

    Raises:
        TypeError, ValueError: as the model and the net do.
    """
    net = domain_adversarial(
        data.input_shape,
        data.num_classes,
        domains=data.extras["domains"],
        units=units,
        batch_norm=batch_norm,
    )
    model = DomainAdaptation(
        scaled(data, net).get_layer("scaling"),
        net,
        mode=mode,
        total_steps=data.planned_steps,
        coral=coral,
        statistics=statistics,
    )
    model.compile(optimizer)
    return model
