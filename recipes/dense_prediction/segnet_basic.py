"""SegNet-Basic: four convolutions with pooling, four with unpooling at the same places.

Paper: Badrinarayanan, Kendall and Cipolla, 2017, SegNet: A Deep Convolutional Encoder-Decoder
    Architecture for Image Segmentation, arXiv:1511.00561.
Data: CamVid, 367 + 101 + 233 street scenes in SegNet's split, 11 classes, at half size, 180×240
    pixels; Brostow et al., 2009, licence not stated, research use. `--dataset shapes` is generated;
    `--dataset FOLDER` has images/ and masks/ with a class number per pixel.
Run: keras-dl run segnet_basic
Expect: 35.8 % mean IoU and 77.4 % of the pixels on the test set of CamVid, seed 0 alone; 12 epochs,
    15 minutes on a busy core of an Intel Xeon. `fcn`, of 20 epochs, has 43.5 %.
Differs: A quarter of the filters; Adam with cosine decay for SGD of rate 0.1 and momentum 0.9,
    12 epochs, of which validation chooses the best; weights of classes are the square root of
    median-frequency balancing (`--balance 1` is the paper's); moving averages for statistics that
    a script recomputes. Published figures are of images of 360×480: 46.3 % mean IoU in the paper's
    code, 49.4 % in chainercv.
"""

from typing import Annotated

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score
from keras_dl.algorithms.segmentation import compile_segmenter, with_views
from keras_dl.data import Data
from keras_dl.data.segmentation import load_segmentation
from keras_dl.models.segmentation import segnet_basic
from keras_dl.optimizers import make_optimizer


def data(
    *,
    dataset: str = "camvid",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(1, 64, log=True, step=2)] = 4,
) -> Data:
    """Images and masks; `image_size` is the height that both are brought to."""
    return load_segmentation(dataset, batch_size=batch_size, image_size=image_size)


def build(
    data: Data,
    *,
    filters: Annotated[int, Choice(16, 32, 64)] = 16,
    kernel_size: Annotated[int, Choice(3, 5, 7)] = 7,
    flip: Annotated[bool, Choice(False, True)] = True,
    shift: Annotated[int, Choice(0, 8, 16, 32)] = 0,
    balance: Annotated[float, Range(0.0, 1.0)] = 0.5,
    weight_decay: Annotated[float, Range(0.0, 1e-3)] = 0.0,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 2e-3,
) -> keras.Model:
    """SegNet-Basic on scaled images of any size; `balance` 1 weights by median frequency."""
    net = segnet_basic(
        (None, None, data.input_shape[-1]),
        data.num_classes,
        filters=filters,
        kernel_size=kernel_size,
        weight_decay=weight_decay,
    )
    return compile_segmenter(
        with_views(data, net, shift=shift, flip=flip),
        make_optimizer("adam", learning_rate, decay_steps=data.planned_steps),
        data,
        balance=balance,
    )


recipe = Recipe(
    name="segnet_basic",
    data=data,
    build=build,
    epochs=12,
    objective=Objective("val_mean_iou", "max"),
    alternatives=(Objective("val_loss", "min"),),
    task="segmentation",
    factors=("balance", "flip"),
    # None: published figures are of images of twice the height and width.
    score=Score("test/mean_iou", "max", label="mean IoU"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
