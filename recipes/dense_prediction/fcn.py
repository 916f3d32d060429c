"""FCN: fully convolutional networks for semantic segmentation.

Paper: Long, Shelhamer and Darrell, 2015, Fully Convolutional Networks for Semantic Segmentation,
    arXiv:1411.4038.
Data: CamVid, 367 + 101 + 233 street scenes in SegNet's split, 11 classes, at half size, 180×240
    pixels; Brostow et al., 2009, licence not stated, research use. `--dataset shapes` is generated;
    `--dataset FOLDER` has images/ and masks/ with a class number per pixel.
Run: keras-dl run fcn
Expect: 43.5 % mean IoU and 80.7 % of the pixels on the test set of CamVid, seed 0 alone, 57.2 %
    mean IoU on validation; 20 epochs, 5.7 CPU minutes on an AMD EPYC.
Differs: An eighth of VGG-16's filters, with batch normalisation, trained from scratch and all
    streams at once; Adam with cosine decay for momentum SGD, 20 epochs, of which validation chooses
    the best; mean cross-entropy for the sum over pixels. No published figure exists for CamVid at
    this size; on PASCAL VOC the released FCN-8s has 65.5 %.
"""

from typing import Annotated

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score, When
from keras_dl.algorithms.segmentation import compile_segmenter, with_views
from keras_dl.data import Data
from keras_dl.data.segmentation import load_segmentation
from keras_dl.models.pretrained import describe_weights
from keras_dl.models.segmentation import fcn
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
    stride: Annotated[int, Choice(8, 16, 32)] = 8,
    encoder: Annotated[str, Choice("vgg16", "efficientnet_lite0")] = "vgg16",
    filters: Annotated[int, Choice(4, 8, 16, 32), When("encoder", "vgg16")] = 8,
    units: Annotated[int, Range(64, 1024, log=True, step=2), When("encoder", "vgg16")] = 512,
    batch_norm: Annotated[bool, Choice(False, True), When("encoder", "vgg16")] = True,
    dropout: Annotated[float, Range(0.0, 0.6)] = 0.5,
    learned_upsampling: Annotated[bool, Choice(False, True)] = True,
    scaled_skips: Annotated[bool, Choice(False, True)] = False,
    flip: Annotated[bool, Choice(False, True)] = True,
    shift: Annotated[int, Choice(0, 8, 16, 32)] = 0,
    balance: Annotated[float, Range(0.0, 1.0)] = 0.5,
    weight_decay: Annotated[float, Range(0.0, 1e-3)] = 0.0,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 2e-3,
) -> keras.Model:
    """FCN-8s on scaled images of any size; masks stay aligned with mirrored and shifted images."""
    net = fcn(
        (None, None, data.input_shape[-1]),
        data.num_classes,
        stride=stride,
        filters=filters,
        units=units,
        batch_norm=batch_norm,
        dropout=dropout,
        learned_upsampling=learned_upsampling,
        scaled_skips=scaled_skips,
        encoder=encoder,
        weight_decay=weight_decay,
        name=f"fcn{stride}s",
    )
    return compile_segmenter(
        with_views(data, net, shift=shift, flip=flip, standardize=encoder == "vgg16"),
        make_optimizer("adam", learning_rate, decay_steps=data.planned_steps),
        data,
        balance=balance,
    )


def provenance(*, encoder: str = "vgg16") -> dict[str, str]:
    """Origin, licence and digest of the weights of a pretrained encoder."""
    return {} if encoder == "vgg16" else describe_weights(base=encoder)


recipe = Recipe(
    name="fcn",
    data=data,
    build=build,
    epochs=20,
    objective=Objective("val_mean_iou", "max"),
    alternatives=(Objective("val_loss", "min"),),
    task="segmentation",
    provenance=provenance,
    factors=("stride", "balance", "flip"),
    # None: published figures are of full-size images and ImageNet weights.
    score=Score("test/mean_iou", "max", label="mean IoU"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
