"""Cross-entropy per pixel that ignores unlabelled pixels and weights classes."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_count, check_real

__all__ = ["PixelCrossentropy"]


@keras.saving.register_keras_serializable("keras_dl")
class PixelCrossentropy(keras.losses.Loss):
    """Weighted mean of −log p(class) over the labelled pixels of a batch.

    L = Σ w(y)·(−log p(y)) / Σ w(y) over the pixels with y ≠ `ignore`, as
    `torch.nn.functional.cross_entropy(weight=…, ignore_index=…)`. Without weights it equals
    `keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=…)`, which has none.

    Args:
        ignore: label of pixels that are left out; None counts every pixel.
        class_weights: w, a factor of 0 or more per class; None weights all classes by 1.
        name: name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Raises:
        TypeError: if `ignore` is not an integer or a weight not a number.
        ValueError: if `ignore` or a weight is negative, or every weight is 0.

    Example:
        >>> labels, logits = [[0, 1], [255, 255]], [[[0.0, 0.0]] * 2] * 2
        >>> round(float(PixelCrossentropy(ignore=255)(labels, logits)), 4)
        0.6931
    """

    def __init__(
        self,
        ignore: int | None = None,
        class_weights: Sequence[float] | None = None,
        name: str = "pixel_crossentropy",
        **kwargs: Any,
    ) -> None:
        if ignore is not None:
            check_count("ignore", ignore, "it is the label of pixels left out", least=0)
        if class_weights is not None:
            _check_weights(class_weights)
        super().__init__(name=name, **kwargs)
        self.ignore = None if ignore is None else int(ignore)
        self.class_weights = None if class_weights is None else [float(w) for w in class_weights]

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the loss of each pixel in nats, (batch, height, width), scaled to that mean.

        Args:
            y_true: class numbers (batch, height, width).
            y_pred: logits (batch, height, width, classes).
        """
        labels: Any = ops.cast(y_true, "int32")
        weight: Any = ops.ones_like(labels, dtype=y_pred.dtype)
        if self.ignore is not None:
            labelled = ops.not_equal(labels, self.ignore)
            weight = ops.cast(labelled, y_pred.dtype)
            labels = ops.where(labelled, labels, 0)
        if self.class_weights is not None:
            weight = weight * ops.take(ops.cast(self.class_weights, y_pred.dtype), labels)
        losses = ops.sparse_categorical_crossentropy(labels, y_pred, from_logits=True)
        # The mean that `reduction` takes over all pixels becomes Σ w·loss / Σ w; without a single
        # labelled pixel it is 0.
        return losses * weight / ops.maximum(ops.mean(weight), keras.config.epsilon())

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        settings = {"ignore": self.ignore, "class_weights": self.class_weights}
        return {**super().get_config(), **settings}


def _check_weights(class_weights: Sequence[float]) -> None:
    meaning = "it weights the pixels of a class"
    for index, weight in enumerate(class_weights):
        check_real(f"class_weights[{index}]", weight, meaning)
        if not 0 <= weight < float("inf"):
            raise ValueError(
                f"`class_weights[{index}]` must be finite and 0 or more; {meaning}. "
                f"Received: {weight}"
            )
    if not any(class_weights):
        raise ValueError(
            "`class_weights` must hold a weight above 0; no pixel would count. "
            f"Received: class_weights={list(class_weights)}"
        )
