"""Graph convolutional network: node classes from features and edges."""

from collections.abc import Sequence

import keras
import numpy as np

from keras_dl.layers import GraphConstants, GraphPropagation, NodeRows, SparseDense
from keras_dl.models._check import check_classes, check_count, check_penalty, check_rate

__all__ = ["PUBLISHED", "graph_convolution", "normalized_adjacency"]

PUBLISHED = {
    "graph_convolution": {
        "trainable_parameters": 23_040,
        "arguments": {
            "rows": (0, 1, 2),
            "columns": (0, 1, 2),
            "values": (1.0, 1.0, 1.0),
            "edges": ((0, 1), (1, 2)),
            "num_nodes": 3,
            "num_features": 1433,
            "num_classes": 7,
        },
        "output_shapes": {"logits": (7,)},
        "source": "Cora's sizes: 16·(1,433 + 7), weights without biases, whatever the graph",
    },
}


def graph_convolution(
    rows: Sequence[int] | np.ndarray,
    columns: Sequence[int] | np.ndarray,
    values: Sequence[float] | np.ndarray,
    edges: Sequence[Sequence[int]] | np.ndarray,
    *,
    num_nodes: int,
    num_features: int,
    num_classes: int,
    units: int = 16,
    dropout: float = 0.5,
    weight_decay: float = 0.0,
    propagate: bool = True,
    name: str = "graph_convolution",
) -> keras.Model:
    """Two graph convolutions, softmax(Â·relu(Â·X·W₀)·W₁), on the graph that the model contains.

    The features of each node are divided by their sum.

    Args:
        rows: node of each stored feature value (v,).
        columns: feature of each stored value (v,).
        values: stored feature values (v,), 0 or more.
        edges: node numbers (e, 2), each undirected edge once.
        num_nodes: nodes n of the graph.
        num_features: features of a node.
        num_classes: classes, at least 2.
        units: hidden units.
        dropout: share of the inputs of each layer that is dropped.
        weight_decay: λ of the penalty λ/2·‖W₀‖² of the first layer alone, as in the paper.
        propagate: False leaves Â out: a perceptron with one hidden layer on the same features.
        name: name of the model.

    Returns:
        An uncompiled model from node numbers (batch,) to float32 logits (batch, num_classes).

    Raises:
        TypeError: if an argument has the wrong type.
        ValueError: if an argument lies outside of its range.

    Reference:
        Kipf and Welling, 2017, Semi-Supervised Classification with Graph Convolutional Networks,
        arXiv:1609.02907, eq. 9, section 5.2 and appendix B.
    """
    check_classes(num_classes)
    check_count("units", units, "it is the number of hidden units")
    check_rate("dropout", dropout)
    check_penalty("weight_decay", weight_decay)
    weights, targets, sources = normalized_adjacency(np.asarray(edges), num_nodes)
    graph = GraphConstants(len(values), len(weights), name="graph")
    penalty = keras.regularizers.L2(weight_decay / 2) if weight_decay else None

    nodes = keras.Input((), dtype="int32", name="nodes")
    entries, entry_rows, entry_columns, *adjacency = graph(nodes)
    entries = keras.layers.Dropout(dropout, name="input_dropout")(entries)
    dense = SparseDense(
        units, num_nodes, num_features, kernel_regularizer=penalty, name="input_weights"
    )
    x = dense((entries, entry_rows, entry_columns))
    if propagate:
        x = GraphPropagation(name="hidden_propagation")((x, *adjacency))
    x = keras.layers.ReLU(name="hidden")(x)
    x = keras.layers.Dropout(dropout, name="hidden_dropout")(x)
    x = keras.layers.Dense(num_classes, use_bias=False, name="output_weights")(x)
    if propagate:
        x = GraphPropagation(name="output_propagation")((x, *adjacency))
    model = keras.Model(nodes, NodeRows(dtype="float32", name="logits")((x, nodes)), name=name)
    graph.assign(
        feature_values=_divide_by_sums(np.asarray(values), np.asarray(rows), num_nodes),
        feature_rows=np.asarray(rows),
        feature_columns=np.asarray(columns),
        edge_weights=weights,
        edge_targets=targets,
        edge_sources=sources,
    )
    return model


def normalized_adjacency(
    edges: np.ndarray, num_nodes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the renormalized adjacency Â = D^−½·(A + I)·D^−½ of an undirected graph, sparsely.

    Args:
        edges: node numbers (e, 2), each edge once, without loops.
        num_nodes: nodes of the graph.

    Returns:
        Weights float32, targets and sources int32 of 2·e + num_nodes directed edges, ordered by
        target.

    Reference:
        Kipf and Welling, 2017, arXiv:1609.02907, section 2.2, the renormalization trick.
    """
    loops = np.arange(num_nodes, dtype=np.int32)
    targets = np.concatenate([edges[:, 0], edges[:, 1], loops]).astype(np.int32)
    sources = np.concatenate([edges[:, 1], edges[:, 0], loops]).astype(np.int32)
    order = np.lexsort((sources, targets))
    targets, sources = targets[order], sources[order]
    scale = np.bincount(targets, minlength=num_nodes) ** -0.5
    return (scale[targets] * scale[sources]).astype(np.float32), targets, sources


def _divide_by_sums(values: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    sums = np.bincount(rows, values, minlength=count)
    return (values / np.where(sums > 0, sums, 1)[rows]).astype(np.float32)
