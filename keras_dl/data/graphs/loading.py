"""Data of a graph: its nodes are the examples, and every example sees the whole graph."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.files import user_path
from keras_dl.data.graphs.communities import generate_communities
from keras_dl.data.graphs.files import graph_from_arrays, read_graph
from keras_dl.data.graphs.graph import Graph
from keras_dl.data.reading import fact, recorded
from keras_dl.data.registry import DATASETS
from keras_dl.data.sources import mirror
from keras_dl.data.specs import Classes, Nodes
from keras_dl.data.splitting import TEST_SHARE, VALIDATION_SHARE, record_cut, split_indices

__all__ = ["load_graph"]

CORA = (
    "theory", "reinforcement learning", "genetic algorithms", "neural networks",
    "probabilistic methods", "case-based", "rule learning",
)  # fmt: skip


@recorded
def load_graph(
    dataset: str | os.PathLike[str] | Graph | Data | Mapping[str, np.ndarray] = "cora",
    *,
    batch_size: int = 4096,
) -> Data:
    """Loads a graph for the classification of its nodes.

    Splits that the source lacks are cut off by class, the same ones in every run. The graph with
    the features of all nodes, of test too, is visible in training; their labels are not
    (transductive learning).

    Args:
        dataset: "cora"; "communities", generated; path of an `.npz` file or arrays as
            `graph_from_arrays` takes them; a `Graph`; or `Data` that this function returned.
        batch_size: nodes per step, whose labels are in the loss.

    Returns:
        `x` node numbers (n,) int32, `y` class numbers (n,) int32; `extras["graph"]` the `Graph`.

    Raises:
        DatasetUnavailable: if Cora is not in the folder that KERAS_DL_DATA names.
        DatasetError: if the graph cannot be used.

    Example:
        >>> load_graph("communities").train.num_examples
        20
    """
    if isinstance(dataset, Data):
        if not isinstance(dataset.inputs, Nodes):
            raise DatasetError(
                f"`dataset` must be a graph. Received: {dataset.name}, with {dataset.inputs}"
            )
        return replace(dataset, batch_size=batch_size)
    graph = _find(dataset)
    size = f"{graph.num_nodes:,} nodes, {len(graph.edges):,} edges, {graph.num_features:,} features"
    fact("graph", f"{size}; all are seen in training, labels of train alone")
    nodes = _complete(graph)
    return Data.from_splits(
        graph.name,
        {split: Split(nodes[split], graph.labels[nodes[split]]) for split in SPLITS},
        inputs=Nodes(graph.num_nodes, shape=()),
        targets=Classes(graph.names),
        source=graph.source,
        digested=graph.arrays(),
        batch_size=batch_size,
        extras={"graph": graph},
    )


def _find(dataset: Any) -> Graph:
    if isinstance(dataset, Graph):
        return dataset
    if isinstance(dataset, Mapping):
        return graph_from_arrays(dataset, "arrays", "the caller's arrays")
    if dataset == "communities":
        return generate_communities()
    if dataset == "cora":
        path = mirror.find("cora")
        if path is None:
            raise DatasetUnavailable(
                f"`dataset` must be available; put {DATASETS['cora'].file} into the folder that "
                "KERAS_DL_DATA names, or use dataset='communities' or a graph of your own. "
                "Received: dataset='cora'"
            )
        return replace(read_graph(path, "cora"), names=CORA)
    path = user_path(dataset) if isinstance(dataset, str | os.PathLike) else None
    if path is None or not path.is_file() or path.suffix != ".npz":
        raise DatasetError(
            "`dataset` must be cora, communities, a path of an .npz file with edges, labels and "
            f"features, or a dict of these. Received: dataset={str(dataset)!r}"
        )
    return read_graph(path, path.stem)


def _complete(graph: Graph) -> dict[str, np.ndarray]:
    """Returns the nodes of each split; missing splits are cut off train, or off unlisted nodes."""
    listed = np.concatenate([np.zeros(0, np.int32), *graph.nodes.values()])
    nodes = {**graph.nodes}
    if "train" not in nodes:
        nodes["train"] = np.setdiff1d(np.arange(graph.num_nodes), listed).astype(np.int32)
    missing = {"test": TEST_SHARE, "validation": VALIDATION_SHARE}
    shares = {split: share for split, share in missing.items() if split not in nodes}
    record_cut(shares, stratified=True, unit="nodes")
    for split, share in shares.items():
        stay, off = split_indices(graph.labels[nodes["train"]], share, stratified=True)
        nodes["train"], nodes[split] = nodes["train"][stay], nodes["train"][off]
    empty = [split for split in SPLITS if not len(nodes[split])]
    if empty:
        raise DatasetError(f"`{empty[0]}` must name a node. Received: none in {graph.source}")
    return nodes
