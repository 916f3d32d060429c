"""Graphs of `.npz` files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.data.arrays import read_npz
from keras_dl.data.errors import DatasetError
from keras_dl.data.graphs.graph import Graph, sparse_features
from keras_dl.data.reading import fact, notice

__all__ = ["graph_from_arrays", "read_graph"]

FORM = (
    "`dataset` must be a graph: arrays `edges` (e, 2) and `labels` (n,), node features as "
    "`features` (n, f) or as `word_indices`, `word_offsets` and `num_words`, and optionally "
    "`train`, `validation`, `test` (node numbers) and `class_names`."
)
SPLITS = ("train", "validation", "test")
WORDS = ("word_indices", "word_offsets", "num_words")
KEYS = ("edges", "labels", "features", *WORDS, *SPLITS, "class_names")


def read_graph(path: Path, name: str) -> Graph:
    """Reads a graph from an `.npz` file, see `graph_from_arrays`.

    Args:
        path: the file.
        name: short name of the graph.

    Raises:
        DatasetError: if the file is damaged or holds no such graph.
    """
    return graph_from_arrays(read_npz(path), name, str(path))


def graph_from_arrays(arrays: Mapping[str, Any], name: str, source: str) -> Graph:
    """Returns the graph of arrays by key.

    Args:
        arrays: `edges` (e, 2), in either direction or both; `labels` (n,), numbers or names of
            classes; `features` (n, f), or features 1 in sparse form: those of node i are
            `word_indices[word_offsets[i]:word_offsets[i + 1]]` out of `num_words`; optionally
            `train`, `validation` and `test`, node numbers or masks (n,); `class_names`.
        name: short name of the graph.
        source: origin of the arrays, in words.

    Raises:
        DatasetError: for missing or unknown keys, or arrays that do not fit together.
    """
    unknown = sorted(set(arrays) - set(KEYS))
    if unknown or not {"edges", "labels"} <= set(arrays):
        raise DatasetError(f"{FORM} Received: {unknown or sorted(arrays)} in {source}")
    labels, names = _classes(np.asarray(arrays["labels"]), arrays.get("class_names"), source)
    edges = np.asarray(arrays["edges"])
    if edges.ndim != 2 or edges.shape[1] != 2 or edges.dtype.kind not in "iu":
        raise DatasetError(f"{FORM} Received: edges {edges.shape} {edges.dtype} in {source}")
    return Graph(
        name,
        source,
        **_features(arrays, len(labels), source),
        edges=_undirected(edges),
        labels=labels,
        names=names,
        nodes={split: _nodes(arrays[split], len(labels)) for split in SPLITS if split in arrays},
    )


def _classes(labels: np.ndarray, names: Any, source: str) -> tuple[np.ndarray, tuple[str, ...]]:
    if labels.ndim != 1 or labels.dtype.kind not in "iuU" or not len(labels):
        raise DatasetError(f"{FORM} Received: labels {labels.shape} {labels.dtype} in {source}")
    if names is not None and labels.dtype.kind != "U":
        return labels.astype(np.int32), tuple(map(str, names))
    values, numbers = np.unique(labels, return_inverse=True)
    return numbers.astype(np.int32), tuple(map(str, values))


def _features(arrays: Mapping[str, Any], count: int, source: str) -> dict[str, Any]:
    if "features" in arrays:
        features = np.asarray(arrays["features"])
        if features.ndim != 2 or len(features) != count or features.dtype.kind not in "biuf":
            raise DatasetError(
                f"`features` must be numbers, a row for each of the {count} labels. "
                f"Received: {features.shape} {features.dtype} in {source}"
            )
        return sparse_features(features)
    if not set(WORDS) <= set(arrays):
        raise DatasetError(f"{FORM} Received: {sorted(arrays)} in {source}")
    columns, offsets = (np.asarray(arrays[key]) for key in WORDS[:2])
    lengths = np.diff(offsets)
    if len(lengths) != count or (lengths < 0).any() or lengths.sum() != len(columns):
        raise DatasetError(
            f"`word_offsets` must rise from 0 to the {len(columns)} `word_indices` in "
            f"{count + 1} numbers. Received: {offsets.shape} in {source}"
        )
    return {
        "rows": np.repeat(np.arange(count), lengths).astype(np.int32),
        "columns": columns.astype(np.int32),
        "values": np.ones(len(columns), np.float32),
        "num_features": int(arrays["num_words"]),
    }


def _undirected(edges: np.ndarray) -> np.ndarray:
    """Returns each edge once, the smaller node first, without loops."""
    ordered = np.unique(np.sort(edges.astype(np.int64), axis=1), axis=0)
    loops = ordered[:, 0] == ordered[:, 1]
    fact("edges", f"{(~loops).sum():,} undirected ones")
    if loops.any():
        notice(f"{loops.sum():,} edges from a node to itself are left out; the layers add them")
    return ordered[~loops].astype(np.int32)


def _nodes(listed: Any, count: int) -> np.ndarray:
    nodes = np.asarray(listed)
    if nodes.dtype.kind == "b" and len(nodes) == count:
        nodes = np.flatnonzero(nodes)
    return nodes.astype(np.int32)
