"""Self-supervised learning: features of an encoder beside random ones and pixels."""

from typing import Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.backend.inference import outputs
from keras_dl.data import Data
from keras_dl.data.samples import sample_rows
from keras_dl.metrics import linear_probe_accuracy, nearest_neighbour_accuracy, project
from keras_dl.tasks.base import Task

__all__ = ["SelfSupervision", "probe_accuracies", "randomized", "task"]

PROBED = 5000  # training images with labels for the probes
NEIGHBOURS = 10
PROJECTED = 1000
# Prefix of a metric → words in the figure.
FEATURES = {"": "learnt", "random_": "random weights", "pixels_": "pixels"}


class SelfSupervision(Task):
    """Models with an `encoder`, whose features are judged with labels after the training."""

    name = "self_supervision"

    def report(self, model: Any, data: Data) -> dict[str, Any]:
        """Compares the encoder's features with those of random weights and with pixels.

        Both probes see the labels of at most 5,000 training images; the encoder is not changed.

        Args:
            model: has an `encoder`, raw images to features (batch, dim).
            data: images with classes.

        Returns:
            `knn_accuracy` and `linear_probe_accuracy` on test, and both with the prefixes `random_`
            and `pixels_`; `gain_knn` and `gain_linear_probe` over random weights; figures `probes`
            and, of the features, `projections`.
        """
        if data.num_classes < 2:
            raise ValueError("`dataset` must have classes to judge the features by. Received: none")
        train = data.train.sample(PROBED)
        nets = {"": model.encoder, "random_": randomized(model.encoder)}
        features: dict[str, tuple[np.ndarray, np.ndarray]] = {
            name: (_features(net, train.x), _features(net, data.test.x))
            for name, net in nets.items()
        }
        features["pixels_"] = train.x / 255.0, data.test.x / 255.0
        report: dict[str, Any] = {}
        table: dict[str, dict[str, float]] = {}
        for name, (near, far) in features.items():
            accuracies = probe_accuracies(near, train.y, far, data.test.y)
            table[FEATURES[name]] = accuracies
            report |= {f"{name}{probe}_accuracy": share for probe, share in accuracies.items()}
        for probe, share in table[FEATURES[""]].items():
            report[f"gain_{probe}"] = share - table[FEATURES["random_"]][probe]
        rows = sample_rows(len(data.test.y), PROJECTED)  # test may be sorted by class
        maps, labels = project(features[""][1][rows]), data.test.y[rows]
        return {
            **report,
            "probes": plots.probe_bars(table, len(data.test.y)),
            "projections": plots.projections(maps, labels, data.class_names),
        }


def probe_accuracies(
    train: np.ndarray, train_labels: np.ndarray, test: np.ndarray, test_labels: np.ndarray
) -> dict[str, float]:
    """Returns `knn`, of 10 neighbours by the cosine, and `linear_probe` on features (n, …)."""
    arrays = train, train_labels, test, test_labels
    neighbours = min(NEIGHBOURS, len(train))
    return {
        "knn": nearest_neighbour_accuracy(*arrays, neighbours=neighbours),
        "linear_probe": linear_probe_accuracy(*arrays),
    }


def randomized(encoder: keras.Model, seed: int = 0) -> keras.Model:
    """Returns a copy of an encoder with the weights of an initialization.

    Kernels are drawn by He's rule; all other weights are those of new layers.

    Args:
        encoder: of layers with configurations; unchanged.
        seed: of the draws.
    """
    copy = keras.models.clone_model(encoder)
    for number, weight in enumerate(copy.trainable_weights):
        if len(weight.shape) > 1:
            draw = keras.initializers.HeNormal(seed=seed + number)
            weight.assign(draw(weight.shape, dtype=weight.dtype))
    return copy


def _features(encoder: keras.Model, x: np.ndarray) -> np.ndarray:
    return np.asarray(outputs(encoder, x))


task = SelfSupervision()
