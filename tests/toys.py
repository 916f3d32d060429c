"""Small recipes that train in a blink, and some that fail on purpose."""

import os
import signal
import time
from typing import Annotated

import keras

from keras_dl import Choice, Objective, Range, Recipe, Repeat, When
from keras_dl.data import load, with_scaling


def tiny(data, units=8, rate=0.01, dropout=0.0, front=None):
    """A compiled net of one hidden layer, behind another net where there is one."""
    net = keras.Sequential(
        [
            keras.Input(data.input_shape),
            *([front] if front is not None else []),
            keras.layers.Flatten(),
            keras.layers.Dense(units, activation="relu", name="hidden"),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(data.num_classes, name="logits"),
        ],
        name="tiny",
    )
    model = with_scaling(data, net)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    return model


def data(*, dataset: str = "iris", batch_size: Annotated[int, Choice(16, 32)] = 32):
    return load(dataset, batch_size=batch_size)


def build(
    data,
    *,
    units: Annotated[int, Range(2, 16)] = 8,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.1,
    learning_rate: Annotated[float, Range(1e-4, 1e-1, log=True)] = 1e-2,
):
    return tiny(data, units, learning_rate, dropout)


toy = Recipe(name="toy", data=data, build=build, epochs=4)
other = Recipe(name="other", data=data, build=build, epochs=4)


def build_faulty(
    data,
    *,
    fault: Annotated[
        str, Choice("none", "nan", "exception", "oom", "kill", "slow", "hang")
    ] = "none",
    learning_rate: Annotated[float, Range(1e-4, 1e-1, log=True)] = 1e-2,
):
    if fault == "exception":
        raise ZeroDivisionError("a bad architecture")
    if fault == "oom":
        raise MemoryError("no room")
    if fault == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "hang":
        time.sleep(600)
    model = tiny(data, rate=float("nan") if fault == "nan" else learning_rate)
    if fault == "slow":
        model.fit = _slowly(model.fit)
    return model


def build_unlucky(
    data,
    *,
    fault: Annotated[str, Choice("none", "nan", "exception", "oom", "kill", "slow")] = "none",
    learning_rate: Annotated[float, Range(1e-4, 1e-1, log=True)] = 1e-2,
):
    return build_faulty(data, fault=fault, learning_rate=learning_rate)


def _slowly(fit):
    """Trains far beyond any test's patience, batch by batch, as a big model would."""

    def slow(*args, epochs=1, **kwargs):
        return fit(*args, epochs=1 if epochs == 1 else 1_000_000, **kwargs)

    return slow


faulty = Recipe(name="faulty", data=data, build=build_faulty, epochs=2)
unlucky = Recipe(name="unlucky", data=data, build=build_unlucky, epochs=2)


def build_conditional(
    data,
    *,
    units: Annotated[tuple[int, ...], Repeat(Range(2, 16), 1, 3)] = (4,),
    kind: Annotated[str, Choice("adam", "sgd")] = "adam",
    momentum: Annotated[float, Range(0.1, 0.9), When("kind", "sgd")] = 0.5,
):
    return tiny(data, sum(units))


conditional = Recipe(name="conditional", data=data, build=build_conditional, epochs=1)


def build_misjudged(data, *, units: Annotated[int, Range(2, 16)] = 8):
    return tiny(data, units)


misjudged = Recipe(
    name="misjudged",
    data=data,
    build=build_misjudged,
    epochs=1,
    objective=Objective("val_acuracy", "max"),
)
