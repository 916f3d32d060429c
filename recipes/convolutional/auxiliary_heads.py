"""Auxiliary classifiers: GoogLeNet with and without the heads that train its middle.

Paper: Szegedy et al., 2014, Going Deeper with Convolutions, arXiv:1409.4842, section 5.
Data: CIFAR-10, 50,000 + 10,000 colour images of 32×32 pixels, terms not stated; or any images.
Run: keras-dl run auxiliary_heads
Expect: Not measured; the defaults want hours on two cores. `keras-dl ablate auxiliary_heads
    --image-size 20 --epochs 3 --steps-per-epoch 100` compares early training with and without the
    heads over three seeds.
Differs: A quarter of the filters, a stem of stride 1 and no pooling after it; He's initial weights,
    Adam with cosine decay for plain momentum with steps; shifts and mirror images for crops of
    several sizes.
"""

from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe, When
from keras_dl.algorithms import AuxiliaryHeads
from keras_dl.data import Data, load, with_scaling
from keras_dl.layers import RandomShift
from keras_dl.models.googlenet import googlenet
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier


def data(
    *,
    dataset: str = "cifar10",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 64,
) -> Data:
    """Loads images of at least 20 pixels a side; mixed sizes become 32 pixels."""
    return load(dataset, batch_size=batch_size, image_size=image_size, at_least=20)


def build(
    data: Data,
    *,
    auxiliary: Annotated[bool, Choice(False, True)] = True,
    auxiliary_weight: Annotated[float, Range(0.01, 1.0, log=True), When("auxiliary", True)] = 0.3,
    width: Annotated[float, Range(0.125, 1.0)] = 0.25,
    shift: Annotated[int, Range(0, 8)] = 4,
    flip: Annotated[bool, Choice(False, True)] = True,
    dropout: Annotated[float, Range(0.0, 0.8)] = 0.4,
    weight_decay: Annotated[float, Range(1e-6, 1e-2, log=True)] = 2e-4,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 1e-3,
) -> Any:
    """Compiles GoogLeNet on raw pixels; predictions are those of the last classifier."""
    net = googlenet(
        data.input_shape,
        data.num_classes,
        width=width,
        small_images=True,
        auxiliary=auxiliary,
        dropout=dropout,
        initializer="he_normal",
        weight_decay=weight_decay,
    )
    moves = [RandomShift(shift, flip=flip)] if shift or flip else []
    model = with_scaling(data, net, augmentation=moves)
    if auxiliary:
        model = AuxiliaryHeads(model, weight=auxiliary_weight, name=net.name)
    optimizer = make_optimizer("adam", learning_rate, decay_steps=data.planned_steps)
    return compile_classifier(model, optimizer)


recipe = Recipe(
    name="auxiliary_heads",
    data=data,
    build=build,
    epochs=40,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    factors=("auxiliary",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
