import keras
import numpy as np
import pytest

from keras_dl.initializers import INITIALIZERS, LeCun1989, make_initializer
from keras_dl.models import lenet5, mlp
from tests.checks import check_saving


def _draw(name, shape):
    keras.utils.set_random_seed(0)
    return keras.ops.convert_to_numpy(make_initializer(name)(shape))


def test_xavier_is_uniform_with_the_exact_bound():
    draw = _draw("glorot_uniform", (300, 500))
    bound = np.sqrt(6 / (300 + 500))
    assert np.abs(draw).max() <= np.float32(bound)
    assert np.abs(draw).max() > bound * (1 - 1e-3)  # 150,000 draws come that close
    assert draw.var() == pytest.approx(2 / (300 + 500), rel=0.02)
    assert draw.mean() == pytest.approx(0, abs=4 * draw.std() / np.sqrt(draw.size))


@pytest.mark.parametrize("name", ["he_normal", "he_gaussian"])
@pytest.mark.parametrize("shape", [(300, 500), (5, 5, 12, 500)])
def test_he_variance_is_two_over_the_inputs(name, shape):
    draw = _draw(name, shape)
    assert draw.var() == pytest.approx(2 / 300, rel=0.02)


def test_only_the_gaussian_form_has_tails():
    deviation = np.sqrt(2 / 300)
    # Keras cuts at two deviations of a wider normal, which are 2/0.8796 of the final one.
    assert np.abs(_draw("he_normal", (300, 500))).max() < 2.3 * deviation
    assert np.abs(_draw("he_gaussian", (300, 500))).max() > 3.5 * deviation


@pytest.mark.parametrize("shape", [(25, 4000), (5, 5, 1, 4000)])
def test_lecun_1989_is_uniform_within_2_4_over_the_inputs(shape):
    draw = _draw("lecun_1989", shape)
    assert 0.999 * 2.4 / 25 < np.abs(draw).max() <= np.float32(2.4 / 25)
    assert draw.var() == pytest.approx((2.4 / 25) ** 2 / 3, rel=0.02)


def test_gaussian_of_alexnet():
    assert _draw("gaussian_0.01", (300, 500)).std() == pytest.approx(0.01, rel=0.02)


def test_constants():
    assert (_draw("zeros", (2, 3)) == 0).all()
    assert (_draw("ones", (2, 3)) == 1).all()


@pytest.mark.parametrize("name", sorted(set(INITIALIZERS) - {"zeros", "ones"}))
def test_two_of_a_name_draw_differently(name):
    first, second = (keras.ops.convert_to_numpy(make_initializer(name)((4, 4))) for _ in range(2))
    assert (first != second).any()


def test_lecun_1989_with_a_seed_repeats():
    draws = [keras.ops.convert_to_numpy(LeCun1989(seed=3)((4, 4))) for _ in range(2)]
    np.testing.assert_array_equal(*draws)
    assert LeCun1989.from_config(LeCun1989(seed=3).get_config()).seed == 3


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_builder_takes_every_name(name):
    model = mlp((4,), 2, units=(4,), initializer=name)
    check_saving(model, np.ones((1, 4), "float32"))


def test_a_net_with_our_initializer_loads():
    model = lenet5((28, 28, 1), 3, initializer="lecun_1989")
    check_saving(model, np.ones((1, 28, 28, 1), "float32"))
    kernel = keras.ops.convert_to_numpy(model.get_layer("c1").kernel)
    assert np.abs(kernel).max() <= np.float32(2.4 / 25)


def test_unknown_name_lists_the_known():
    with pytest.raises(ValueError, match=r"must be one of .*he_gaussian.*lecun_1989.*'xavier'"):
        make_initializer("xavier")
