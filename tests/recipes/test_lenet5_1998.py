import keras
import pytest
from recipes.lenet5_1998 import build, data, recipe

from keras_dl.losses import CodeDistance, MAPCriterion
from keras_dl.models._counts import links
from keras_dl.space import resolve
from tests.checks import count_parameters


@pytest.fixture(scope="module")
def digits():
    return data(dataset="digits")


def test_default_is_the_printed_net(digits):
    model = build(digits)
    assert count_parameters(model) == 60_000
    assert links(model.get_layer("lenet5_1998")) == 340_908
    assert isinstance(model.loss, MAPCriterion)
    assert model.loss.rubbish == 20.0


def test_dense_maps_and_a_linear_output_are_the_common_form(digits):
    model = build(digits, sparse=False, rbf=False)
    assert count_parameters(model) == 60_000 + 2_416 - 1_516 + 850
    assert model.loss.rubbish == float("inf")  # cross-entropy


def test_criterion_of_the_distance_alone(digits):
    assert isinstance(build(digits, criterion="distance").loss, CodeDistance)


def test_criterion_needs_the_distances():
    with pytest.raises(ValueError, match="`criterion` must be left out"):
        resolve(recipe.space(), {"rbf": False, "criterion": "map"})


@pytest.mark.parametrize("criterion", ["map", "distance"])
def test_both_criteria_learn(digits, criterion):
    keras.utils.set_random_seed(0)
    model = build(digits, criterion=criterion)
    few = digits.train.take(slice(256))
    losses = model.fit(few.x, few.y, batch_size=32, epochs=3, verbose=0).history["loss"]
    assert losses[-1] < 0.9 * losses[0]
