"""Communities: a generated graph whose nodes link mostly within their class."""

import numpy as np

from keras_dl.data.graphs.graph import Graph, sparse_features

__all__ = ["generate_communities"]

CLASSES, MEMBERS, WORDS, OF_TOPIC = 4, 80, 60, 15
INSIDE, OUTSIDE = 0.06, 0.005  # probabilities of an edge
TOPICAL, COMMON = 0.12, 0.06  # probabilities of a word, of the node's topic and of others
TRAIN, VALIDATION = 5, 25  # nodes of each class


def generate_communities() -> Graph:
    """Generates a stochastic block model with bags of words; the same in every run.

    Words alone tell the class badly, edges help: 320 nodes of 4 classes, 5 labelled ones of each.

    Reference:
        Holland, Laskey and Leinhardt, 1983, Stochastic blockmodels: first steps, Social Networks 5.
    """
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    random = np.random.RandomState(0)
    labels = np.arange(CLASSES * MEMBERS) % CLASSES
    same = labels[:, None] == labels
    linked = random.uniform(size=same.shape) < np.where(same, INSIDE, OUTSIDE)
    edges = np.argwhere(np.triu(linked, 1))
    topical = np.arange(WORDS) // OF_TOPIC == labels[:, None]
    words = random.uniform(size=topical.shape) < np.where(topical, TOPICAL, COMMON)
    order = np.concatenate(
        [random.permutation(np.flatnonzero(labels == c)) for c in range(CLASSES)]
    )
    order = order.reshape(CLASSES, MEMBERS).T.reshape(-1)  # one of each class in turn
    stops = [CLASSES * TRAIN, CLASSES * (TRAIN + VALIDATION)]
    train, validation, test = np.split(order.astype(np.int32), stops)
    return Graph(
        "communities",
        "generated",
        **sparse_features(words),
        edges=edges.astype(np.int32),
        labels=labels.astype(np.int32),
        names=tuple(f"community {c}" for c in range(CLASSES)),
        nodes={"train": train, "validation": validation, "test": test},
    )
