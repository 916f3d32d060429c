"""ResNet-56: deeper residual network for CIFAR-10.

Paper: He, Zhang, Ren and Sun, 2015, Deep Residual Learning for Image Recognition, section 4.2 and
    table 6.
Data: CIFAR-10, 50,000 + 10,000 colour images of 32×32 pixels, terms not stated; or any images.
Run: keras-dl run resnet56
Expect: 44.5 % test accuracy on JPEG-compressed CIFAR-10 after 600 steps, mean of seeds 0 to 2
    (44.4, 44.4, 44.7), 2 minutes of training each on two busy cores of an AMD EPYC (--image-size 16
    --shift 2 --batch-size 64 --epochs 4 --steps-per-epoch 150 --learning-rate 0.01). The whole
    protocol, 182 epochs as above, wants a GPU and has not been run; the paper has 93.03 %.
Differs: Cosine decay of the learning rate for its two divisions by ten; pixels divided by 255 in
    place of the subtracted mean image; Nesterov's momentum for plain momentum; one tenth of the
    training images held out to choose the best epoch.
"""

from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe, Score, When
from keras_dl.data import Data, load, with_scaling
from keras_dl.layers import RandomShift
from keras_dl.models.resnet import resnet56
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.compiling import compile_for_targets


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
    shift: Annotated[int, Range(0, 8)] = 4,
    flip: Annotated[bool, Choice(False, True)] = True,
    preactivation: Annotated[bool, Choice(False, True)] = False,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.0,
    label_smoothing: Annotated[float, Range(0.0, 0.3)] = 0.0,
    weight_decay: Annotated[float, Range(1e-6, 1e-2, log=True)] = 1e-4,
    optimizer: Annotated[str, Choice("sgd", "adam")] = "sgd",
    learning_rate: Annotated[float, Range(1e-4, 0.5, log=True)] = 0.1,
    momentum: Annotated[float, Range(0.0, 0.99), When("optimizer", "sgd")] = 0.9,
) -> Any:
    """Compiles ResNet-56 with the paper's augmentation."""
    net = resnet56(
        data.input_shape,
        data.num_outputs,
        preactivation=preactivation,
        dropout=dropout,
        weight_decay=weight_decay,
    )
    moves = [RandomShift(shift, flip=flip)] if shift or flip else []
    return compile_for_targets(
        data,
        with_scaling(data, net, augmentation=moves),
        make_optimizer(optimizer, learning_rate, momentum=momentum, decay_steps=data.planned_steps),
        label_smoothing=label_smoothing,
    )


recipe = Recipe(
    name="resnet56",
    data=data,
    build=build,
    epochs=182,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    regression=Objective("val_mae", "min"),
    classes_only=("label_smoothing",),
    factors=("preactivation",),
    score=Score("test/accuracy", "max", published=0.9303, source="56 layers, table 6"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
