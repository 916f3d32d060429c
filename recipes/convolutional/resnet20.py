"""ResNet-20: residual network for CIFAR-10.

Paper: He, Zhang, Ren and Sun, 2015, Deep Residual Learning for Image Recognition, section 4.2 and
    table 6.
Data: CIFAR-10, 50,000 + 10,000 colour images of 32×32 pixels, terms not stated; or any images.
Run: keras-dl run resnet20
Expect: 45.3 % test accuracy on JPEG-compressed CIFAR-10 after 600 steps, mean of seeds 0 to 2
    (45.7, 44.9, 45.4), 1 minute of training each on two busy cores of an AMD EPYC (--image-size 16
    --shift 2 --batch-size 64 --epochs 4 --steps-per-epoch 150 --learning-rate 0.01); 59.8 % after
    480 steps of 128 whole images, seed 0, 3 minutes (--epochs 8 --steps-per-epoch 60
    --learning-rate 0.05). The whole protocol, 182 epochs as above, wants a GPU and has not been
    run; the paper has 91.25 %.
Differs: Cosine decay of the learning rate for its two divisions by ten; pixels divided by 255 in
    place of the subtracted mean image; Nesterov's momentum for plain momentum; one tenth of the
    training images held out to choose the best epoch.
"""

from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe, Score, When
from keras_dl.data import Data, load, with_scaling
from keras_dl.layers import RandomShift
from keras_dl.models.resnet import resnet20
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.compiling import compile_for_targets


def data(
    *,
    dataset: str = "cifar10",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 128,
) -> Data:
    """Loads images in their own size; mixed sizes become 32 pixels."""
    return load(dataset, batch_size=batch_size, image_size=image_size)


def build(
    data: Data,
    *,
    shift: Annotated[int, Range(0, 8)] = 4,
    flip: Annotated[bool, Choice(False, True)] = True,
    activation: Annotated[
        str, Choice("relu", "leaky_relu", "elu", "gelu", "silu", "tanh")
    ] = "relu",
    batch_norm: Annotated[bool, Choice(False, True)] = True,
    preactivation: Annotated[bool, Choice(False, True)] = False,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.0,
    initializer: Annotated[
        str, Choice("he_normal", "he_gaussian", "glorot_uniform", "lecun_normal", "orthogonal")
    ] = "he_normal",
    label_smoothing: Annotated[float, Range(0.0, 0.3)] = 0.0,
    weight_decay: Annotated[float, Range(1e-6, 1e-2, log=True)] = 1e-4,
    optimizer: Annotated[str, Choice("sgd", "adam")] = "sgd",
    learning_rate: Annotated[float, Range(1e-4, 0.5, log=True)] = 0.1,
    momentum: Annotated[float, Range(0.0, 0.99), When("optimizer", "sgd")] = 0.9,
) -> Any:
    """Compiles ResNet-20 with the paper's augmentation."""
    net = resnet20(
        data.input_shape,
        data.num_outputs,
        activation=activation,
        batch_norm=batch_norm,
        preactivation=preactivation,
        dropout=dropout,
        initializer=initializer,
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
    name="resnet20",
    data=data,
    build=build,
    epochs=182,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    regression=Objective("val_mae", "min"),
    classes_only=("label_smoothing",),
    factors=("batch_norm", "preactivation"),
    score=Score("test/accuracy", "max", published=0.9125, source="20 layers, table 6"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
