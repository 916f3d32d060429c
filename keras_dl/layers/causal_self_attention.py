"""Multi-head self-attention in which each position sees itself and the positions before it."""

import math
from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_count, check_real

__all__ = ["CausalSelfAttention"]


@keras.saving.register_keras_serializable("keras_dl")
class CausalSelfAttention(keras.layers.Layer):
    """Masked multi-head self-attention with one packed projection for queries, keys and values.

    `keras.layers.MultiHeadAttention` gives its output projection the initializer of the other
    three; GPT-2 starts that projection smaller, which is why this layer has two initializers.

    Args:
        num_heads: number of heads; it must divide the width of the inputs.
        dropout: share of the attention weights dropped while training, in [0, 1).
        use_bias: whether the two projections have biases.
        kernel_initializer: of queries, keys and values.
        projection_initializer: of the output projection.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `num_heads` is not an integer or `dropout` not a number.
        ValueError: if `num_heads` is below 1 or does not divide the width of the inputs, or
            `dropout` lies outside [0, 1).

    Reference:
        Vaswani et al., 2017, Attention Is All You Need, arXiv:1706.03762, section 3.2.
    """

    def __init__(
        self,
        num_heads: int,
        *,
        dropout: float = 0.0,
        use_bias: bool = True,
        kernel_initializer: str | keras.Initializer = "glorot_uniform",
        projection_initializer: str | keras.Initializer = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        check_count("num_heads", num_heads, "the width is divided among so many heads")
        check_real("dropout", dropout, "it is the share of attention weights that are dropped")
        super().__init__(**kwargs)
        self.num_heads, self.use_bias = num_heads, use_bias
        self.kernel_initializer: Any = keras.initializers.get(kernel_initializer)
        self.projection_initializer: Any = keras.initializers.get(projection_initializer)
        self.dropout = keras.layers.Dropout(dropout, name="dropout", dtype=self.dtype_policy)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the two projections for inputs (batch, time, width)."""
        width = input_shape[-1]
        if width is None or width % self.num_heads:
            raise ValueError(
                "`num_heads` must divide the width of the inputs; each head gets an equal part. "
                f"Received: num_heads={self.num_heads}, inputs of shape {tuple(input_shape)}"
            )
        options: dict[str, Any] = {"use_bias": self.use_bias, "dtype": self.dtype_policy}
        self.qkv = keras.layers.Dense(
            3 * width, kernel_initializer=self.kernel_initializer, name="qkv", **options
        )
        self.projection = keras.layers.Dense(
            width, kernel_initializer=self.projection_initializer, name="projection", **options
        )
        self.qkv.build(input_shape)
        self.projection.build(input_shape)

    def call(self, inputs: keras.KerasTensor, training: bool | None = None) -> keras.KerasTensor:
        """Maps (batch, time, width) to the same shape."""
        parts = self.queries_keys_values(inputs)
        return self.attend(*parts, _causal_mask(_time(inputs)), training=training)

    def queries_keys_values(self, inputs: Any) -> tuple[Any, Any, Any]:
        """Returns queries, keys and values, each (batch, heads, time, size)."""
        size = inputs.shape[-1] // self.num_heads
        packed: Any = ops.reshape(self.qkv(inputs), (-1, _time(inputs), 3, self.num_heads, size))
        packed = ops.transpose(packed, (2, 0, 3, 1, 4))
        return packed[0], packed[1], packed[2]

    def attend(
        self, queries: Any, keys: Any, values: Any, visible: Any, training: bool | None = None
    ) -> Any:
        """Attends to keys and values that are computed already.

        Args:
            queries: (batch, heads, time, size).
            keys: (batch, heads, memory time, size).
            values: as the keys.
            visible: bool, broadcast to (batch, heads, time, memory time).
            training: whether weights are dropped.

        Returns:
            (batch, time, width).
        """
        size = queries.shape[-1]
        scores = ops.matmul(queries / math.sqrt(size), ops.swapaxes(keys, -1, -2))
        # The softmax runs in float32: half precision loses the small weights of long contexts.
        scores = ops.where(visible, ops.cast(scores, "float32"), -math.inf)
        weights = ops.cast(ops.softmax(scores), values.dtype)  # (batch, heads, time, memory time)
        mixed: Any = ops.matmul(self.dropout(weights, training=training), values)
        mixed = ops.transpose(mixed, (0, 2, 1, 3))
        return self.projection(ops.reshape(mixed, (-1, _time(mixed), self.num_heads * size)))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        serialize = keras.initializers.serialize
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "dropout": self.dropout.rate,
            "use_bias": self.use_bias,
            "kernel_initializer": serialize(self.kernel_initializer),
            "projection_initializer": serialize(self.projection_initializer),
        }


def _causal_mask(time: int) -> keras.KerasTensor:
    positions: Any = ops.arange(time)
    return positions[:, None] >= positions[None, :]


def _time(x: Any) -> Any:
    shape: Any = ops.shape(x)
    return shape[1]
