"""What recipes report of a classifier between two domains."""

from typing import Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.algorithms import DomainAdaptation
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, with_scaling
from keras_dl.data.images.pixels import to_bytes
from keras_dl.models import domain_adversarial
from keras_dl.tasks.classification import ImageClassification, report_classification

__all__ = ["Adaptation", "build_domain_classifier", "report_adaptation", "task"]

ON_MAP = 150  # test images of each domain
PROBED = 1000  # the same, for the classifier of domains


def report_adaptation(model: Any, data: Data) -> dict[str, Any]:
    """Figures of a classifier between two domains: what it makes of either, and of their features.

    Args:
        model: `keras_dl.algorithms.DomainAdaptation`; takes raw images, gives logits.
        data: the target in test, `extras["source_test"]` from the sources, as
            `keras_dl.data.adaptation` joins them.

    Returns:
        Those of `classification` for the target; examples of both domains; the features of both in
        the plane of their first two principal components, with the first weights and the last.
        `source/accuracy`, the share of right labels in the source; `domain/accuracy`, of a
        logistic regression on the features that tells sources from target, learnt on one half of a
        thousand test images of each and tried on the other: 0.5 where they look alike.
    """
    domains = {"source": data.extras["source_test"], "target": data.test}
    right = outputs(model, domains["source"].x).argmax(axis=1) == domains["source"].y
    few = min(PROBED, *(len(s.x) for s in domains.values()))
    # A seed for each: the target may be made from the source's images in the same order.
    samples = {n: s.sample(few, seed) for seed, (n, s) in enumerate(domains.items())}
    inside = [_features(model.net, s.x) for s in samples.values()]
    shown = min(ON_MAP, few)
    x, y = (
        np.concatenate([getattr(s, part)[:shown] for s in samples.values()]) for part in ("x", "y")
    )
    maps = {
        "before training": _plane(_features(keras.models.clone_model(model.net), x)),
        "after": _plane(np.concatenate([rows[:shown] for rows in inside])),
    }
    return {
        **report_classification(model, data),
        "domains": plots.domain_examples({name: to_bytes(s.x[:8]) for name, s in samples.items()}),
        "features": plots.domain_map(maps, np.repeat([0, 1], shown), y, tuple(domains)),
        "source/accuracy": float(np.mean(right)),
        "domain/accuracy": _told_apart(*inside),
    }


def _features(net: Any, x: np.ndarray) -> np.ndarray:
    part: Any = keras.Model(net.input, net.get_layer("features").output)
    return part.predict(x.astype("float32") / 255, verbose=0)


def _plane(rows: np.ndarray) -> np.ndarray:
    left, sizes, _ = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    return left[:, :2] * sizes[:2]


def _told_apart(source: np.ndarray, target: np.ndarray) -> float:
    # scikit-learn takes a second to import.
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows, which = np.concatenate([source, target]), np.repeat([0, 1], [len(source), len(target)])
    order = np.random.default_rng(0).permutation(len(rows))
    learnt, tried = np.array_split(order, 2)
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=200))
    return float(probe.fit(rows[learnt], which[learnt]).score(rows[tried], which[tried]))


def build_domain_classifier(
    data: Data,
    optimizer: Any,
    *,
    mode: str,
    units: int = 100,
    batch_norm: bool = False,
    statistics: str = "joint",
    coral: float = 1.0,
) -> keras.Model:
    """Builds and compiles the digits' net of DANN for domains that `keras_dl.data` has joined.

    Args:
        data: as `keras_dl.data.adaptation` gives it; λ grows over its planned steps.
        optimizer: a Keras optimizer.
        mode: "reversal", "multitask", "source_only" or "coral".
        units: width of the hidden layers of both heads.
        batch_norm: normalize the batch in every hidden layer.
        statistics: "joint" or "separate", of the domains in a batch.
        coral: weight of the distance between covariances in the mode of that name.

    Returns:
        A compiled `keras_dl.algorithms.DomainAdaptation`.

    Raises:
        TypeError, ValueError: as the model and the net do.
    """
    net = domain_adversarial(
        data.input_shape,
        data.num_classes,
        domains=data.extras["domains"],
        units=units,
        batch_norm=batch_norm,
    )
    model = DomainAdaptation(
        with_scaling(data, net).get_layer("scaling"),
        net,
        mode=mode,
        total_steps=data.planned_steps,
        coral=coral,
        statistics=statistics,
    )
    model.compile(optimizer)
    return model


class Adaptation(ImageClassification):
    """Classifiers for a domain without labels; predictions are classes of images."""

    name = "adaptation"

    def report(self, model: keras.Model, data: Data) -> dict[str, Any]:
        """Returns the figures and numbers of `report_adaptation`."""
        return report_adaptation(model, data)


task = Adaptation()
