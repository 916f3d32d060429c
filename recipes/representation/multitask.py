"""Multitask learning: one network classifies images and estimates their moments.

Paper: Caruana, 1997, Multitask Learning, Machine Learning 28; Kendall, Gal and Cipolla, 2018,
    Multi-Task Learning Using Uncertainty to Weigh Losses, arXiv:1705.07115.
Data: MNIST, 60,000 + 10,000 digits of 28×28 pixels, CC BY-SA 3.0; or any other images. `labels`
    training examples have a class; brightness, height, width and slant are computed for all.
Run: keras-dl run multitask
Expect: With 1,000 labels of MNIST, accuracy in test, mean of seeds 0 to 2, half a minute each on
    one core of an AMD EPYC: losses summed 92.5 % (91.2, 93.0, 93.5), weighted by uncertainty 92.6 %
    (91.3, 93.0, 93.5), one head at a time 91.9 % (90.6, 92.4, 92.6), the class alone 92.6 % (92.4,
    92.6, 92.9): no gain by the second task. R² of slant 0.98.
Differs: The papers have other tasks: pneumonia risk, and segmentation with depth of street scenes.
"""

from typing import Annotated

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score
from keras_dl.algorithms import Multitask
from keras_dl.data import Data, load, with_scaling
from keras_dl.data.moments import MOMENTS, with_moments
from keras_dl.models.lenet import lenet5
from keras_dl.optimizers import make_optimizer


def data(
    *,
    dataset: str = "mnist",
    image_size: int | None = None,
    labels: Annotated[int, Choice(100, 1000, 6000)] = 1000,
    batch_size: Annotated[int, Range(32, 512, log=True, step=2)] = 128,
) -> Data:
    """Images of at least 28 pixels with two targets; half of each batch has a class."""
    images = load(dataset, batch_size=batch_size, image_size=image_size, at_least=28)
    return with_moments(images, labels)


def build(
    data: Data,
    *,
    tasks: Annotated[str, Choice("both", "class", "moments")] = "both",
    balance: Annotated[str, Choice("sum", "alternate", "uncertainty")] = "sum",
    moments_weight: Annotated[float, Range(0.01, 10.0, log=True)] = 1.0,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 1e-3,
) -> keras.Model:
    """LeNet-5 with two heads on its layer F6; `tasks` names the heads that are trained."""
    net = lenet5(data.input_shape, data.num_classes, activation="relu")
    features = net.get_layer("f6").output
    heads = {
        "class": keras.layers.Dense(data.num_classes, dtype="float32", name="class")(features),
        "moments": keras.layers.Dense(len(MOMENTS), dtype="float32", name="moments")(features),
    }
    model = Multitask(
        with_scaling(data, keras.Model(net.input, heads, name="lenet5")),
        {"class": "classes", "moments": "values"},
        balance=balance if tasks == "both" else "sum",
        head_weights={
            "class": float(tasks != "moments"),
            "moments": moments_weight if tasks == "both" else float(tasks == "moments"),
        },
        name="multitask",
    )
    model.compile(make_optimizer("adam", learning_rate, decay_steps=data.planned_steps))
    return model


recipe = Recipe(
    name="multitask",
    data=data,
    build=build,
    epochs=5,
    objective=Objective("val_class_accuracy", "max"),
    alternatives=(Objective("val_moments_loss", "min"),),
    task="multitask",
    factors=("tasks", "balance", "labels"),
    score=Score("test/class_accuracy", "max"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
