"""The switches of mlp, lenet5 and resnet20 do what they say, and nothing by default."""

import keras
import numpy as np
import pytest

from keras_dl.data import with_scaling
from keras_dl.layers import RandomDistortion
from keras_dl.losses import SmoothedCrossentropy
from keras_dl.models.lenet import lenet5 as plain_lenet5
from recipes import lenet5, mlp, resnet20

RECIPES = {"mlp": mlp, "lenet5": lenet5, "resnet20": resnet20}


@pytest.fixture(scope="module")
def digits():
    return {name: recipe.data(dataset="digits") for name, recipe in RECIPES.items()}


def _layers(model, kind):
    inner = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    return [x for m in (model, *inner) for x in m.layers if isinstance(x, kind)]


@pytest.mark.parametrize("name", ["mlp", "lenet5"])
def test_defaults_add_nothing(digits, name):
    model = RECIPES[name].build(digits[name])
    assert type(model.loss) is keras.losses.SparseCategoricalCrossentropy
    assert not model.losses
    assert not _layers(model, RandomDistortion)
    assert not _layers(model, keras.layers.Add)
    assert all(layer.kernel_constraint is None for layer in _layers(model, keras.layers.Dense))


@pytest.mark.parametrize("name", RECIPES)
def test_label_smoothing_smooths_the_loss(digits, name):
    model = RECIPES[name].build(digits[name], label_smoothing=0.2)
    assert isinstance(model.loss, SmoothedCrossentropy)
    assert model.loss.label_smoothing == 0.2


def test_mlp_takes_its_techniques(digits):
    model = mlp.build(
        digits["mlp"],
        units=(48, 48),
        residual=True,
        input_dropout=0.2,
        max_norm=0.5,
        weight_decay=1e-4,
        activation="tanh",
        initializer="orthogonal",
    )
    assert len(_layers(model, keras.layers.Add)) == 1  # only between layers of one width
    assert [layer.rate for layer in _layers(model, keras.layers.Dropout)] == [0.2, 0.3, 0.3]
    assert len(model.losses) == 3
    few = digits["mlp"].train.take(slice(64))
    x, y = few.x, few.y
    model.fit(x, y, verbose=0)
    hidden = _layers(model, keras.layers.Dense)[:2]
    assert hidden[0].activation is keras.activations.tanh
    for layer in hidden:
        lengths = np.linalg.norm(keras.ops.convert_to_numpy(layer.kernel), axis=0)
        assert lengths.max() <= 0.5 + 1e-5


def test_lenet5_distorts_while_training_only(digits):
    data = digits["lenet5"]
    model = lenet5.build(data, distortions=True, elastic=5.0, l2=1e-4)
    (layer,) = _layers(model, RandomDistortion)
    assert layer.amounts["elastic"] == 5.0
    assert len(model.losses) == 5
    x = data.test.x[:4]
    twin = with_scaling(data, plain_lenet5(data.input_shape, data.num_classes))
    twin.set_weights([w for w in model.get_weights() if w.dtype != "uint32"])  # no random state
    np.testing.assert_array_equal(
        model.predict(x.astype("float32"), verbose=0), twin.predict(x.astype("float32"), verbose=0)
    )
    outputs = keras.ops.convert_to_numpy(model(x.astype("float32"), training=True))
    assert (outputs != model.predict(x.astype("float32"), verbose=0)).any()


def test_resnet20_without_normalisation_and_with_preactivation(digits):
    model = resnet20.build(digits["resnet20"], batch_norm=False, activation="elu")
    assert not _layers(model, keras.layers.BatchNormalization)
    model = resnet20.build(digits["resnet20"], preactivation=True)
    assert model.get_layer("resnet20").get_layer("last_norm")
