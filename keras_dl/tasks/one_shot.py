"""One-shot classification and verification by the scores of pairs, of unseen classes."""

from typing import TYPE_CHECKING, Any

import numpy as np
from keras import ops
from scipy.special import softmax

from keras_dl import plots
from keras_dl.algorithms.siamese import SiameseNetwork
from keras_dl.data import Data
from keras_dl.data.few_shot import Episodes
from keras_dl.data.few_shot.loading import TEST_EPISODES
from keras_dl.metrics.classification import roc_auc, roc_curve
from keras_dl.tasks.episode_figures import Interval, interval_of
from keras_dl.tasks.few_shot import FewShot, episode_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["OneShot", "pair_scores", "task"]

WAYS = (5, 20)
LARGEST = 2**24  # differences of embeddings in memory


class OneShot(FewShot):
    """Trains on pairs, reports one-shot and verification accuracy, predicts from a support."""

    name = "one_shot"

    def report(self, model: Any, data: Data) -> dict[str, Any]:
        """Measures one-shot classification and verification on test classes.

        Args:
            model: with its best weights.
            data: as `keras_dl.data.few_shot.few_shot` loads it.

        Returns:
            `one_shot/5way` … of 1,000 episodes, `within_groups/…` of episodes within groups,
            `official_runs/20way` of Omniglot's 20 runs, where the data have them: shares, with
            `…_ci95`, the half width of the 95 % interval. `verification/auc` of pairs of one class
            and as many others, `verification/accuracy` at the threshold that is best in validation.
            Figures `roc` and `episode`.
        """
        points = self.embeddings(model, data.test.x)
        groups = data.extras.get("groups", ())
        shares: dict[str, Interval] = {}
        for name, own in (("one_shot", ()), ("within_groups", groups)):
            for way in WAYS if name == "one_shot" or groups else ():
                if (scores := _episode_scores(model, points, data.test.y, way, own)) is not None:
                    shares[f"{name}/{way}way"] = interval_of(accuracy(scores))
        if runs := data.extras.get("official_runs"):
            images = self.embeddings(model, runs.x.reshape(-1, *runs.x.shape[3:]))
            scores = pair_scores(model, images.reshape(*runs.x.shape[:3], -1))
            shares["official_runs/20way"] = interval_of(accuracy(scores))
        report: dict[str, Any] = {name: mean for name, (mean, _) in shares.items()}
        report |= {f"{name}_ci95": half for name, (_, half) in shares.items()}
        return {
            **report,
            **_verification(model, data, points, self.embeddings(model, data.validation.x)),
            "episode": episode_figure(self, model, data, points),
        }

    def probabilities(
        self, model: Any, support: np.ndarray, labels: np.ndarray, queries: np.ndarray
    ) -> np.ndarray:
        """Computes the softmax over the classes' mean scores, (m, classes).

        Args:
            model: of the run.
            support: embeddings (n, dim).
            labels: class numbers of the support (n,).
            queries: embeddings (m, dim).
        """
        scores = np.asarray(ops.convert_to_numpy(model.scores(queries, support)))
        classes = range(labels.max() + 1)
        means = [scores[:, labels == c].mean(axis=1, dtype=np.float64) for c in classes]
        return softmax(np.stack(means, axis=1), axis=1)


def pair_scores(model: SiameseNetwork, points: np.ndarray) -> np.ndarray:
    """Computes the scores of the pairs of each episode.

    Args:
        model: its `scores`.
        points: embeddings (episodes, way, 2, dim).

    Returns:
        (episodes, way, way): second images along the first axis, first images along the last.
    """
    way, dim = points.shape[1], points.shape[-1]
    size = max(1, LARGEST // (way * way * dim))  # episodes at a time
    parts = [points[start : start + size] for start in range(0, len(points), size)]
    scores = [ops.convert_to_numpy(model.scores(p[:, :, 1], p[:, :, 0])) for p in parts]
    return np.concatenate([np.asarray(rows) for rows in scores])


def accuracy(scores: np.ndarray) -> np.ndarray:
    """Returns the share of second images with the best score at their own class, by episode.

    Args:
        scores: (episodes, way, way).
    """
    return np.mean(scores.argmax(axis=-1) == np.arange(scores.shape[1]), axis=1)


def _episode_scores(
    model: SiameseNetwork, points: np.ndarray, labels: np.ndarray, way: int, groups: Any
) -> np.ndarray | None:
    """Returns the scores of 1,000 episodes, or None where there are too few classes."""
    try:
        sampler = Episodes(labels, way=way, shot=1, query=1, episodes=TEST_EPISODES,
                           split="test", groups=groups)  # fmt: skip
    except ValueError:
        return None
    return pair_scores(model, points[sampler.indices(0, 0, 1, None)])


def _verification(
    model: SiameseNetwork, data: Data, test: np.ndarray, validation: np.ndarray
) -> dict[str, Any]:
    """Returns area, accuracy and figure of the ROC curve, from embeddings."""
    pairs = {}
    for name, points in (("test", test), ("validation", validation)):
        labels = data.splits[name].y
        way = min(20, int(labels.max()) + 1)
        scores = _episode_scores(model, points, labels, way, ())
        assert scores is not None  # `few_shot` has drawn such episodes
        same = np.diagonal(scores, axis1=1, axis2=2)
        # As many of different classes: each second image with the first one of the next class.
        other = np.diagonal(np.roll(scores, 1, axis=2), axis1=1, axis2=2)
        positive = np.r_[np.ones(same.size, bool), np.zeros(other.size, bool)]
        pairs[name] = positive, np.r_[same.ravel(), other.ravel()]
    threshold = best_threshold(*pairs["validation"])
    positive, scores = pairs["test"]
    area = roc_auc(positive, scores)
    figure: Figure = plots.roc({"pairs of new classes": (*roc_curve(positive, scores), area)})
    return {
        "verification/auc": area,
        "verification/accuracy": float(np.mean((scores >= threshold) == positive)),
        "roc": figure,
    }


def best_threshold(positive: np.ndarray, scores: np.ndarray) -> float:
    """Returns the score from which on pairs count as of one class with the fewest errors.

    Args:
        positive: whether a pair is of one class, (pairs,) bool.
        scores: (pairs,).
    """
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(np.where(positive[order], 1, -1))
    return float(scores[order][hits.argmax()])


task = OneShot()
