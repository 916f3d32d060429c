"""Multi-head attention of one sequence to another, or to itself, with masks and kept keys."""

import math
from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_count, check_real

__all__ = ["MaskedAttention"]


@keras.saving.register_keras_serializable("keras_dl")
class MaskedAttention(keras.layers.Layer):
    """Scaled dot-product attention by several heads, with projections for each of its parts.

    Keys and values can be computed apart, so that a decoder keeps those of earlier tokens.

    Args:
        num_heads: number of heads; it must divide the width of the inputs.
        causal: whether position t sees the positions up to t of the memory alone.
        dropout: share of the attention weights dropped while training, in [0, 1).
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `num_heads` is not an integer or `dropout` not a number.
        ValueError: if `num_heads` is below 1 or does not divide the width of the inputs.

    Reference:
        Vaswani et al., 2017, Attention Is All You Need, arXiv:1706.03762, section 3.2.
    """

    def __init__(
        self, num_heads: int, *, causal: bool = False, dropout: float = 0.0, **kwargs: Any
    ) -> None:
        check_count("num_heads", num_heads, "the width is divided among so many heads")
        check_real("dropout", dropout, "it is the share of attention weights that are dropped")
        super().__init__(**kwargs)
        self.num_heads, self.causal = num_heads, causal
        self.dropout = keras.layers.Dropout(dropout, name="dropout", dtype=self.dtype_policy)

    def build(self, query_shape: tuple[int | None, ...]) -> None:  # type: ignore[override]
        """Creates the projections for queries (batch, time, width); the memory is as wide."""
        width = query_shape[-1]
        if width is None or width % self.num_heads:
            raise ValueError(
                "`num_heads` must divide the width of the inputs; each head gets an equal part. "
                f"Received: num_heads={self.num_heads}, inputs of shape {tuple(query_shape)}"
            )
        for name in ("query", "key", "value", "projection"):
            dense = keras.layers.Dense(width, name=name, dtype=self.dtype_policy)
            dense.build(query_shape)
            setattr(self, name, dense)

    def call(
        self, query: Any, memory: Any, mask: Any = None, training: bool | None = None
    ) -> keras.KerasTensor:
        """Computes the outputs of each position of the query.

        Args:
            query: (batch, time, width).
            memory: (batch, memory time, width); the query itself for self-attention.
            mask: (batch, memory time), True where the memory is to be seen; None: everywhere.
            training: whether weights are dropped.

        Returns:
            (batch, time, width).
        """
        visible: Any = None if mask is None else mask[:, None, None, :]
        if self.causal:
            rows: Any = ops.arange(_time(query))
            columns: Any = ops.arange(_time(memory))
            order: Any = rows[:, None] >= columns[None, :]
            visible = order if visible is None else ops.logical_and(visible, order)
        return self.attend(query, *self.keys_and_values(memory), visible, training=training)[0]

    def keys_and_values(self, memory: Any) -> tuple[Any, Any]:
        """Returns keys and values of a memory, each (batch, heads, memory time, size)."""
        return self._split(self.key(memory)), self._split(self.value(memory))

    def attend(
        self, query: Any, keys: Any, values: Any, visible: Any = None, training: bool | None = None
    ) -> tuple[Any, Any]:
        """Attends to keys and values that are computed already.

        Args:
            query: (batch, time, width).
            keys: as of `keys_and_values`.
            values: as of `keys_and_values`.
            visible: bool, broadcast to (batch, heads, time, memory time); None: all of it.
            training: whether weights are dropped.

        Returns:
            Outputs (batch, time, width) and weights (batch, heads, time, memory time) in float32.
        """
        size = query.shape[-1] // self.num_heads
        queries: Any = self._split(self.query(query)) / math.sqrt(size)
        # The softmax runs in float32: half precision loses the small weights of long memories.
        scores: Any = ops.cast(ops.matmul(queries, ops.swapaxes(keys, -1, -2)), "float32")
        if visible is not None:
            scores = ops.where(visible, scores, -1e9)  # finite: a row may see nothing
        weights = ops.softmax(scores)
        kept = self.dropout(ops.cast(weights, values.dtype), training=training)
        mixed: Any = ops.transpose(ops.matmul(kept, values), (0, 2, 1, 3))
        joined = ops.reshape(mixed, (-1, _time(query), query.shape[-1]))
        return self.projection(joined), weights

    def _split(self, x: Any) -> Any:
        size = x.shape[-1] // self.num_heads
        parts: Any = ops.reshape(x, (-1, _time(x), self.num_heads, size))
        return ops.transpose(parts, (0, 2, 1, 3))

    def compute_output_shape(
        self, query_shape: tuple[int | None, ...], *_: Any, **__: Any
    ) -> tuple[int | None, ...]:
        """Returns the shape of the queries."""
        return query_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        own = {"num_heads": self.num_heads, "causal": self.causal, "dropout": self.dropout.rate}
        return {**super().get_config(), **own}


def _time(x: Any) -> Any:
    shape: Any = ops.shape(x)
    return shape[1]
