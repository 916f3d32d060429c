"""Batch normalization: sigmoid layers trained at high learning rates.

Paper: Ioffe and Szegedy, 2015, Batch Normalization: Accelerating Deep Network Training by Reducing
    Internal Covariate Shift, section 4.1 and figure 1.
Data: 1,797 digits of 8×8 pixels, embedded in scikit-learn, CC BY 4.0; with `--dataset mnist` the
    paper's; or any images or table with classes.
Run: keras-dl run batch_norm
Expect: 3.0 % test error on digits, mean of seeds 0 to 2 (1.95, 2.23, 4.74); 30 epochs, 9 to 24 s of
    training each on two shared cores of an AMD EPYC; without batch normalization 15.6 % (seed 0).
    In ten passes over 1,500 examples 99.6 % of them are fitted with it at its best rate, and
    10.8 %, chance, without it at any. The paper shows curves only.
Differs: Digits and 30 passes for MNIST and 50,000 steps; Glorot's initial weights for small
    Gaussian ones; ε is Keras' 1e-3; the best epoch is chosen by validation.
"""

import itertools
from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Repeat, plots
from keras_dl.data import Data, load, with_scaling
from keras_dl.models.mlp import mlp
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier, report_classification

RATES = (0.01, 0.1, 1.0, 10.0)
EXAMPLES, PASSES = 1500, 10  # of each short run in the report


def data(
    *,
    dataset: str = "digits",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 60,
) -> Data:
    """Loads images (mixed sizes become 32 pixels), or a table."""
    return load(dataset, batch_size=batch_size, image_size=image_size)


def build(
    data: Data,
    *,
    batch_norm: Annotated[bool, Choice(False, True)] = True,
    learning_rate: Annotated[float, Choice(0.01, 0.1, 1.0, 10.0)] = 1.0,
    units: Annotated[tuple[int, ...], Repeat(Choice(50, 100, 200), 1, 5)] = (100, 100, 100),
    activation: Annotated[str, Choice("sigmoid", "tanh", "relu")] = "sigmoid",
) -> Any:
    """Compiles the paper's three sigmoid layers with plain gradient descent."""
    net = mlp(
        data.input_shape,
        data.num_classes,
        units=units,
        activation=activation,
        batch_norm=batch_norm,
        initializer="glorot_uniform",
    )
    return compile_classifier(
        with_scaling(data, net), make_optimizer("gradient_descent", learning_rate)
    )


def report(model: keras.Model, data: Data) -> dict[str, Any]:
    """Draws the classification figures and short runs with and without at several rates."""
    sample = data.train.sample(EXAMPLES)
    panels: dict[str, dict[str, list[float]]] = {}
    for rate, batch_norm in itertools.product(RATES, (False, True)):
        keras.utils.set_random_seed(0)
        candidate = build(data, batch_norm=batch_norm, learning_rate=rate)
        accuracies = candidate.fit(
            sample.x, sample.y, data.batch_size, epochs=PASSES, verbose=0
        ).history["accuracy"]
        lines = panels.setdefault(f"learning rate {rate:g}", {})
        lines["batch norm" if batch_norm else "plain"] = accuracies
    return {
        **report_classification(model, data),
        "speed": plots.layer_profiles(
            panels, "training accuracy (share)", log=False, along="pass over 1,500 examples"
        ),
        "plain_best": max(lines["plain"][-1] for lines in panels.values()),
        "batch_norm_best": max(lines["batch norm"][-1] for lines in panels.values()),
    }


recipe = Recipe(
    name="batch_norm",
    data=data,
    build=build,
    report=report,
    epochs=30,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    factors=("batch_norm", "learning_rate"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
