"""False alarms and false rejects of a keyword spotter."""

from typing import NamedTuple

import numpy as np

__all__ = ["Alarms", "OperatingPoints", "alarms", "operating_points"]


class Alarms(NamedTuple):
    """What a spotter says of windows.

    Attributes:
        keyword: number of the most probable keyword, (n,) int64.
        score: its probability (n,); the spotter raises an alarm where it reaches a threshold.
    """

    keyword: np.ndarray
    score: np.ndarray


class OperatingPoints(NamedTuple):
    """Rates of a spotter by threshold, from the highest threshold to the lowest.

    Attributes:
        thresholds: (points,), each different score once, the first one above all scores.
        false_alarms: per hour of sound without keywords, (points,).
        false_rejects: share of the keywords without an alarm of their own, (points,).
    """

    thresholds: np.ndarray
    false_alarms: np.ndarray
    false_rejects: np.ndarray

    def at(self, false_alarms: float) -> tuple[float, float]:
        """Returns threshold and false rejects at the most alarms that do not exceed a rate.

        Args:
            false_alarms: largest rate per hour, 0 or more.
        """
        point = int(np.flatnonzero(self.false_alarms <= false_alarms)[-1])
        return float(self.thresholds[point]), float(self.false_rejects[point])


def alarms(probabilities: np.ndarray, num_keywords: int) -> Alarms:
    """Returns the most probable keyword of each window.

    Args:
        probabilities: (n, classes), keywords first.
        num_keywords: number of keywords.
    """
    keywords = probabilities[:, :num_keywords]
    return Alarms(keywords.argmax(axis=1), keywords.max(axis=1))


def operating_points(
    probabilities: np.ndarray, y: np.ndarray, num_keywords: int, *, seconds: float = 1.0
) -> OperatingPoints:
    """Counts false alarms and false rejects at each threshold.

    A window without a keyword is a false alarm if the spotter raises one. A window with a keyword
    is a false reject if it does not, or names another keyword.

    Args:
        probabilities: (n, classes), keywords first.
        y: class numbers (n,).
        num_keywords: number of keywords.
        seconds: duration of a window.

    Raises:
        ValueError: if no window has a keyword, or all have one.

    Reference:
        Sainath and Parada, 2015, Convolutional Neural Networks for Small-footprint Keyword
        Spotting, section 4: false reject rate at one false alarm per hour.

    Example:
        >>> y, chance = np.array([0, 0, 1]), np.array([[0.9, 0.1], [0.3, 0.7], [0.5, 0.5]])
        >>> operating_points(chance, y, 1).at(0.0)
        (0.9, 0.5)
    """
    positive = np.asarray(y) < num_keywords
    if positive.all() or not positive.any():
        raise ValueError(
            "`y` must hold windows with and without keywords. "
            f"Received: {int(positive.sum())} of {len(positive)} with one"
        )
    named, score = alarms(probabilities, num_keywords)
    thresholds = np.r_[np.nextafter(score.max(), np.inf), np.unique(score)[::-1]]
    right = np.sort(score[positive & (named == y)])
    wrong = np.sort(score[~positive])
    heard = len(right) - np.searchsorted(right, thresholds)
    false = len(wrong) - np.searchsorted(wrong, thresholds)
    hours = len(wrong) * seconds / 3600
    return OperatingPoints(thresholds, false / hours, 1 - heard / int(positive.sum()))
