"""Densities of latent-variable models, and the likelihood that importance sampling estimates."""

import math
from typing import Any

import numpy as np
from keras import ops

__all__ = ["flat", "importance_sampled", "kl_from_standard_normal", "log_density", "most_probable"]

ROWS = 10_000  # draws of the latent variables decoded at a time


def kl_from_standard_normal(mean: Any, log_variance: Any) -> Any:
    """KL divergence of N(mean, exp(log_variance)) from N(0, 1), for each latent variable.

    Args:
        mean: (…).
        log_variance: logarithm of the variance, same shape.

    Returns:
        ½·(μ² + σ² − 1 − log σ²) in nats, same shape.

    Reference:
        Kingma and Welling, 2014, appendix B.
    """
    square: Any = ops.square(mean)
    variance: Any = ops.exp(log_variance)
    return 0.5 * (square + variance - 1.0 - log_variance)


def log_density(likelihood: str, variance: float, target: Any, decoded: Any) -> Any:
    """Logarithm of p(x|z), summed over the numbers of an example.

    Args:
        likelihood: "bernoulli", where `decoded` are logits and targets in [0, 1], or "gaussian",
            where they are means.
        variance: of "gaussian".
        target: x, (batch, …).
        decoded: outputs of a decoder, (batch, …).

    Returns:
        (batch,) in nats.
    """
    x, output = flat(target), flat(decoded)
    if likelihood == "bernoulli":
        return ops.sum(x * output - ops.softplus(output), axis=-1)
    constant = 0.5 * x.shape[-1] * math.log(2 * math.pi * variance)
    squares: Any = ops.sum(ops.square(x - output), axis=-1)
    return -squares / (2 * variance) - constant


def flat(tensor: Any) -> Any:
    """Returns a tensor (batch, …) as float32 rows (batch, numbers)."""
    return ops.reshape(ops.cast(tensor, "float32"), (-1, math.prod(tensor.shape[1:])))


def most_probable(model: Any, x: Any) -> dict[str, Any]:
    """Codes and reconstructions for the label with the largest bound at the mean of q(z|x, y).

    Args:
        model: a conditional `VAE`.
        x: scaled examples (batch, …).

    Returns:
        {"code", "reconstruction", "logits"}, the result of the model's `call`.
    """
    size: Any = ops.shape(x)
    bounds, codes, means = [], [], []
    for label in range(model.num_classes):
        labels = model.one_hot(ops.full(size[:1], label, "int32"))
        mean, log_variance = model.encode(x, labels)
        decoded = model.decode(mean, labels)
        divergence: Any = ops.sum(kl_from_standard_normal(mean, log_variance), axis=-1)
        bounds.append(log_density(model.likelihood, model.variance, x, decoded) - divergence)
        codes.append(mean)
        means.append(model.means(decoded))
    logits: Any = ops.stack(bounds, axis=1)
    best: Any = ops.one_hot(ops.argmax(logits, axis=1), model.num_classes)  # (batch, classes)
    code, mean = (_of_label(ops.stack(parts, axis=1), best) for parts in (codes, means))
    return {"code": code, "reconstruction": mean, "logits": logits}


def _of_label(stacked: Any, mask: Any) -> Any:
    """Returns the rows (batch, …) of (batch, classes, …) where the one-hot mask is 1."""
    mask = ops.reshape(mask, (-1, mask.shape[1], *[1] * (len(stacked.shape) - 2)))
    return ops.sum(mask * stacked, axis=1)


def importance_sampled(
    model: Any, x: np.ndarray, y: np.ndarray | None, samples: int, seed: int
) -> np.ndarray:
    """Logarithm of the mean of p(x|z)·p(z)/q(z|x) over draws of q, for each example.

    Args:
        model: a `VAE`.
        x: raw examples (n, …).
        y: class numbers (n,) of a conditional model, else None.
        samples: draws for each example.
        seed: of the draws, the same on all backends.

    Returns:
        (n,) float64.
    """
    random, size = np.random.default_rng(seed), max(1, ROWS // samples)
    pieces = [slice(i, i + size) for i in range(0, len(x), size)]
    return np.concatenate(
        [_weighted(model, x[p], None if y is None else y[p], samples, random) for p in pieces]
    )


def _weighted(
    model: Any, x: np.ndarray, y: np.ndarray | None, samples: int, random: np.random.Generator
) -> np.ndarray:
    target = np.asarray(ops.convert_to_numpy(model.scaling(x)), "float32")
    if model.binarise:
        target = (random.random(target.shape) < target).astype("float32")
    target, labels = ops.convert_to_tensor(target), model.one_hot(y)
    mean, log_variance = model.encode(target, labels)
    shape = (samples, len(x), model.latent_dim)
    noise: Any = ops.convert_to_tensor(random.standard_normal(shape, dtype="float32"))
    deviation: Any = ops.exp(0.5 * log_variance)
    latent = mean + deviation * noise  # (samples, n, latent)
    rows = ops.reshape(latent, (-1, model.latent_dim))
    decoded = model.decode(rows, [ops.tile(label, (samples, 1)) for label in labels])
    tiled = ops.tile(flat(target), (samples, 1))
    given: Any = log_density(model.likelihood, model.variance, tiled, decoded)
    # log p(z) − log q(z|x)
    ratio: Any = ops.sum(0.5 * (ops.square(noise) + log_variance - ops.square(latent)), axis=-1)
    weights = ops.convert_to_numpy(ops.reshape(given, (samples, -1)) + ratio)
    return np.logaddexp.reduce(np.asarray(weights, np.float64), axis=0) - math.log(samples)
