"""One number for two objectives: random weights, so that trials spread over the Pareto front.

Source: Knowles, "ParEGO: a hybrid algorithm with on-line landscape approximation for expensive
multiobjective optimization problems", IEEE Transactions on Evolutionary Computation 10 (2006),
equation 2 (the augmented Tchebycheff function).
"""

import numpy as np

__all__ = ["clipped", "scalarized"]

AUGMENTATION = 0.05  # weight of the sum beside the maximum, which breaks ties
WORST = 2.0  # distances of the best from the median beyond which worse is the same


def clipped(scores: np.ndarray) -> np.ndarray:
    """Returns scores of which those much worse than the median are equal.

    Otherwise a single diverged trial would hide all other differences.
    """
    middle = np.median(scores)
    return np.maximum(scores, middle - WORST * (scores.max() - middle))


def scalarized(scores: np.ndarray, costs: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Returns one number per trial for a random weighting of score and cost.

    Both are scaled to [0, 1], costs on a logarithmic scale.

    Args:
        scores: (trials), larger is better.
        costs: (trials), positive, smaller is better.
        random: source of the weight.

    Returns:
        (trials), larger is better.
    """
    weight = random.uniform()
    losses = [weight * _unit(-clipped(scores)), (1 - weight) * _unit(np.log(costs))]
    return -(np.max(losses, axis=0) + AUGMENTATION * np.sum(losses, axis=0))


def _unit(values: np.ndarray) -> np.ndarray:
    return (values - values.min()) / (np.ptp(values) or 1.0)
