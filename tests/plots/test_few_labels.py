import numpy as np
import pytest

from keras_dl import plots

RANDOM = np.random.default_rng(0)
NONE = np.array([[0.7, 0.72, 0.71], [0.9, 0.9, 0.91]])


def test_means_with_intervals_and_paired_differences():
    gained = NONE + np.array([[0.05, 0.05, 0.05], [0.01, np.nan, 0.01]])
    panels = {"sigmoid": {"method none": NONE, "method rbm": gained}, "relu": {"a": NONE}}
    figure = plots.label_efficiency([100, 6000], panels, "test/accuracy")
    above, _, below, _ = figure.axes
    assert above.get_title() == "sigmoid"
    assert above.get_ylabel() == "test/accuracy, %"
    lines = [container.lines[0].get_ydata().astype(float) for container in above.containers]
    np.testing.assert_allclose(lines, [[71, 90.333], [76, 91.5]], atol=0.01)
    (difference,) = below.containers
    np.testing.assert_allclose(difference.lines[0].get_ydata().astype(float), [5, 1])
    # Equal gains of all seeds: their interval has no width, though the seeds differ.
    segments = difference.lines[2][0].get_segments()
    np.testing.assert_allclose([s[1][1] - s[0][1] for s in segments], 0, atol=1e-6)
    assert [label.get_text() for label in below.get_xticklabels()] == ["100", "6,000"]


def test_interval_is_student_s():
    scores = RANDOM.normal(size=(1, 5))
    figure = plots.label_efficiency([10], {"": {"m": scores}}, "test/loss")
    ((segment,),) = (c.lines[2][0].get_segments() for c in figure.axes[0].containers)
    width = 2.776 * scores.std(ddof=1) / np.sqrt(5)
    assert segment[1][1] - scores.mean() == pytest.approx(width, rel=1e-3)


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="`labels`, `p m` must be equally long"):
        plots.label_efficiency([10, 20, 30], {"p": {"m": NONE}}, "test/accuracy")
