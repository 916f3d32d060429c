import keras
import numpy as np
import pytest

from keras_dl.optimizers import make_optimizer


def second_step(name, **options):
    """How far the second step goes against a gradient of 1."""
    weight = keras.Variable([0.0])
    made = make_optimizer(name, 0.1, **options)
    places = []
    for _ in range(2):
        made.apply([keras.ops.ones(1)], [weight])
        places.append(float(keras.ops.convert_to_numpy(weight)[0]))
    return places[0] - places[1]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gradient_descent", 0.1),
        ("momentum", 0.1 * 1.5),  # v2 = 1 + 0.5
        ("sgd", 0.1 * (1 + 0.5 * 1.5)),  # Nesterov's looks ahead: g + μ·v2
        ("rmsprop", 0.1 / np.sqrt(0.19)),  # mean square 0.9·0.1 + 0.1
        ("adam", 0.1),  # corrected moments of a constant gradient are 1
    ],
)
def test_second_step_by_hand(name, expected):
    assert second_step(name, momentum=0.5) == pytest.approx(expected, rel=1e-4)


def test_rate_falls_along_half_a_cosine():
    # of two planned steps the second is made at half the rate
    assert second_step("gradient_descent", decay_steps=2) == pytest.approx(0.05, rel=1e-4)


def test_rate_falls_as_in_the_paper_on_domains():
    rate = make_optimizer("momentum", 0.01, decay_steps=200, decay="inverse")._learning_rate
    found = [float(rate(step)) for step in (0, 100, 200, 300)]
    np.testing.assert_allclose(found, [0.01, 0.01 / 6**0.75, 0.01 / 11**0.75, 0.01 / 11**0.75])
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(rate))
    assert float(again(100)) == found[1]


def test_gradients_are_clipped_to_a_norm():
    weight = keras.Variable(np.zeros(2))
    stepper = make_optimizer("gradient_descent", 1.0, clip_norm=0.5)
    stepper.apply([keras.ops.convert_to_tensor([3.0, 4.0])], [weight])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(weight), [-0.3, -0.4], rtol=1e-6)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match=r"`name` must be one of adam, .*Received: name='lion'"):
        make_optimizer("lion", 0.1)
