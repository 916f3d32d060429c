"""AlexNet with layers left out: what depth is worth.

Paper: Zeiler and Fergus, 2013, Visualizing and Understanding Convolutional Networks, table 3.
Data: CIFAR-10, 50,000 + 10,000 colour images of 32×32 pixels, terms not stated; or any images.
Run: keras-dl run alexnet_ablation
Expect: TODO
Differs: Ten classes of small images and a net with half the maps and a quarter of the full units
    for ImageNet and AlexNet; error by the first guess, not by five; cosine decay of the rate.
"""

from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe
from keras_dl.compiling import classifier
from keras_dl.data import Data, load, scaled
from keras_dl.layers import RandomShift
from keras_dl.models.alexnet import alexnet_cifar
from keras_dl.optimizers import optimizer as make_optimizer

LAYERS = {"3": "conv3", "4": "conv4", "6": "fc6", "7": "fc7"}


def data(
    *,
    dataset: str = "cifar10",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 128,
) -> Data:
    """Images in their own size; mixed sizes are brought to 32 pixels."""
    return load(dataset, batch_size=batch_size, image_size=image_size, at_least=8)


def build(
    data: Data,
    *,
    width: Annotated[float, Choice(0.25, 0.5, 1.0)] = 1.0,
    remove: Annotated[str, Choice("none", "7", "6+7", "3+4", "3+4+6+7")] = "none",
    batch_norm: Annotated[bool, Choice(False, True)] = False,
    dropout: Annotated[float, Range(0.0, 0.7)] = 0.5,
    shift: Annotated[int, Range(0, 8)] = 4,
    flip: Annotated[bool, Choice(False, True)] = True,
    weight_decay: Annotated[float, Range(1e-6, 1e-2, log=True)] = 5e-4,
    learning_rate: Annotated[float, Range(1e-4, 0.3, log=True)] = 0.01,
    momentum: Annotated[float, Range(0.0, 0.99)] = 0.9,
) -> Any:
    """AlexNet for small images without the layers named, compiled for classification."""
    net = alexnet_cifar(
        data.input_shape,
        data.num_classes,
        width=width,
        remove=[LAYERS[number] for number in remove.split("+") if number in LAYERS],
        batch_norm=batch_norm,
        dropout=dropout,
        weight_decay=weight_decay,
    )
    moves = [RandomShift(shift, flip=flip)] if shift or flip else []
    return classifier(
        scaled(data, net, augmentation=moves),
        make_optimizer("sgd", learning_rate, momentum=momentum, decay_steps=data.planned_steps),
    )


recipe = Recipe(
    name="alexnet_ablation",
    data=data,
    build=build,
    epochs=90,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    family="alexnet",
    factors=("remove",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
