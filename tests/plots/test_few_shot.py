import numpy as np
import pytest
from matplotlib.colors import to_hex

from keras_dl.plots.few_shot import episode, episode_accuracies


def test_an_episode_shows_support_queries_and_answers():
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 4, 1), dtype=np.uint8)
    figure = episode(images[:, :1], images[:, 1:], np.array([[0, 1], [1, 1]]), ["a", "b"])
    figure.draw_without_rendering()
    assert [a.get_title(loc="left") for a in figure.axes[::3]] == ["1 a", "2 b"]
    np.testing.assert_array_equal(figure.axes[5].images[0].get_array(), images[1, 2].squeeze())
    labels = [a.xaxis.label for i, a in enumerate(figure.axes) if i % 3]
    assert [label.get_text() for label in labels] == ["→ 1", "→ 2", "→ 2", "→ 2"]
    colours = [to_hex(label.get_color()) for label in labels]
    assert colours[0] == colours[2] == colours[3] != colours[1]


def test_accuracies_have_their_interval():
    ours = {(5, 1): (0.9, 0.01), (20, 1): (0.8, 0.02)}
    published = {"a paper": {(5, 1): 0.95}}
    figure = episode_accuracies({"ours": ours, "pixels": {(5, 1): (0.4, 0.01)}}, published)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["5-way 1-shot", "20-way 1-shot"]
    assert [bar.get_height() for bar in axes.patches] == [90, 80, 40]
    assert 95 in axes.lines[-1].get_ydata()


def test_an_interval_ends_below_100_percent():
    axes = episode_accuracies({"ours": {(5, 5): (0.998, 0.004)}}).axes[0]
    (ends,) = (np.ravel(c.get_segments()) for c in axes.collections)
    assert 90 < ends[1] < 99.8 < ends[3] < 100


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="must be equally long"):
        episode(np.zeros((2, 1, 4, 4, 1)), np.zeros((2, 1, 4, 4, 1)), np.zeros((2, 1)), ["a"])
    with pytest.raises(ValueError, match="must not be empty"):
        episode_accuracies({})
