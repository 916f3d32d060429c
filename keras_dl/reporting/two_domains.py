"""What recipes report of a classifier between two domains."""

from typing import Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.data import Data
from keras_dl.reporting.classification import classification

__all__ = ["adaptation"]

ON_MAP = 150  # test images of each domain


def adaptation(model: Any, data: Data) -> dict[str, Any]:
    """Figures of a classifier between two domains: what it makes of either, and of their features.

    Args:
        model: `keras_dl.objectives.DomainAdaptation`; takes raw images, gives logits.
        data: the target in test, `extras["source_test"]` from the source, as
            `keras_dl.data.two_domains` joins them.

    Returns:
        Those of `classification` for the target; examples of both domains; the features of both in
        the plane of their first two principal components; shares of right labels in the source and
        of right domains.
    """
    net, domains = model.net, {"source": data.extras["source_test"], "target": data.test}
    seen = {
        name: net.predict(s.x.astype("float32") / 255, verbose=0) for name, s in domains.items()
    }
    told = [np.mean(seen[name]["domain"].argmax(axis=1) == i) for i, name in enumerate(domains)]
    right = seen["source"]["label"].argmax(axis=1) == domains["source"].y
    few = min(ON_MAP, *(len(s.x) for s in domains.values()))
    x, y = (
        np.concatenate([getattr(s, part)[:few] for s in domains.values()]) for part in ("x", "y")
    )
    features: Any = keras.Model(net.input, net.get_layer("features").output)
    inside = features.predict(x.astype("float32") / 255, verbose=0)
    left, sizes, _ = np.linalg.svd(inside - inside.mean(axis=0), full_matrices=False)
    return {
        **classification(model, data),
        "domains": plots.domain_examples({name: s.x[:8] for name, s in domains.items()}),
        "features": plots.domain_map(
            left[:, :2] * sizes[:2], np.repeat([0, 1], few), y, tuple(domains)
        ),
        "source/accuracy": float(np.mean(right)),
        "domain/accuracy": float(np.mean(told)),
    }
