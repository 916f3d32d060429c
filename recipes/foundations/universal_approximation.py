"""Universal approximation: approximation error of one hidden layer by width.

Paper: Cybenko, 1989, Approximation by Superpositions of a Sigmoidal Function, Mathematics of
    Control, Signals and Systems 2; Hornik, Stinchcombe and White, 1989, Multilayer Feedforward
    Networks Are Universal Approximators, Neural Networks 2.
Data: a continuous function on [0, 1], generated: 2,048 points to learn from, 2,001 to test.
Run: keras-dl run universal_approximation
Expect: largest error for the sine, mean of seeds 0 to 2, by width: 0.72 (1), 0.73 (2), 0.037 (4),
    0.0085 (8), 0.0077 (16), 0.0068 (32); without an activation 0.95; 100 epochs, 40 s for all six
    on two cores of an AMD EPYC that did other work too. The theorems say that weights exist for
    any error, not that training finds them: single seeds rise again by 0.005 from 8 units on.
Differs: The nets minimise the mean squared error, not the largest: two units spend both on the
    middle. All weights are trained by Adam.
"""

from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe, Repeat, Score, plots
from keras_dl.data import Data
from keras_dl.data.toys import curve
from keras_dl.optimizers import make_optimizer

SLOPE = 8.0  # initial slope of the units; a step spans about a quarter of [0, 1]


def data(
    *,
    function: Annotated[str, Choice("sine", "bump", "abs_sine", "staircase")] = "sine",
    batch_size: Annotated[int, Range(1, 2048, log=True, step=2)] = 32,
) -> Data:
    """Creates 2,048 points of the function; validation points lie halfway between them."""
    return curve(function, points=2048, batch_size=batch_size)


def build(
    data: Data,
    *,
    widths: Annotated[tuple[int, ...], Repeat(Range(1, 1024, log=True, step=2), 1, 10)] = (
        1,
        2,
        4,
        8,
        16,
        32,
    ),
    activation: Annotated[str, Choice("tanh", "sigmoid", "relu", "linear")] = "tanh",
    learning_rate: Annotated[float, Range(1e-4, 0.1, log=True)] = 3e-2,
) -> Any:
    """Compiles one model of independent networks, one per width, trained by one fit."""
    x = keras.Input(data.input_shape, name="x")
    outputs = []
    for width in widths:
        # Equal slopes and steps at −b/w in [0, 1]: units with a step outside are constant on the
        # data and learn slowly.
        start: dict[str, Any] = {
            "kernel_initializer": keras.initializers.Constant(SLOPE),
            "bias_initializer": keras.initializers.RandomUniform(-SLOPE, 0.0),
        }
        hidden = keras.layers.Dense(width, activation, name=f"hidden_{width}", **start)(x)
        outputs.append(keras.layers.Dense(1, name=f"output_{width}")(hidden))
    joined = keras.layers.Concatenate(name="outputs")(outputs) if outputs[1:] else outputs[0]
    model = keras.Model(x, joined, name="universal_approximation")
    model.compile(
        make_optimizer("adam", learning_rate, decay_steps=data.planned_steps),
        keras.losses.MeanSquaredError(),
    )
    return model


def report(model: Any, data: Data) -> dict[str, Any]:
    """Draws the approximations and their largest errors by width, with a linear network."""
    x, y = data.test.x[:, 0], data.test.y[:, 0]
    outputs = [layer for layer in model.layers if layer.name.startswith("output_")]
    widths = [int(layer.name.removeprefix("output_")) for layer in outputs]
    predicted = np.asarray(model.predict(data.test.x, batch_size=256, verbose=0))
    # A stack of linear layers is one linear layer; its optimum is the least-squares line.
    straight = np.polyval(np.polyfit(data.train.x[:, 0], data.train.y[:, 0], 1), x)
    errors = np.abs(predicted - y[:, None]).max(axis=0)
    return {
        "approximation": plots.approximation(x, y, predicted, widths, straight),
        **{f"largest_error_width_{w}": e for w, e in zip(widths, errors, strict=True)},
        "largest_error_linear": np.abs(straight - y).max(),
    }


recipe = Recipe(
    name="universal_approximation",
    data=data,
    build=build,
    report=report,
    epochs=100,
    objective=Objective("val_loss", "min"),
    task="regression",
    factors=("function",),
    score=Score("largest_error_width_32", "min", label="largest error, 32 units"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
