"""What classifiers, and pairs of players, among the recipes are compiled with."""

from typing import Any

import keras

from keras_dl.data import Data
from keras_dl.losses import SmoothedCrossentropy
from keras_dl.objectives import TwoPlayer
from keras_dl.optimizers import two_optimizers

__all__ = ["classifier", "players"]


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


def players(
    game: TwoPlayer,
    data: Data,
    *,
    learning_rate: float,
    rate_ratio: float = 1.0,
    momentum: float = 0.5,
    second_momentum: float = 0.999,
) -> TwoPlayer:
    """Compiles two players, each with an Adam of its own whose rate falls along half a cosine.

    Args:
        game: the players and their rules.
        data: says how many steps are planned, in which the rates fall to zero.
        learning_rate: of the generator, at the start.
        rate_ratio: the discriminator's rate over the generator's.
        momentum: β₁ of both.
        second_momentum: β₂ of both.

    Returns:
        The same game.

    Raises:
        ValueError: if a rate is not positive.
    """
    optimizer = two_optimizers(
        learning_rate,
        rate_ratio=rate_ratio,
        momentum=momentum,
        second_momentum=second_momentum,
        decay_steps=data.planned_steps,
        discriminator_steps=game.discriminator_steps,
        generator_steps=game.generator_steps,
    )
    game.compile(optimizer)
    return game
