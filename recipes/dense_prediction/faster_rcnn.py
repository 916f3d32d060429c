"""Faster R-CNN: a network proposes regions of an image, a second one classifies them.

Paper: Ren, He, Girshick and Sun, 2015, Faster R-CNN: Towards Real-Time Object Detection with Region
    Proposal Networks, arXiv:1506.01497.
Data: BCCD, 205 + 87 + 72 photographs of blood smears at half size, 240×320, with boxes round red
    and white cells and platelets; MIT, Shenggan/BCCD_Dataset. `--dataset shape_boxes` is generated;
    `--dataset FOLDER` has images and boxes in CSV, COCO's JSON or PASCAL VOC's XML.
Run: keras-dl run faster_rcnn
Expect: 85.7 % mean AP at overlap .5 on the test set: white cells 96.8, red cells 82.3, platelets
    78.2; 53.0 % over COCO's overlaps. Seed 0 alone, 13 minutes on one busy core of an AMD EPYC. The
    worst images are those whose red cells are not annotated.
Differs: A backbone of four convolutions from scratch for VGG-16 with weights of ImageNet; anchors
    of three sizes and ratios chosen for cells; anchors across the border are used as well; 64
    proposals for 2,000 and a sample of 64 for 128; Adam with cosine decay for SGD, the best epoch
    by validation; images mirrored in both directions; average precision by COCO's 101 points.
"""

from typing import Annotated

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score
from keras_dl.algorithms.faster_rcnn import FasterRCNN
from keras_dl.data import Data
from keras_dl.data.detection import load_detection
from keras_dl.models.detection import detector_parts
from keras_dl.models.pretrained import describe_weights
from keras_dl.optimizers import make_optimizer


def data(
    *,
    dataset: str = "bccd",
    image_size: int | None = 240,
    batch_size: Annotated[int, Range(1, 16, log=True, step=2)] = 4,
) -> Data:
    """Images and boxes; `image_size` is the height that both are brought to."""
    return load_detection(dataset, batch_size=batch_size, image_size=image_size)


def build(
    data: Data,
    *,
    backbone: Annotated[str, Choice("small", "efficientnet_lite0")] = "small",
    channels: Annotated[int, Choice(32, 64, 128)] = 64,
    units: Annotated[int, Choice(64, 128, 256)] = 128,
    smallest: Annotated[float, Range(8.0, 64.0)] = 18.0,
    growth: Annotated[float, Range(1.5, 3.5)] = 2.6,
    regions: Annotated[int, Range(16, 256, log=True)] = 64,
    mirror: Annotated[bool, Choice(False, True)] = True,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 1e-3,
) -> keras.Model:
    """A detector with anchors of three sizes, `growth` times larger each, and three ratios.

    The levels of a pyramid share them: each has the size at its place, the last one the rest.
    """
    parts = detector_parts(
        data.input_shape,
        data.num_classes,
        backbone=backbone,
        channels=channels,
        anchors=9 if backbone == "small" else 3,
        units=units,
    )
    count = len(parts.strides)
    levels = [smallest * growth**number for number in range(max(count, 3))]
    model = FasterRCNN(
        *parts[:3],
        num_classes=data.num_classes,
        strides=parts.strides,
        sizes=[levels] if count == 1 else [[size] for size in levels],
        ratios=(0.7, 1.0, 1.4),
        regions=regions,
        mirror=mirror,
    )
    model.compile(make_optimizer("adam", learning_rate, decay_steps=data.planned_steps))
    return model


def provenance(*, backbone: str = "small") -> dict[str, str]:
    """Origin, licence and digest of the weights of a pretrained backbone."""
    return {} if backbone == "small" else describe_weights(base=backbone)


recipe = Recipe(
    name="faster_rcnn",
    data=data,
    build=build,
    epochs=20,
    objective=Objective("val_map50", "max"),
    alternatives=(Objective("val_loss", "min"),),
    task="detection",
    provenance=provenance,
    factors=("backbone", "mirror"),
    # None: published figures of this data set are of other detectors and splits.
    score=Score("test/map50", "max", label="mean AP at overlap .5"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
