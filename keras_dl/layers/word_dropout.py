"""Word dropout: whole words of a text are left out in training."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_real

__all__ = ["WordDropout"]


@keras.saving.register_keras_serializable("keras_dl")
class WordDropout(keras.layers.Layer):
    """Replaces each word number by padding 0 with a probability, in training.

    What follows must leave padding out, as a mean of an embedding with `mask_zero` does, so that no
    rescaling is needed. A text that would lose all of its words keeps them.

    Args:
        rate: probability of leaving a word out, in [0, 1).
        seed: integer that makes the sequence of draws repeatable; None draws one.
        **kwargs: `name` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `rate` is not a number.
        ValueError: if `rate` lies outside [0, 1).

    Reference:
        Iyyer et al., 2015, Deep Unordered Composition Rivals Syntactic Methods for Text
        Classification, section 3.1.
    """

    def __init__(self, rate: float = 0.3, seed: int | None = None, **kwargs: Any) -> None:
        check_real("rate", rate, "it is the share of words that are left out")
        if not 0 <= rate < 1:
            raise ValueError(f"`rate` must lie in [0, 1). Received: rate={rate}")
        super().__init__(**kwargs)
        self.rate, self.seed = float(rate), seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Drops words of (batch, time) integers."""
        if not training or not self.rate:
            return inputs
        draws: Any = keras.random.uniform(ops.shape(inputs), seed=self.seed_generator)
        kept = ops.where(draws >= self.rate, inputs, ops.zeros_like(inputs))
        some = ops.any(ops.not_equal(kept, 0), axis=-1, keepdims=True)
        return ops.where(some, kept, inputs)

    def compute_output_spec(self, inputs: Any, training: bool = False) -> keras.KerasTensor:
        """Returns the shape and dtype of the inputs: word numbers stay integer."""
        return keras.KerasTensor(inputs.shape, dtype=inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
