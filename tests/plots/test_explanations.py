"""Figures of explanations and of the ImageNet challenge."""

import numpy as np
import pytest

from keras_dl import plots
from keras_dl.facts.ilsvrc import RESULTS

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 8, 6, 3), dtype="uint8")


def _images(figure):
    return [image for axes in figure.axes for image in axes.get_images()]


def test_signed_maps_are_centred_and_others_start_at_zero():
    maps = np.random.default_rng(1).normal(size=(3, 4, 3))
    maps[0] = np.abs(maps[0])
    figure = plots.attribution_grid(IMAGES, maps, ["a", "b", "c"], quantity="q")
    drawn = [axes.get_images()[0] for axes in figure.axes[1::3]]
    assert [low for low, _ in (image.get_clim() for image in drawn[:1])] == [0]
    for image in drawn[1:]:
        low, high = image.get_clim()
        assert low == -high


def test_maps_of_zeros_are_drawn():
    grid = plots.attribution_grid(IMAGES, np.zeros((3, 8, 6)), ["", "", ""], quantity="q")
    for axes in grid.axes[1::3]:
        low, high = axes.get_images()[0].get_clim()
        assert low < high
    patches = plots.patch_grid(IMAGES[None, :, :6], np.zeros((1, 3, 6, 6, 3)), ["filter 1"])
    assert all(np.isfinite(image.get_array()).all() for image in _images(patches))


def test_error_per_year_connects_the_winners():
    figure = plots.error_per_year(RESULTS, human=5.1)
    x, y = figure.axes[0].get_lines()[0].get_data()
    assert list(x) == [2012, 2013, 2014, 2015]
    assert list(y) == [15.3, 11.7, 6.6, 3.57]


@pytest.mark.parametrize(
    "call",
    [
        lambda: plots.attribution_grid(IMAGES, np.zeros((2, 8, 6)), ["a"] * 3, quantity="q"),
        lambda: plots.captioned_columns({"a": IMAGES}, ["x"]),
        lambda: plots.error_per_year({}),
        lambda: plots.error_per_year({2012: {}}),
        lambda: plots.channel_filters(np.zeros((3, 3, 3, 4)), []),
    ],
)
def test_unequal_numbers_are_refused(call):
    with pytest.raises(ValueError, match="Received lengths"):
        call()
