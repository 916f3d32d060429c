"""Normalizer-free nets: the same residual net with and without batch normalization.

Paper: Brock, De, Smith and Simonyan, 2021, High-Performance Large-Scale Image Recognition Without
    Normalization, arXiv:2102.06171, sections 3 and 4; batches of few images: Brock, De and Smith,
    2021, arXiv:2101.08692, section 5.
Data: CIFAR-10, 50,000 + 10,000 colour images of 32×32 pixels, terms not stated; or any images.
Run: keras-dl run normalizer_free
Expect: Not measured at the defaults, which want hours on two cores. After 800 steps of 4 images of
    16×16 pixels, depth 1, width 0.25 and no shifts, 30.2 % of 1,000 validation images are right
    without normalization and 28.1 % with it: one seed, which tells no difference. `keras-dl ablate
    normalizer_free --batch-size 4` compares both over three seeds.
Differs: A net of six blocks with 64, 128 and 256 filters times the width; Adam with cosine decay
    for Nesterov's momentum, and by default no adaptive clipping, which the paper needs for batches
    of thousands; shifts and mirror images for RandAugment, Mixup and CutMix.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe
from keras_dl.data import Data, load, with_scaling
from keras_dl.layers import RandomShift
from keras_dl.models.nfnet import nfnet
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier


def data(
    *,
    dataset: str = "cifar10",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(2, 1024, log=True, step=2)] = 64,
) -> Data:
    """Loads images in their own size; mixed sizes become 32 pixels."""
    return load(dataset, batch_size=batch_size, image_size=image_size, at_least=8)


def build(
    data: Data,
    *,
    batch_norm: Annotated[bool, Choice(False, True)] = False,
    adaptive_clip: Annotated[float, Range(0.0, 1.0)] = 0.0,
    depth: Annotated[int, Range(1, 4)] = 2,
    width: Annotated[float, Range(0.25, 2.0)] = 0.5,
    shift: Annotated[int, Range(0, 8)] = 4,
    flip: Annotated[bool, Choice(False, True)] = True,
    weight_decay: Annotated[float, Range(1e-6, 1e-2, log=True)] = 2e-5,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 2e-3,
) -> Any:
    """Compiles the net on raw pixels.

    With `batch_norm` each convolution is a plain one with batch normalization in place of a
    standardized one. `adaptive_clip` 0 clips no gradients.
    """
    net = nfnet(
        data.input_shape,
        data.num_classes,
        depths=(depth,) * 3,
        filters=(64, 128, 256),
        width=width,
        small_images=True,
        batch_norm=batch_norm,
        dropout=0.0,
        path_dropout=0.0,
        weight_decay=weight_decay,
    )
    # Pixels of mean 0 and variance 1: kernels of mean 0 see nothing else of their inputs.
    inputs = keras.Input(data.input_shape)
    standard = keras.layers.Rescaling(4.0, -2.0, name="standardized")(inputs)
    moves = [RandomShift(shift, flip=flip)] if shift or flip else []
    model = with_scaling(data, keras.Model(inputs, net(standard), name=net.name), moves)
    optimizer = make_optimizer(
        "adam",
        learning_rate,
        decay_steps=data.planned_steps,
        adaptive_clip=adaptive_clip or None,
    )
    return compile_classifier(model, optimizer)


recipe = Recipe(
    name="normalizer_free",
    data=data,
    build=build,
    epochs=60,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    factors=("batch_norm",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
