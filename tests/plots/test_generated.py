import numpy as np
import pytest

from keras_dl import plots

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 5, 4, 1)).astype("uint8")


def picture(figure):
    return np.asarray(figure.axes[0].images[0].get_array())


def test_grid_holds_the_images_in_order():
    shown = picture(plots.image_grid(IMAGES, 3))
    assert shown.shape == (3 * 6, 3 * 5)
    np.testing.assert_array_equal(shown[6:11, 5:9], IMAGES[4, :, :, 0])
    assert (shown[12:, 5:] == 255).all()  # the last row has one image


def test_colours_stay():
    coloured = np.repeat(IMAGES, 3, axis=-1)
    assert picture(plots.image_grid(coloured, 7)).shape == (6, 35, 3)


def test_rows_are_epochs_the_first_and_the_last_among_them():
    figure = plots.samples_by_epoch(dict.fromkeys(range(3, 43), IMAGES))
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert len(labels) <= 12
    assert (labels[0], labels[-1]) == ("3", "42")
    assert picture(figure).shape == (6 * len(labels), 35)


def test_shares_stand_side_by_side_under_the_verdict():
    figure = plots.class_shares(
        np.array([0.5, 0.5]), np.array([0.9, 0.1]), ("T-shirt", "bag"), "Collapsed."
    )
    axes = figure.axes[0]
    assert [round(bar.get_height()) for bar in axes.patches] == [50, 50, 90, 10]
    assert axes.get_title() == "Collapsed."


def test_translations_have_a_column_each():
    figure = plots.translations({"source": IMAGES[:2], "made": IMAGES[2:4]})
    assert [axes.get_title() for axes in figure.axes[:2]] == ["source", "made"]
    assert len(figure.axes) == 4


@pytest.mark.parametrize(
    "call",
    [
        lambda: plots.image_grid(IMAGES[:0], 3),
        lambda: plots.samples_by_epoch({}),
        lambda: plots.class_shares(np.ones(2), np.ones(3), ("a", "b")),
        lambda: plots.translations({"a": IMAGES, "b": IMAGES[:1]}),
    ],
)
def test_nothing_to_draw_is_refused(call):
    with pytest.raises(ValueError, match="must"):
        call()


def test_columns_are_counted():
    with pytest.raises(ValueError, match="`columns` must be at least 1"):
        plots.image_grid(IMAGES, 0)
