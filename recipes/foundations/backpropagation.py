"""Backpropagation: reverse-mode differentiation in numpy against Keras' gradients.

Paper: Rumelhart, Hinton and Williams, 1986, Learning Representations by Back-propagating Errors,
    Nature 323, equations 4 to 7.
Data: 1,797 digits of 8×8 pixels, embedded in scikit-learn, CC BY 4.0; or any images or table with
    classes.
Run: keras-dl run backpropagation
Expect: Numpy's gradients within 3e-7 of Keras', derivatives being up to 0.1; 3.4 % test error on
    digits, mean of seeds 0 to 2 (3.06, 4.18, 3.06); 40 epochs, 8 to 36 s of training each on two
    shared cores of an AMD EPYC. The paper has no figure to compare with.
Differs: The paper descends a squared error over all examples with logistic units; here the
    cross-entropy over mini-batches, by Adam. `filters=()` gives a net without convolutions.
"""

from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe, Repeat, backpropagation, diagnostics, plots
from keras_dl.data import Data, load, with_scaling
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import report_classification

BATCH = 128  # examples for the comparison of gradients


def data(
    *,
    dataset: str = "digits",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 64,
) -> Data:
    """Loads images (mixed sizes become 32 pixels), or with `filters=()` a table."""
    return load(dataset, batch_size=batch_size, image_size=image_size)


def build(
    data: Data,
    *,
    filters: Annotated[tuple[int, ...], Repeat(Range(4, 64, log=True, step=2), 0, 2)] = (16, 32),
    units: Annotated[tuple[int, ...], Repeat(Range(16, 512, log=True, step=2), 0, 2)] = (64,),
    activation: Annotated[str, Choice("relu", "tanh", "sigmoid")] = "relu",
    learning_rate: Annotated[float, Range(1e-4, 3e-2, log=True)] = 5e-3,
) -> Any:
    """Compiles convolutions with pooling and dense layers that have a numpy counterpart."""
    net = keras.Sequential([keras.Input(data.input_shape)], name="backpropagation")
    for number, count in enumerate(filters, start=1):
        net.add(keras.layers.Conv2D(count, 3, padding="same", activation=activation,
                                    name=f"c{number}"))  # fmt: skip
        net.add(keras.layers.AveragePooling2D(2, name=f"s{number}"))
    net.add(keras.layers.Flatten(name="flatten"))
    for number, width in enumerate(units, start=1):
        net.add(keras.layers.Dense(width, activation=activation, name=f"hidden{number}"))
    net.add(keras.layers.Dense(data.num_classes, name="logits"))
    model = with_scaling(data, net)
    model.compile(
        make_optimizer("adam", learning_rate, decay_steps=data.planned_steps),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def report(model: keras.Model, data: Data) -> dict[str, Any]:
    """Compares gradients of Keras and numpy; draws the lecture's example graph."""
    sample = data.train.sample(BATCH)
    pairs = diagnostics.compare_gradients(model, sample.x, sample.y)
    x1, x2 = backpropagation.Node(2.0, "x₁"), backpropagation.Node(5.0, "x₂")
    product = backpropagation.multiply(x1, x2)
    nodes = backpropagation.graph(
        backpropagation.backward(backpropagation.add(backpropagation.sin(x1), product))
    )
    return {
        "gradient_agreement": plots.gradient_agreement(pairs),
        "example": plots.computation_graph(
            [node.name for node in nodes],
            [float(node.value) for node in nodes],
            [float(node.gradient) for node in nodes],
            [[nodes.index(parent) for parent, _ in node.parents] for node in nodes],
            "f = sin x₁ + x₁·x₂:  ∂f/∂x₁ = cos x₁ + x₂,  ∂f/∂x₂ = x₁",
        ),
        "max_gradient_gap": max(np.abs(a - b).max() for a, b in pairs.values()),
        "example_gap": abs(x1.gradient - (np.cos(2.0) + 5.0)) + abs(x2.gradient - 2.0),
        **report_classification(model, data),
    }


recipe = Recipe(
    name="backpropagation",
    data=data,
    build=build,
    report=report,
    epochs=40,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    factors=("activation",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
