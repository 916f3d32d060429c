"""Losses and detections of a small detector, of which every anchor and region is drawn."""

import sys

import keras
import numpy as np

from keras_dl.algorithms.faster_rcnn import FasterRCNN
from keras_dl.models.detection import detector_parts

SIDE = 32
BOXES = np.array([[[4, 5, 16, 19], [18, 8, 30, 28]], [[0, 0, 32, 32], [0, 0, 0, 0]]], "float32")
CLASSES = np.array([[1, 0], [1, -1]], "int32")


def detector(seed=1, **options):
    """A detector of two classes with weights from numpy."""
    parts = detector_parts((SIDE, SIDE, 3), 2, channels=8, units=12, anchors=3, region_size=3)
    options = {"regions": 6, "mirror": False, **options}
    sizes = {"strides": parts.strides, "sizes": [(14.0,)], "ratios": (0.5, 1.0, 2.0)}
    model = FasterRCNN(*parts[:3], num_classes=2, **sizes, **options)
    random = np.random.default_rng(seed)
    for net in parts[:3]:
        net.set_weights([
            random.uniform(0.5, 1.5, w.shape)
            if w.ndim == 1
            else random.normal(0, np.prod(w.shape[:-1]) ** -0.5, w.shape)
            for w in net.get_weights()
        ])  # fmt: skip
    return model


def images(seed=0):
    return np.random.default_rng(seed).integers(0, 256, (2, SIDE, SIDE, 3)).astype("uint8")


def main(target):
    model = detector()
    model.compile(keras.optimizers.SGD(0.01))
    y = {"boxes": BOXES, "classes": CLASSES}
    values = {}
    for step in range(3):
        logs = model.train_on_batch(images(step), y, return_dict=True)
        values |= {f"{step}/{name}": np.array(float(value)) for name, value in logs.items()}
    values |= {f"test/{k}": np.array(float(v)) for k, v in model.test_on_batch(
        images(9), y, return_dict=True
    ).items()}  # fmt: skip
    values |= model.predict(images(9), verbose=0)
    np.savez(target, **values)


if __name__ == "__main__":
    main(sys.argv[1])
