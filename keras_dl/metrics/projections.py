"""Projections of features on the plane, for figures."""

import numpy as np

__all__ = ["project"]


def project(features: np.ndarray, *, seed: int = 0) -> dict[str, np.ndarray]:
    """Projects features by principal components and by t-SNE.

    Features of two columns or fewer are shown as they are.

    Args:
        features: (n, …); all axes after the first are joined.
        seed: of t-SNE.

    Returns:
        Title → (n, 2): "two principal components" and, of 10 examples or more, "t-SNE".

    Raises:
        ValueError: if there are fewer than two examples.

    Reference:
        van der Maaten and Hinton, 2008, Visualizing Data using t-SNE, Journal of Machine Learning
        Research 9.
    """
    points = np.asarray(features, np.float64).reshape(len(features), -1)
    if len(points) < 2:
        raise ValueError(f"`features` must be two or more. Received: {len(points)}")
    if points.shape[1] <= 2:
        return {"code": np.pad(points, ((0, 0), (0, 2 - points.shape[1])))}
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    maps = {"two principal components": PCA(2, random_state=seed).fit_transform(points)}
    if len(points) >= 10:
        perplexity = min(30.0, (len(points) - 1) / 3)
        tsne = TSNE(2, perplexity=perplexity, init="pca", random_state=seed, max_iter=500)
        maps["t-SNE"] = tsne.fit_transform(points)
    return maps
