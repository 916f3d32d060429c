import keras
import numpy as np
import pytest

from keras_dl.backend.gradients import gradients
from keras_dl.layers import MaxPoolingWithIndices, MaxUnpooling
from tests.checks import check_saving

SHAPES = [(6, 8, 2), (7, 8, 2), (5, 9, 2), (7, 10, 3)]
KINDS = ["random", "relu", "constant"]


def maps_of(kind, height, width):
    maps = np.random.default_rng(0).normal(size=(2, height, width, 3)).astype("float32")
    if kind == "relu":  # most windows hold several zeros and nothing larger
        return np.maximum(maps - 1, 0)
    return np.full_like(maps, -2) if kind == "constant" else maps


def flat(places, size, width):
    """Number of the pixel in its map, as torch counts."""
    rows, columns = np.indices(places.shape[1:3])
    row = rows[None, :, :, None] * size + places // size
    return row * width + columns[None, :, :, None] * size + places % size


def run(maps, size):
    pooled, places = MaxPoolingWithIndices(size)(maps)
    restored = MaxUnpooling(size)([pooled, places, maps])
    return [keras.ops.convert_to_numpy(x) for x in (pooled, places, restored)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("height", "width", "size"), SHAPES)
def test_equals_torch_ties_included(kind, height, width, size):
    torch = pytest.importorskip("torch", reason="torch is the reference")
    maps = maps_of(kind, height, width)
    pooled, places, restored = run(maps, size)
    theirs = torch.tensor(maps).permute(0, 3, 1, 2)
    values, index = torch.nn.functional.max_pool2d(
        theirs, size, return_indices=True, ceil_mode=True
    )
    unpooled = torch.nn.functional.max_unpool2d(values, index, size, output_size=theirs.shape)
    np.testing.assert_array_equal(pooled, values.permute(0, 2, 3, 1))
    np.testing.assert_array_equal(flat(places.astype(int), size, width), index.permute(0, 2, 3, 1))
    np.testing.assert_array_equal(restored, unpooled.permute(0, 2, 3, 1))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("height", "width", "size"), [s for s in SHAPES if s[2] == 2])
def test_equals_tensorflow_ties_included(kind, height, width, size):
    tf = pytest.importorskip("tensorflow", reason="TensorFlow is the reference")
    maps = maps_of(kind, height, width)
    pooled, places, _ = run(maps, size)
    values, index = tf.nn.max_pool_with_argmax(maps, size, size, "SAME")
    np.testing.assert_array_equal(pooled, values)
    channel = np.arange(3)
    np.testing.assert_array_equal(flat(places.astype(int), size, width) * 3 + channel, index)


def test_of_equal_values_one_is_taken_and_gets_the_gradient():
    def total(tensors):
        pooled, places = MaxPoolingWithIndices()(tensors[0])
        return keras.ops.sum(3 * MaxUnpooling()([pooled, places, tensors[0]]))

    (gradient,) = gradients(total, [np.ones((1, 4, 4, 1), "float32")])
    expected = np.zeros((4, 4))
    expected[::2, ::2] = 3
    np.testing.assert_array_equal(gradient[0, :, :, 0], expected)
    restored = run(np.ones((1, 4, 4, 1), "float32"), 2)[2]
    assert restored.sum() == 4  # and not 16: an equality mask would copy each value to all ties


@pytest.mark.parametrize("size", [(None, None), (7, 9)])
def test_models_of_fixed_and_varying_size_are_saved(size):
    image = keras.Input((*size, 2))
    pooled, places = MaxPoolingWithIndices()(image)
    model = keras.Model(image, MaxUnpooling()([pooled, places, image]))
    assert model.output_shape == (None, *size, 2)
    check_saving(model, np.random.default_rng(0).random((1, 7, 9, 2), "float32"))


def test_half_precision_and_negative_values_survive_the_border():
    maps = np.full((1, 3, 3, 1), -60000.0, "float16")
    pooled, places = MaxPoolingWithIndices(dtype="float16")(maps)
    assert (keras.ops.convert_to_numpy(pooled) == -60000).all()
    assert (keras.ops.convert_to_numpy(places) == 0).all()


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="`size` must be at least 2"):
        MaxPoolingWithIndices(1)
    with pytest.raises(ValueError, match="`size` must be at most 15"):
        MaxUnpooling(16)
    with pytest.raises(TypeError, match="`size` must be an integer"):
        MaxUnpooling(2.0)
