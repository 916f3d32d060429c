"""Metrics of generated images in the features of a classifier: Fréchet distance, label accuracy."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
from keras import ops

from keras_dl.metrics.frechet_metric import FrechetDistance

__all__ = ["FeatureExtractor", "feature_metrics", "update_feature_metrics"]

# From pixels 0..255 to a dict of "features" (batch, dim) and "logits" (batch, classes).
FeatureExtractor = Callable[[keras.KerasTensor], dict[str, keras.KerasTensor]]


def feature_metrics(extractor: keras.Model, *, labelled: bool) -> dict[str, keras.Metric]:
    """Creates the metrics: `lenet_fid`, and for conditional generators `label_accuracy`.

    Args:
        extractor: from pixels to a dict of "features" (batch, dim) and "logits".
        labelled: whether images are generated for labels.

    Returns:
        Metrics by name.
    """
    outputs: Any = extractor.output
    dim = int(outputs["features"].shape[-1])
    metrics: dict[str, keras.Metric] = {"lenet_fid": FrechetDistance(dim, name="lenet_fid")}
    if labelled:
        metrics["label_accuracy"] = keras.metrics.Mean("label_accuracy")
    return metrics


def update_feature_metrics(
    metrics: Mapping[str, keras.Metric],
    extractor: FeatureExtractor,
    real: keras.KerasTensor,
    fake: keras.KerasTensor,
    labels: list[keras.KerasTensor],
) -> None:
    """Adds a batch to the metrics.

    Args:
        metrics: result of `feature_metrics`.
        extractor: from pixels to a dict of "features" and "logits".
        real: pixels of real images, (batch, height, width, channels).
        fake: pixels of generated images, of the same shape.
        labels: one-hot labels (batch, classes) of the generated images, if any.
    """
    outputs = extractor(fake)
    pixels: Any = ops.cast(real, "float32")
    features = extractor(pixels)["features"]
    metrics["lenet_fid"].update_state(features, outputs["features"])
    if labels:
        correct = ops.equal(ops.argmax(outputs["logits"], -1), ops.argmax(labels[0], -1))
        metrics["label_accuracy"].update_state(ops.cast(correct, "float32"))
