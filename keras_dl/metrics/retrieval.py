"""Retrieval by the similarity of embeddings."""

import numpy as np

__all__ = ["prompt_accuracy", "recall_at_one"]


def recall_at_one(
    queries: np.ndarray, labels: np.ndarray, gallery: np.ndarray, gallery_labels: np.ndarray
) -> float:
    """Computes the share of queries whose most similar example is of their class.

    Args:
        queries: embeddings of length 1 (n, dim).
        labels: class numbers (n,).
        gallery: embeddings of length 1 (m, dim).
        gallery_labels: class numbers (m,).

    Returns:
        In [0, 1]; chance is the share of the class in the gallery.
    """
    nearest = (queries @ gallery.T).argmax(axis=1)
    return float(np.mean(gallery_labels[nearest] == labels))


def prompt_accuracy(
    examples: np.ndarray, labels: np.ndarray, prompts: np.ndarray, prompt_labels: np.ndarray
) -> tuple[float, np.ndarray]:
    """Classifies examples by the mean embedding of the prompts of each class.

    Args:
        examples: embeddings of length 1 (n, dim).
        labels: class numbers (n,).
        prompts: embeddings of length 1 (m, dim), of another modality.
        prompt_labels: class numbers (m,).

    Returns:
        Share of correct classes, in [0, 1], and the predicted class numbers (n,).

    Reference:
        Radford et al., 2021, arXiv:2103.00020, sections 3.1.2 and 3.1.4 (ensembles of prompts).
    """
    classes = np.unique(prompt_labels)
    means = np.stack([prompts[prompt_labels == c].mean(axis=0) for c in classes])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    predicted = classes[(examples @ means.T).argmax(axis=1)]
    return float(np.mean(predicted == labels)), predicted
