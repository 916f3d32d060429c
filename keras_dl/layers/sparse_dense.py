"""Dense layer on a sparse matrix that is given by its non-zero values."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_count

__all__ = ["SparseDense"]


@keras.saving.register_keras_serializable("keras_dl")
class SparseDense(keras.layers.Layer):
    """X·W for a sparse X (rows, columns), without bias.

    Takes the non-zero values of X (v,), their rows and their columns, integers (v,).

    Args:
        units: columns of the output.
        rows: rows of X.
        columns: columns of X.
        kernel_initializer: of W (columns, units).
        kernel_regularizer: of W; None: no penalty.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.
    """

    def __init__(
        self,
        units: int,
        rows: int,
        columns: int,
        *,
        kernel_initializer: str | keras.Initializer = "glorot_uniform",
        kernel_regularizer: str | keras.Regularizer | None = None,
        **kwargs: Any,
    ) -> None:
        for name, size in (("units", units), ("rows", rows), ("columns", columns)):
            check_count(name, size, "it is a size of the matrices X and W")
        super().__init__(**kwargs)
        self.units, self.rows, self.columns = units, rows, columns
        self.kernel_initializer: Any = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer: Any = keras.regularizers.get(kernel_regularizer)

    def build(self, input_shape: Any) -> None:
        """Creates W."""
        self.kernel = self.add_weight(
            (self.columns, self.units),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            name="kernel",
        )

    def call(self, inputs: tuple[Any, Any, Any]) -> Any:
        """Maps (values, rows, columns) to (rows, units)."""
        values, rows, columns = inputs
        products: Any = ops.take(self.kernel, columns, axis=0) * values[:, None]
        return ops.segment_sum(products, rows, num_segments=self.rows)

    def compute_output_shape(self, input_shape: Any) -> tuple[int, int]:
        """Returns (rows, units)."""
        return self.rows, self.units

    def compute_output_spec(self, inputs: Any) -> keras.KerasTensor:
        """Returns the spec of the output; its dtype is that of the values."""
        return keras.KerasTensor((self.rows, self.units), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "rows": self.rows,
            "columns": self.columns,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
