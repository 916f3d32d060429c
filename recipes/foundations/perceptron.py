"""Rosenblatt's perceptron: error-driven learning of one class against the rest.

Paper: Rosenblatt, 1958, The Perceptron, Psychological Review 65(6); Novikoff, 1962, On Convergence
    Proofs on Perceptrons.
Data: digits, 1,797 images, embedded in scikit-learn, enlarged to 20×20 pixels; or any other images.
Run: keras-dl run perceptron
Expect: 4.64 % test error for "8 or not" on digits, mean of seeds 0 to 2 (5.01, 4.74, 4.18), where
    9.7 % are 8; recall 0.68, precision 0.82; 20 epochs, 24 to 43 s on two cores of an AMD EPYC that
    did other work too. The paper has no figure for digits. From zeros the seed is the order alone.
Differs: The layer of random connections between photocells and unit is left out; the epoch that
    is best in validation is kept, as the rule never settles on classes that overlap.
"""

from dataclasses import replace
from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe
from keras_dl.data import Classes, Data, Split, load, with_scaling
from keras_dl.losses import PerceptronLoss
from keras_dl.models.perceptron import perceptron
from keras_dl.tasks.classification import report_classification


def data(
    *,
    dataset: str = "digits",
    image_size: int = 20,
    positive: int = 8,
    batch_size: Annotated[int, Range(1, 1024, log=True, step=2)] = 1,
) -> Data:
    """Loads images of 20×20 pixels; class `positive` becomes 1, all others 0.

    Raises:
        ValueError: if `positive` is not a class number.
    """
    images = load(dataset, batch_size=batch_size, image_size=image_size)
    if not 0 <= positive < images.num_classes:
        raise ValueError(
            f"`positive` must be the number of a class, 0 … {images.num_classes - 1}. "
            f"Received: positive={positive}"
        )
    parts = {
        part: Split(split.x, (split.y == positive).astype("int32"))
        for part in ("train", "validation", "test")
        for split in [getattr(images, part)]
    }
    return replace(images, **parts, targets=Classes(("other", images.class_names[positive])))


def build(
    data: Data,
    *,
    initializer: Annotated[str, Choice("zeros", "glorot_uniform")] = "zeros",
    learning_rate: Annotated[float, Range(1e-3, 1.0, log=True)] = 1.0,
) -> Any:
    """Compiles one unit; its sum is the logit of `positive`, the other logit is 0."""
    unit = perceptron(data.input_shape, initializer=initializer)
    logits = keras.ops.pad(unit.output, ((0, 0), (1, 0)))
    model = with_scaling(data, keras.Model(unit.input, logits, name="perceptron"))
    # At rate 1 a step changes the weights by ±x, pixels in [0, 1], after a mistake only.
    model.compile(
        keras.optimizers.SGD(learning_rate),
        PerceptronLoss(),
        metrics=["accuracy"],
    )
    return model


def report(model: Any, data: Data) -> dict[str, Any]:
    """Draws the classification figures; computes recall and precision of `positive`."""
    predicted = model.predict(data.test.x, batch_size=256, verbose=0).argmax(axis=1)
    hits = float(np.sum((predicted == 1) & (data.test.y == 1)))
    fitted = model.predict(data.train.x, batch_size=256, verbose=0).argmax(axis=1)
    return {
        **report_classification(model, data),
        "recall": hits / max(1, np.sum(data.test.y == 1)),
        "precision": hits / max(1, np.sum(predicted == 1)),
        "train_mistakes": float(np.sum(fitted != data.train.y)),
    }


recipe = Recipe(
    name="perceptron",
    data=data,
    build=build,
    report=report,
    epochs=20,
    objective=Objective("val_accuracy", "max"),
    task="binary_classification",
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
