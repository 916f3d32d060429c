"""Vanishing gradient: first-layer gradient by depth, activation and remedy.

Paper: Hochreiter, 1991, Untersuchungen zu dynamischen neuronalen Netzen; Glorot and Bengio, 2010,
    Understanding the Difficulty of Training Deep Feedforward Neural Networks, section 4.2.
Data: 1,797 digits of 8×8 pixels, embedded in scikit-learn, CC BY 4.0; or any images or table with
    classes.
Run: keras-dl run vanishing_gradient
Expect: First over last layer's gradient of ten layers: 3.6e-7 with sigmoid and Glorot's weights,
    0.38 with ReLU and He's. 4.1 % test error on digits, mean of seeds 0 to 2 (3.90, 4.74, 3.62); 30
    epochs, 6 to 11 s of training each on two shared cores of an AMD EPYC. The sigmoid net stays
    at chance, 90 % (seed 0), and with batch normalization has 2.5 %. In the lecture's linear net
    1.1⁹⁹ = 12,527.8 and 0.9⁹⁹ = 2.95e-5.
Differs: Hochreiter followed recurrent nets through time; these are perceptrons, with one mini-batch
    at the initial weights, batch normalisation by the batch's own statistics.
"""

import itertools
from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe, diagnostics, plots
from keras_dl.data import Data, load, with_scaling
from keras_dl.models.mlp import mlp
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier, report_classification

DEPTHS = (2, 5, 10, 20)
SETTINGS = tuple(itertools.product(("sigmoid", "tanh", "relu"), ("glorot_uniform", "he_normal")))
REMEDIES = {
    "plain": {},
    "batch norm": {"batch_norm": True},
    "residual": {"residual": True},
    "both": {"batch_norm": True, "residual": True},
}
LAYERS, GAINS = 100, (1.1, 1.0, 0.9)  # the lecture's linear net: y = (cI)^(L−1) x


def data(
    *,
    dataset: str = "digits",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 64,
) -> Data:
    """Loads images (mixed sizes become 32 pixels), or a table."""
    return load(dataset, batch_size=batch_size, image_size=image_size)


def build(
    data: Data,
    *,
    depth: Annotated[int, Range(1, 50, log=True)] = 10,
    units: Annotated[int, Range(16, 256, log=True, step=2)] = 64,
    activation: Annotated[str, Choice("sigmoid", "tanh", "relu")] = "relu",
    initializer: Annotated[str, Choice("glorot_uniform", "he_normal")] = "he_normal",
    batch_norm: Annotated[bool, Choice(False, True)] = False,
    residual: Annotated[bool, Choice(False, True)] = False,
    learning_rate: Annotated[float, Range(1e-4, 3e-2, log=True)] = 1e-3,
) -> Any:
    """Compiles a deep perceptron on raw inputs."""
    net = mlp(
        data.input_shape,
        data.num_classes,
        units=(units,) * depth,
        activation=activation,
        initializer=initializer,
        batch_norm=batch_norm,
        residual=residual,
    )
    steps = data.planned_steps
    return compile_classifier(
        with_scaling(data, net), make_optimizer("adam", learning_rate, decay_steps=steps)
    )


def ratio(data: Data, **settings: Any) -> float:
    """Computes the first over the last layer's gradient at initial weights, on one batch."""
    model = build(data, **settings)
    sample = data.train.sample(64)
    return diagnostics.gradient_ratio(model, sample.x, sample.y, training=True)


def report(model: keras.Model, data: Data) -> dict[str, Any]:
    """Draws the classification figures, gradient ratios over a grid, and the linear case."""
    keras.utils.set_random_seed(0)
    grid = {
        remedy: np.array(
            [
                [ratio(data, depth=d, activation=a, initializer=i, **extra) for d in DEPTHS]
                for a, i in SETTINGS
            ]
        )
        for remedy, extra in REMEDIES.items()
    }
    sample = data.train.sample(64)
    powers = np.arange(LAYERS)  # W appears L − 1 times
    gains = {f"c = {c}": [np.linalg.matrix_power(c * np.eye(2), p)[0, 0] for p in powers]
             for c in GAINS}  # fmt: skip
    plain = dict(zip(SETTINGS, grid["plain"][:, DEPTHS.index(10)], strict=True))
    return {
        **report_classification(model, data),
        "gradient_ratios": plots.heat_maps(
            grid,
            [f"{a}, {i}" for a, i in SETTINGS],
            [str(depth) for depth in DEPTHS],
            "gradient of the first layer\nover that of the last",
            column_label="hidden layers",
        ),
        "linear_net": plots.layer_profiles(
            {"y = W^(L−1) x with W = cI": gains}, "size of y over size of x"
        ),
        "trained_ratio": diagnostics.gradient_ratio(model, sample.x, sample.y),
        "sigmoid_glorot_ratio": plain["sigmoid", "glorot_uniform"],
        "relu_he_ratio": plain["relu", "he_normal"],
        "linear_gain_1.1": gains["c = 1.1"][-1],
        "linear_gain_0.9": gains["c = 0.9"][-1],
    }


recipe = Recipe(
    name="vanishing_gradient",
    data=data,
    build=build,
    report=report,
    epochs=30,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    factors=("activation", "initializer", "batch_norm", "residual"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
