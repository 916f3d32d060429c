"""A graph as constant weights, the propagation along its edges, and the rows of a batch."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.utils.checks import check_count

__all__ = ["GraphConstants", "GraphPropagation", "NodeRows"]

# Names and types of the arrays, in the order of the outputs.
ARRAYS = {
    "feature_values": "float32",
    "feature_rows": "int32",
    "feature_columns": "int32",
    "edge_weights": "float32",
    "edge_targets": "int32",
    "edge_sources": "int32",
}


@keras.saving.register_keras_serializable("keras_dl")
class GraphConstants(keras.layers.Layer):
    """Returns the same graph for any batch of node numbers.

    Features and edges are non-trainable weights, so that a saved model contains its graph.

    Args:
        num_values: stored feature values v.
        num_edges: directed edges e, loops among them.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if a number is not an integer.
        ValueError: if it is below 1.
    """

    holds_data = True  # its weights are no parameters of the network

    def __init__(self, num_values: int, num_edges: int, **kwargs: Any) -> None:
        for name, size in (("num_values", num_values), ("num_edges", num_edges)):
            check_count(name, size, "it is the length of the arrays of the graph")
        super().__init__(**{**kwargs, "trainable": False, "autocast": False})
        self.num_values, self.num_edges = num_values, num_edges
        for name, dtype in ARRAYS.items():
            size = num_values if name.startswith("feature") else num_edges
            weight = self.add_weight((size,), "zeros", dtype=dtype, trainable=False, name=name)
            setattr(self, name, weight)

    def assign(self, **arrays: np.ndarray) -> None:
        """Sets the graph: arrays by their names, `feature_values` … `edge_sources`."""
        for name in ARRAYS:
            getattr(self, name).assign(arrays[name])

    def call(self, inputs: Any) -> tuple[Any, ...]:
        """Maps node numbers (batch,) to the arrays of `ARRAYS`, three (v,) and three (e,)."""
        return tuple(ops.convert_to_tensor(getattr(self, name)) for name in ARRAYS)

    def compute_output_spec(self, inputs: Any) -> tuple[keras.KerasTensor, ...]:
        """Returns the specs of the arrays."""
        return tuple(
            keras.KerasTensor(getattr(self, name).shape, dtype) for name, dtype in ARRAYS.items()
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        config = {k: v for k, v in super().get_config().items() if k not in ("trainable",)}
        return {**config, "num_values": self.num_values, "num_edges": self.num_edges}


@keras.saving.register_keras_serializable("keras_dl")
class GraphPropagation(keras.layers.Layer):
    """Replaces the features of each node by a weighted sum over its neighbours: Â·H.

    Takes H (nodes, features) and, for each directed edge, its weight, target and source (e,).

    Reference:
        Kipf and Welling, 2017, Semi-Supervised Classification with Graph Convolutional Networks,
        arXiv:1609.02907, eq. 2.
    """

    def call(self, inputs: tuple[Any, Any, Any, Any]) -> Any:
        """Maps (H, weights, targets, sources) to (nodes, features)."""
        features, weights, targets, sources = inputs
        messages: Any = ops.take(features, sources, axis=0) * weights[:, None]
        return ops.segment_sum(messages, targets, num_segments=features.shape[0])

    def compute_output_spec(self, inputs: tuple[Any, ...]) -> keras.KerasTensor:
        """Returns the spec of H."""
        return keras.KerasTensor(inputs[0].shape, inputs[0].dtype)


@keras.saving.register_keras_serializable("keras_dl")
class NodeRows(keras.layers.Layer):
    """Selects the rows of a table (n, units) that a batch of node numbers (batch,) names."""

    def call(self, inputs: tuple[Any, Any]) -> Any:
        """Maps (table, node numbers) to (batch, units)."""
        table, nodes = inputs
        return ops.take(ops.cast(table, self.compute_dtype), nodes, axis=0)

    def compute_output_spec(self, inputs: tuple[Any, Any]) -> keras.KerasTensor:
        """Returns the spec of the selected rows."""
        table, nodes = inputs
        return keras.KerasTensor((*nodes.shape, table.shape[1]), self.compute_dtype)
