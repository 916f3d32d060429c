"""Graphs whose nodes have classes: named sets, files and generated communities."""

from keras_dl.data.graphs.graph import Graph
from keras_dl.data.graphs.loading import load_graph

__all__ = ["Graph", "load_graph"]
