"""Classifiers between domains, built and compiled."""

from typing import Any

import keras

from keras_dl.data import Data, scaled
from keras_dl.models import domain_adversarial
from keras_dl.objectives import DomainAdaptation

__all__ = ["domain_classifier"]


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
