import numpy as np
import pytest
from recipes.lecun1989 import build, data, recipe


def test_net_has_the_papers_parameters():
    assert build(data(dataset="digits")).count_params() == 9_760


def test_colour_images_turn_grey_and_background_is_minus_one():
    pixels = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3)).astype("uint8")
    images = data(dataset=(pixels, np.arange(40) % 2))
    model = build(images, shift=0)
    grey = np.dot(pixels[:4], [0.2989, 0.5870, 0.1140])[..., None] / 255
    inner = model.get_layer("lecun1989").get_layer("lecun1989")
    expected = inner.predict((2 * grey - 1).astype("float32"), verbose=0)
    np.testing.assert_allclose(model.predict(pixels[:4], verbose=0), expected, atol=1e-3)


def test_report_has_the_kernels_of_h1(store):
    result = recipe.run(dataset="digits", budget="smoke", steps_per_epoch=2, verbose=False)
    assert {"filters", "confusion_matrix", "mistakes"} <= set(result.figures)


@pytest.mark.slow
def test_learns_digits(store):
    result = recipe.run(dataset="digits", epochs=8, verbose=False)
    assert result.metrics["test/accuracy"] > 0.93
