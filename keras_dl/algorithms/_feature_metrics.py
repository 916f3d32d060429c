"""What a classifier says of made images: how far from the real ones, and whether as asked for."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from keras_dl.metrics.frechet_distance import FrechetDistance

__all__ = ["judged", "judgements"]


def judgements(judge: Any, *, labelled: bool) -> dict[str, Any]:
    """The metrics: `lenet_fid`, and `label_accuracy` where classes are asked for."""
    dim = int(judge.output["features"].shape[-1])
    found: dict[str, Any] = {"lenet_fid": FrechetDistance(dim, name="lenet_fid")}
    if labelled:
        found["label_accuracy"] = keras.metrics.Mean("label_accuracy")
    return found


def judged(judge: Any, metrics: Mapping[str, Any], real: Any, made: Any, label: list[Any]) -> None:
    """Adds a batch to the metrics.

    Args:
        judge: from pixels to a dict of "features" and "logits".
        metrics: as `judgements` gives them.
        real: pixels of real images.
        made: pixels of made ones.
        label: the one-hot classes that were asked for, if any.
    """
    seen = judge(made)
    features = judge(ops.cast(real, "float32"))["features"]
    metrics["lenet_fid"].update_state(features, seen["features"])
    if label:
        right = ops.equal(ops.argmax(seen["logits"], -1), ops.argmax(label[0], -1))
        metrics["label_accuracy"].update_state(ops.cast(right, "float32"))
