"""Facts about the ImageNet challenge: top-5 errors of its classification task by year."""

import math

import numpy as np

from keras_dl.facts.fact import Fact, Stated
from keras_dl.metrics.classification import top_k_accuracy

__all__ = ["FACTS", "RESULTS"]

# Top-5 test errors in per cent, as the lecture's tables have them; 2015 as the lecture's text.
RESULTS: dict[int, dict[str, float]] = {
    2012: {
        "SuperVision": 15.3,
        "ISI": 26.1,
        "VGG": 26.9,
        "XRCE/INRIA": 27.0,
        "UvA": 29.6,
        "INRIA/LEAR": 33.4,
    },
    2013: {
        "Clarifai": 11.7,
        "NUS": 12.9,
        "Zeiler-Fergus": 13.5,
        "A. Howard": 13.5,
        "OverFeat": 14.1,
        "UvA": 14.2,
        "Adobe": 15.2,
        "VGG": 15.2,
        "VGG, second entry": 23.0,
    },
    2014: {
        "GoogLeNet": 6.6,
        "VGG": 7.3,
        "MSRA": 8.0,
        "A. Howard": 8.1,
        "DeeperVision": 9.5,
        "NUS-BST": 9.7,
        "TTIC-ECP": 10.2,
        "XYZ": 11.2,
        "UvA": 12.1,
    },
    2015: {"ResNet": 3.57},
}
# Errors of 2012 with all printed digits.
FINE = {"SuperVision": 0.15315, "ISI": 0.26172, "VGG": 0.26979, "XRCE/INRIA": 0.27058}
TABLE = "the lecture's table of results"
IMAGES = {"train": 1_281_167, "validation": 50_000, "test": 100_000}


def _truncated(error: float) -> float:
    """Returns per cent cut to one decimal."""
    return math.floor(1000 * error) / 10


def _constant_top5() -> float:
    """Returns the top-5 accuracy of equal scores for ten classes."""
    return top_k_accuracy(np.arange(10), np.zeros((10, 10)), 5)


def _ratio(year: int, place: int) -> float:
    """Returns the error of the winner over that of a later place."""
    errors = sorted(RESULTS[year].values())
    return errors[0] / errors[place - 1]


FACTS = (
    *(
        Fact(
            *("ilsvrc", f"2012-{i + 1}", f"top-5 error of {name} in 2012, per cent"),
            lambda name=name: _truncated(FINE[name]),
            Stated(RESULTS[2012][name], f"{TABLE}; it cuts {FINE[name]:.5f} off, does not round"),
            arithmetic=True,
        )
        for i, name in enumerate(FINE)
    ),
    Fact(
        *("ilsvrc", "2012-ratio", "error of the convolutional net over that of the second in 2012"),
        lambda: _ratio(2012, 2),
        derived=Stated(0.586, "15.3 / 26.1: deep learning's entry"),
        arithmetic=True,
    ),
    Fact(
        *("ilsvrc", "images", "images of ILSVRC 2012 in train, validation and test"),
        lambda: float(sum(IMAGES.values())),
        Stated(1.4e6, "1000 classes, 1.4 M labelled images"),
        derived=Stated(1_431_167.0, "1,281,167 + 50,000 + 100,000"),
        within=0.03,
        arithmetic=True,
    ),
    Fact(
        *("ilsvrc", "ties", "top-5 accuracy of ten equal scores: a tie is no right answer"),
        _constant_top5,
        derived=Stated(0.0, "strict ranks; ranks that ignore ties would give 1"),
    ),
)
