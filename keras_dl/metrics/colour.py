"""Colour statistics and sharpness of generated images against real ones."""

import numpy as np

__all__ = ["colour_overlap", "lab", "sharpness"]

# sRGB to CIE XYZ, D65; IEC 61966-2-1.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
EDGES = {"L": (0.0, 100.0), "a": (-100.0, 100.0), "b": (-100.0, 100.0)}
BINS = 100


def lab(images: np.ndarray) -> np.ndarray:
    """Converts sRGB pixels to CIE L*a*b*; grey images have a = b = 0.

    Args:
        images: pixels (…, 3 or 1) uint8.

    Returns:
        (…, 3) float64: L in 0..100, a and b about -100..100.
    """
    share = np.broadcast_to(images, (*images.shape[:-1], 3)) / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    xyz = linear @ XYZ.T / XYZ.sum(axis=1)
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def colour_overlap(real: np.ndarray, fake: np.ndarray) -> dict[str, float]:
    """Computes the intersection of the histograms of lightness and colours of two image sets.

    Args:
        real: real images (n, height, width, 3 or 1) uint8.
        fake: generated images of the same shape.

    Returns:
        "L", "a" and "b" → intersection in [0, 1], 1 for equal histograms.

    Reference:
        Isola et al., 2017, Image-to-Image Translation with Conditional Adversarial Networks,
        arXiv:1611.07004, section 4.2 and figure 7.
    """
    channels = [np.moveaxis(lab(images), -1, 0) for images in (real, fake)]
    overlaps = {}
    for name, first, second in zip(EDGES, *channels, strict=True):
        low, high = EDGES[name]
        parts = [
            np.histogram(values.clip(low, high), BINS, (low, high))[0] / values.size
            for values in (first, second)
        ]
        overlaps[name] = float(np.minimum(*parts).sum())
    return overlaps


def sharpness(real: np.ndarray, fake: np.ndarray) -> float:
    """Computes the mean gradient magnitude of generated images over that of real ones.

    Args:
        real: real images (n, height, width, channels) uint8.
        fake: generated images of the same shape.

    Returns:
        The ratio; 1 for equal sharpness, below 1 for blurred images.
    """
    return _steps(fake) / max(_steps(real), 1e-12)


def _steps(images: np.ndarray) -> float:
    values = images.astype("float64")
    return float(sum(np.abs(np.diff(values, axis=axis)).mean() for axis in (1, 2)))
