"""AlexNet: deep convolutional network for ImageNet, with a CIFAR-10 variant.

Paper: Krizhevsky, Sutskever and Hinton, 2012, ImageNet Classification with Deep Convolutional
    Neural Networks, sections 3 to 5.
Data: CIFAR-10, 50,000 + 10,000 colour images of 32×32 pixels, terms not stated; or any images.
Run: keras-dl run alexnet
Expect: 41.6 % test accuracy on JPEG-compressed CIFAR-10 after 800 steps, seed 0 alone, 3 minutes on
    two busy cores of an AMD EPYC (--image-size 16 --shift 2 --batch-size 64 --epochs 4
    --steps-per-epoch 200). The whole protocol, 90 epochs as above, wants a GPU and has not been
    run; the paper's own net for CIFAR-10, of four layers, has 89 %, without response normalization
    87 % (section 3.3).
Differs: Half the maps, a quarter of the full units, 5×5 kernels and padded pooling for 32×32 pixels
    ("small"); with "grouped", the two halves of the paper's two GPUs, or "one_tower" no layer
    differs. Shifts and mirror images for its crops of 224 out of 256 pixels, mirror images and
    shifted colours; pixels divided by 255 for the subtracted mean; Nesterov's momentum; cosine
    decay for its divisions by ten; one test image, not the mean of ten crops; one tenth of the
    training images held out to choose the best epoch.
"""

from functools import partial
from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe, When
from keras_dl.data import Data, load, with_scaling
from keras_dl.layers import RandomShift
from keras_dl.models.alexnet import alexnet, alexnet_cifar
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.compiling import compile_for_targets

NETS = {
    "small": alexnet_cifar,
    "grouped": alexnet,
    "one_tower": partial(alexnet, grouped=False),
}


def data(
    *,
    dataset: str = "cifar10",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 128,
) -> Data:
    """Loads images in their own size; mixed sizes become 32 pixels. The paper's net needs 227."""
    return load(dataset, batch_size=batch_size, image_size=image_size, at_least=8)


def build(
    data: Data,
    *,
    arrangement: Annotated[str, Choice("small", "grouped", "one_tower")] = "small",
    activation: Annotated[str, Choice("relu", "tanh", "leaky_relu", "elu", "gelu")] = "relu",
    local_response: Annotated[bool, Choice(False, True)] = True,
    batch_norm: Annotated[bool, Choice(False, True)] = False,
    dropout: Annotated[float, Range(0.0, 0.7)] = 0.5,
    initializer: Annotated[
        str, Choice("he_normal", "gaussian_0.01", "glorot_uniform")
    ] = "he_normal",
    shift: Annotated[int, Range(0, 32)] = 4,
    flip: Annotated[bool, Choice(False, True)] = True,
    label_smoothing: Annotated[float, Range(0.0, 0.3)] = 0.0,
    weight_decay: Annotated[float, Range(1e-6, 1e-2, log=True)] = 5e-4,
    optimizer: Annotated[str, Choice("sgd", "adam")] = "sgd",
    learning_rate: Annotated[float, Range(1e-4, 0.3, log=True)] = 0.01,
    momentum: Annotated[float, Range(0.0, 0.99), When("optimizer", "sgd")] = 0.9,
) -> Any:
    """Compiles AlexNet with shifts and flips as augmentation."""
    net = NETS[arrangement](
        data.input_shape,
        data.num_outputs,
        activation=activation,
        local_response=local_response,
        batch_norm=batch_norm,
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
    name="alexnet",
    data=data,
    build=build,
    epochs=90,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    regression=Objective("val_mae", "min"),
    classes_only=("label_smoothing",),
    factors=("activation", "local_response", "dropout"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
