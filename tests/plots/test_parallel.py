"""Parallel coordinates: no trial is lost, whatever is idle."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from keras_dl.plots import Axis, parallel_coordinates
from keras_dl.plots.parallel import IDLE

AXES = [
    Axis("learning_rate", [1e-4, 1e-2, 1e-3, 1e-3], log=True),
    Axis("optimizer", ["adam", "sgd", "sgd", "adam"]),
    Axis("momentum", [None, 0.9, 0.5, None]),
    Axis("units", [(32,), (64, 64), (32,), (32,)]),
]


def segments(figure):
    collections = figure.axes[0].collections
    found = [c.get_segments() for c in collections if isinstance(c, LineCollection)]
    return [s for group in found for s in group if len(s) >= len(AXES)]


def test_every_trial_is_a_line_and_idle_values_have_their_own_tick():
    figure = parallel_coordinates(AXES, [0.8, 0.9, 0.7, None], "max", "val_accuracy")
    lines = segments(figure)
    assert len(lines) == 4
    assert sum(bool(np.isclose(line[2, 1], IDLE)) for line in lines) == 2
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts.count("idle") == 1
    assert {"adam", "sgd", "32", "64,64"} <= set(texts)


def test_logarithmic_axis_has_the_middle_at_the_geometric_mean():
    figure = parallel_coordinates(AXES, [0.8, 0.9, 0.7, 0.6], "min", "val_loss")
    heights = sorted(line[0, 1] for line in segments(figure))
    np.testing.assert_allclose(heights, [0, 0.5, 0.5, 1])
    best = next(line for line in figure.axes[0].lines if line.get_label() == "best trial")
    assert best.get_ydata()[0] == pytest.approx(0.5)  # the trial of 0.6


def test_single_values_and_failures_alone_are_drawn(tmp_path):
    axes = [Axis("a", [1, 1]), Axis("b", [True, None])]
    figure = parallel_coordinates(axes, [None, None], "max", "s")
    figure.savefig(tmp_path / "figure.png")
    with pytest.raises(ValueError, match="equally long"):
        parallel_coordinates([Axis("a", [1])], [0.1, 0.2], "max", "s")
