"""AlexNet ablation: test accuracy with layers removed.

Paper: Zeiler and Fergus, 2013, Visualizing and Understanding Convolutional Networks, table 3.
Data: CIFAR-10, 50,000 + 10,000 colour images of 32×32 pixels, terms not stated; or any images.
Run: keras-dl run alexnet_ablation
Expect: The order of the paper's drops (7, then 3+4 and 6+7, then all four) wants a training to the
    end, on a GPU: `keras-dl ablate alexnet_ablation`, five settings, three seeds; it has not been
    run. In early training it does not show, as few layers learn sooner. Test accuracy on
    JPEG-compressed CIFAR-10, seed 0, on two busy cores of an AMD EPYC, with `--batch-norm --dropout
    0 --learning-rate 0.05`: after 1,200 steps of 64 images (`--image-size 16 --shift 2 --batch-size
    64 --epochs 4 --steps-per-epoch 300`) none left out 55.3 %, 7 56.0 %, 6+7 42.8 %, 3+4+6+7 51.2
    %, 5 minutes each; after 8 epochs (`--image-size 24 --shift 3 --width 0.25 --epochs 8`) 6+7 67.3
    %, 3+4+6+7 68.6 %, 9 minutes each.
Differs: Ten classes of small images and a net with half the maps and a quarter of the full units
    for ImageNet and AlexNet; error by the first guess, not by five; Nesterov's momentum, cosine
    decay of the rate; one tenth of the training images held out to choose the best epoch.
"""

from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe
from keras_dl.data import Data, load, with_scaling
from keras_dl.layers import RandomShift
from keras_dl.models.alexnet import alexnet_cifar
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier

LAYERS = {"3": "conv3", "4": "conv4", "6": "fc6", "7": "fc7"}


def data(
    *,
    dataset: str = "cifar10",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 128,
) -> Data:
    """Loads images in their own size; mixed sizes become 32 pixels."""
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
    """Compiles AlexNet for small images without the layers in `remove`."""
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
    return compile_classifier(
        with_scaling(data, net, augmentation=moves),
        make_optimizer("sgd", learning_rate, momentum=momentum, decay_steps=data.planned_steps),
    )


recipe = Recipe(
    name="alexnet_ablation",
    data=data,
    build=build,
    epochs=90,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    factors=("remove",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
