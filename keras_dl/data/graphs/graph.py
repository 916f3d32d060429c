"""One undirected graph in memory: node features, edges, classes and the nodes of each split."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_dl.data.errors import DatasetError

__all__ = ["Graph", "sparse_features"]


@dataclass(frozen=True, eq=False)
class Graph:
    """A graph with a class for each node.

    Attributes:
        name: short name.
        source: origin of the bytes, in words.
        rows: node of each stored feature value (v,), int32, ascending.
        columns: feature of each stored value (v,), int32.
        values: stored feature values (v,), float32; all others are 0.
        num_features: number of features.
        edges: node numbers (e, 2), int32, each undirected edge once.
        labels: class number of each node (n,), int32.
        names: one per class.
        nodes: node numbers by split: train, validation, test; a split without is cut off.

    Raises:
        DatasetError: if nodes, features or classes lie outside of their range, or a node is in two
            splits.
    """

    name: str
    source: str
    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    num_features: int
    edges: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]
    nodes: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        for name, numbers, count in (
            ("edges", self.edges, self.num_nodes),
            ("features", self.rows, self.num_nodes),
            ("word_indices", self.columns, self.num_features),
            ("labels", self.labels, len(self.names)),
            *((split, nodes, self.num_nodes) for split, nodes in self.nodes.items()),
        ):
            if numbers.size and not 0 <= numbers.min() <= numbers.max() < count:
                raise DatasetError(
                    f"`{name}` must hold numbers from 0 to {count - 1}. Received: "
                    f"{numbers.min()} … {numbers.max()} in {self.source}"
                )
        if not np.isfinite(self.values).all():
            raise DatasetError(f"`features` must be finite. Received: NaN or ∞ in {self.source}")
        listed = np.concatenate([np.zeros(0, np.int64), *self.nodes.values()])
        if len(np.unique(listed)) < len(listed):
            raise DatasetError(
                "`train`, `validation` and `test` must not share nodes, nor name one twice. "
                f"Received: {len(listed) - len(np.unique(listed))} repeated in {self.source}"
            )

    @property
    def num_nodes(self) -> int:
        """Number of nodes."""
        return len(self.labels)

    def arrays(self) -> tuple[np.ndarray, ...]:
        """Returns features, edges and labels in fixed order, for digests."""
        return self.rows, self.columns, self.values, self.edges, self.labels


def sparse_features(features: np.ndarray) -> dict[str, Any]:
    """Returns `rows`, `columns`, `values` and `num_features` of a matrix (nodes, features)."""
    rows, columns = np.nonzero(features)
    return {
        "rows": rows.astype(np.int32),
        "columns": columns.astype(np.int32),
        "values": features[rows, columns].astype(np.float32),
        "num_features": features.shape[1],
    }
