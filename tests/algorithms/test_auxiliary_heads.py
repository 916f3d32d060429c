import keras
import numpy as np
import pytest

from keras_dl.algorithms import AuxiliaryHeads
from keras_dl.models import googlenet
from keras_dl.tasks.classification import compile_classifier
from tests.algorithms.auxiliary_values import stepped, three_heads
from tests.backends import values_on
from tests.checks import check_saving

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(6, 5)).astype("float32"), np.arange(6) % 3


def crossentropy(logits, weights=None):
    logits = keras.ops.convert_to_numpy(logits)
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    losses = -np.log(chances[np.arange(len(Y)), Y])
    return float(np.mean(losses if weights is None else losses * weights))


@pytest.mark.parametrize("weights", [None, np.array([1, 2, 0, 1, 3, 1], "float32")])
def test_loss_is_the_weighted_sum_in_training_and_the_main_one_else(weights):
    net = three_heads()
    model = compile_classifier(AuxiliaryHeads(net, weight=0.3), keras.optimizers.SGD(0.0))
    main, *others = (crossentropy(logits, weights) for logits in net(X))
    found = model.train_on_batch(X, Y, sample_weight=weights, return_dict=True)
    assert found["loss"] == pytest.approx(main + 0.3 * sum(others), rel=1e-5)
    found = model.test_on_batch(X, Y, sample_weight=weights, return_dict=True)
    assert found["loss"] == pytest.approx(main, rel=1e-5)


def test_predictions_and_accuracy_are_those_of_the_main_head():
    net = three_heads()
    model = compile_classifier(AuxiliaryHeads(net), keras.optimizers.SGD(0.0))
    logits = keras.ops.convert_to_numpy(net(X)[0])
    np.testing.assert_allclose(model.predict(X, verbose=0), logits, rtol=1e-6)
    expected = float(np.mean(logits.argmax(axis=1) == Y))
    assert model.evaluate(X, Y, verbose=0, return_dict=True)["accuracy"] == pytest.approx(expected)


def test_weight_0_leaves_the_other_heads_untrained():
    for weight, moves in ((0.0, False), (0.3, True)):
        net = three_heads()
        model = compile_classifier(AuxiliaryHeads(net, weight=weight), keras.optimizers.SGD(0.1))
        before = net.get_layer("second").get_weights()[0]
        model.fit(X, Y, verbose=0)
        assert (net.get_layer("second").get_weights()[0] != before).any() == moves


def test_a_small_googlenet_learns_saves_and_loads():
    keras.utils.set_random_seed(0)
    net = googlenet((17, 17, 1), 3, width=1 / 16, small_images=True)
    model = compile_classifier(AuxiliaryHeads(net), keras.optimizers.Adam())
    model.run_eagerly = True  # tracing nine modules takes longer than a step
    images = RNG.random((6, 17, 17, 1), dtype="float32")
    assert np.isfinite(model.fit(images, Y, verbose=0).history["loss"][0])
    check_saving(model, images)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_steps_equal_another_backend_s(backend, tmp_path):
    there = values_on(backend, "algorithms.auxiliary_values", tmp_path)
    np.testing.assert_allclose(there["weights"], stepped(), rtol=1e-4, atol=1e-5)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="`weight` must be .*0 or more"):
        AuxiliaryHeads(three_heads(), weight=-1.0)
    single = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])
    with pytest.raises(ValueError, match="`net` must have auxiliary outputs.*with 1 output"):
        AuxiliaryHeads(single)
