"""Neocognitron: alternating S-cell and C-cell layers.

Paper: Fukushima, 1980, Neocognitron: A Self-organizing Neural Network Model for a Mechanism of
    Pattern Recognition Unaffected by Shift in Position, Biological Cybernetics 36.
Data: digits, 1,797 images, embedded in scikit-learn, enlarged to 16×16 pixels; mnist, or any other
    images.
Run: keras-dl run neocognitron
Expect: 5.8 % test error on digits, mean of seeds 0 to 2 (5.0, 5.8, 6.4); 60 epochs, 24 CPU seconds
    each for the whole command on an AMD EPYC. No figure is published.
Differs: S-cells learn with labels by back-propagation and Adam, and a linear layer of classes
    follows; the paper's learn without a teacher and show which plane of the last C-cells answers.
    The paper shows single patterns; real digits and a share of them right are not from it.
"""

from typing import Annotated, Any

import keras

from keras_dl import Objective, Range, Recipe
from keras_dl.data import Data, load, with_scaling
from keras_dl.models.neocognitron import neocognitron
from keras_dl.optimizers import make_optimizer
from keras_dl.plots import filters
from keras_dl.tasks.classification import report_classification


def data(
    *,
    dataset: str = "digits",
    image_size: int = 16,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 32,
) -> Data:
    """Loads images resized to 16×16 pixels."""
    return load(dataset, batch_size=batch_size, image_size=image_size)


def build(
    data: Data,
    *,
    planes: Annotated[int, Range(4, 64)] = 24,
    selectivity: Annotated[float, Range(0.5, 16.0, log=True)] = 2.0,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.0,
    learning_rate: Annotated[float, Range(1e-4, 3e-2, log=True)] = 3e-3,
) -> Any:
    """Compiles three pairs of S- and C-layers with a linear output layer."""
    net = neocognitron(
        data.input_shape,
        data.num_classes,
        planes=planes,
        selectivity=selectivity,
        dropout=dropout,
    )
    model = with_scaling(data, net)
    model.compile(
        make_optimizer("adam", learning_rate, decay_steps=data.planned_steps),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def report(model: keras.Model, data: Data) -> dict[str, Any]:
    """Draws the classification figures and the excitation of the first S-cells."""
    patterns = model.get_layer("neocognitron").get_layer("s1").get_weights()[0]
    title = "excitation of the first S-cells"
    return {**report_classification(model, data), "filters": filters(patterns, title)}


recipe = Recipe(
    name="neocognitron",
    data=data,
    build=build,
    report=report,
    epochs=60,
    objective=Objective("val_accuracy", "max"),
    task="classification",
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
