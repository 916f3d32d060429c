import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from keras_dl.algorithms.tiling import tiled


def smooth(image):
    """A filter that reaches three pixels far and sees zeros beyond the border."""
    return uniform_filter(image.astype(float), size=(7, 7, 1), mode="constant")


@pytest.mark.parametrize("shape", [(40, 40), (41, 57), (16, 90), (7, 9), (33, 16)])
@pytest.mark.parametrize(("tile", "overlap"), [(16, 6), (24, 7), (16, 15)])
def test_tiles_give_what_the_whole_image_gives(shape, tile, overlap):
    image = np.random.default_rng(0).random((*shape, 2))
    joined = tiled(smooth, image, tile=tile, overlap=overlap)
    np.testing.assert_allclose(joined, smooth(image), atol=1e-12)


def test_tiles_are_no_larger_than_asked():
    shapes = []
    tiled(lambda part: shapes.append(part.shape) or part, np.zeros((50, 70, 1)), tile=32, overlap=8)
    assert max(max(shape) for shape in shapes) == 32
    assert len(shapes) == 2 * 3


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="`overlap` must be below `tile`"):
        tiled(smooth, np.zeros((4, 4, 1)), tile=4, overlap=4)
    with pytest.raises(ValueError, match="`tile` must be at least 1"):
        tiled(smooth, np.zeros((4, 4, 1)), tile=0, overlap=0)
