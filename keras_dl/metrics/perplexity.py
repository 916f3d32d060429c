"""Perplexity of a language model."""

from typing import Any

import keras
from keras import ops

__all__ = ["Perplexity"]


@keras.saving.register_keras_serializable("keras_dl")
class Perplexity(keras.metrics.SparseCategoricalCrossentropy):
    """exp of the mean cross-entropy per token, over all tokens since the last reset.

    1 is certainty, the size of the vocabulary a uniform guess. `update_state` takes ids
    (batch, time) and logits (batch, time, vocabulary).

    Args:
        name: of the metric.
        dtype: of its sums.
    """

    def __init__(self, name: str = "perplexity", dtype: str | None = None) -> None:
        super().__init__(name=name, dtype=dtype, from_logits=True)

    def add(self, losses: Any) -> None:
        """Counts tokens whose cross-entropies are computed already.

        Args:
            losses: of any shape, in nats.
        """
        keras.metrics.Mean.update_state(self, losses)

    def result(self) -> Any:
        """Returns the perplexity, a scalar."""
        mean: Any = super().result()
        return ops.exp(mean)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {"name": self.name, "dtype": self.dtype}
