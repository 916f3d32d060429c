"""Weights of classes from their frequency in the masks."""

import numpy as np

__all__ = ["median_frequency_weights"]


def median_frequency_weights(
    masks: np.ndarray, num_classes: int, *, power: float = 1.0
) -> np.ndarray:
    """Computes (median frequency / frequency of the class)^power.

    The frequency of a class is its share of the pixels of the masks it occurs in.

    Args:
        masks: class numbers (n, height, width); labels from `num_classes` on are left out.
        num_classes: number of classes.
        power: 1 is the paper's balancing, 0.5 its square root, 0 none.

    Returns:
        (num_classes,) float64; 1 for a class that does not occur.

    Reference:
        Eigen and Fergus, 2015, Predicting depth, surface normals and semantic labels,
        arXiv:1411.4734, section 6.3.2; Badrinarayanan et al., 2017, SegNet, section 4.1.
    """
    counts = np.stack([
        np.bincount(mask.reshape(-1), minlength=num_classes)[:num_classes] for mask in masks
    ])  # fmt: skip
    pixels = masks[0].size
    share = counts.sum(axis=0) / np.maximum((counts > 0).sum(axis=0) * pixels, 1)
    present = share > 0
    weights = np.ones(num_classes)
    weights[present] = (np.median(share[present]) / share[present]) ** power
    return weights
