import pytest

from keras_dl.plots.probes import probe_bars


def test_bars_have_the_accuracy_of_each_probe():
    table = {"learnt": {"knn": 0.6, "linear_probe": 0.7}, "pixels": {"knn": 0.3}}
    figure = probe_bars(table, 1000)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([60, 70, 30])
    assert [t.get_text() for t in axes.get_xticklabels()] == [
        "nearest neighbours", "linear classifier"]  # fmt: skip


def test_nothing_is_refused():
    with pytest.raises(ValueError, match="must not be empty"):
        probe_bars({}, 10)
