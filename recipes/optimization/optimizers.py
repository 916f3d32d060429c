"""Optimizers: six gradient methods from full batch to Adam.

Paper: Rumelhart, Hinton and Williams, 1986, Learning Representations by Back-propagating Errors;
    Tieleman and Hinton, 2012, lecture 6e, for RMSprop; Kingma and Ba, 2015, Adam: A Method for
    Stochastic Optimization.
Data: 1,797 digits of 8×8 pixels, embedded in scikit-learn, CC BY 4.0; or any images or table with
    classes. The two-parameter problem: 569 tumours of the Wisconsin set, likewise embedded.
Run: keras-dl run optimizers
Expect: 3.9 % test error on digits by Adam, mean of seeds 0 to 2 (4.46, 3.90, 3.34); 15 epochs, 6 to
    11 s of training each on two shared cores of an AMD EPYC. Others, seed 0: batch 14.2 %,
    stochastic and minibatch 4.2 %, momentum 3.6 %, RMSprop 4.7 %. With two weights after five
    passes: batch 0.314, minibatch 0.264, momentum 0.230, RMSprop 0.225, stochastic 0.220, Adam
    0.214 nats.
Differs: Each method has its batch size and a constant rate; `learning_rate` overrides it.
"""

import dataclasses
from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe, Repeat, diagnostics, plots
from keras_dl.data import Data, load, with_scaling
from keras_dl.models.mlp import mlp
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier, report_classification

# Batch size (None: full batch), optimizer, rate on digits, rate with two parameters.
METHODS: dict[str, tuple[int | None, str, float, float]] = {
    "batch": (None, "gradient_descent", 0.5, 3.0),
    "stochastic": (1, "gradient_descent", 0.01, 0.05),
    "minibatch": (32, "gradient_descent", 0.1, 0.5),
    "momentum": (32, "momentum", 0.02, 0.1),
    "rmsprop": (32, "rmsprop", 1e-3, 0.1),
    "adam": (32, "adam", 3e-3, 0.2),
}
START = [[-3.0], [2.5]]
PASSES = 5
FEATURES = (0, 7)  # mean radius and mean concave points


def data(
    *,
    dataset: str = "digits",
    image_size: int | None = None,
    method: Annotated[
        str, Choice("batch", "stochastic", "minibatch", "momentum", "rmsprop", "adam")
    ] = "adam",
) -> Data:
    """Loads images in their own size or a table, with the method's batch size."""
    loaded = load(dataset, image_size=image_size)
    size = METHODS[method][0] or len(loaded.train.x)
    return dataclasses.replace(loaded, batch_size=size, extras={"method": method})


def build(
    data: Data,
    *,
    units: Annotated[tuple[int, ...], Repeat(Range(16, 512, log=True, step=2), 0, 2)] = (64,),
    activation: Annotated[str, Choice("relu", "tanh", "sigmoid")] = "relu",
    learning_rate: Annotated[float | None, Range(1e-4, 3.0, log=True)] = None,
) -> Any:
    """Compiles a small perceptron with the optimizer of `method`."""
    _, name, rate, _ = METHODS[data.extras["method"]]
    net = mlp(data.input_shape, data.num_classes, units=units, activation=activation)
    return compile_classifier(with_scaling(data, net), make_optimizer(name, learning_rate or rate))


def descent(x: np.ndarray, y: np.ndarray, method: str) -> tuple[Any, np.ndarray, int]:
    """Trains two weights from a fixed start.

    Returns:
        The model, its weights after each step (steps + 1, 2), and the steps per epoch.
    """
    size, name, _, rate = METHODS[method]
    model: Any = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array(START, dtype="float32")])
    model.compile(make_optimizer(name, rate), keras.losses.BinaryCrossentropy(from_logits=True))
    keras.utils.set_random_seed(0)
    path = diagnostics.WeightPath(every_step=True)
    model.fit(x, y, size or len(x), epochs=PASSES, callbacks=[path], verbose=0)
    points = np.array([np.ravel(weights[0]) for weights in path.path])
    return model, points, -(-len(x) // (size or len(x)))


def report(model: keras.Model, data: Data) -> dict[str, Any]:
    """Draws the classification figures and all six methods on one loss surface."""
    tumours = load("breast_cancer").train
    features = tumours.x[:, list(FEATURES)]
    x = ((features - features.mean(axis=0)) / features.std(axis=0)).astype("float32")
    y = tumours.y[:, None].astype("float32")
    runs = {method: descent(x, y, method) for method in METHODS}
    any_model = runs["adam"][0]
    grid = np.linspace(-6.0, 3.0, 31), np.linspace(-5.0, 4.0, 31)
    centre = [np.zeros((2, 1))]
    surface = diagnostics.loss_surface(
        any_model, x, y, diagnostics.parameter_axes(any_model), *grid, centre=centre
    )
    losses = {m: np.logaddexp(0, (1 - 2 * y.T) * (p @ x.T)).mean(axis=1)
              for m, (_, p, _) in runs.items()}  # fmt: skip
    return {
        **report_classification(model, data),
        "trajectories": plots.loss_surface(
            surface.first,
            surface.second,
            surface.loss,
            {m: points for m, (_, points, _) in runs.items()},
            ("weight of mean radius", "weight of mean concave points"),
            "cross-entropy (nats)",
        ),
        "descent": plots.descent_curves(
            {m: (losses[m], steps) for m, (_, _, steps) in runs.items()}, "cross-entropy (nats)"
        ),
        **{f"final_loss_{m}": line[-1] for m, line in losses.items()},
    }


recipe = Recipe(
    name="optimizers",
    data=data,
    build=build,
    report=report,
    epochs=15,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    factors=("method",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
