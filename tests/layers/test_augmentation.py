"""Augmentation by name: in training only, repeatable, without a trace in the saved model."""

import keras
import numpy as np
import pytest

import keras_dl
from keras_dl.layers import RandomShift, augmentation_layers
from keras_dl.tuning.plan import make_plan
from recipes import lenet5, mlp
from tests.backends import values_on
from tests.layers.augmentation_values import IMAGES, KINDS

RUN = {"dataset": "digits", "epochs": 2, "steps_per_epoch": 4, "seed": 0, "verbose": False}


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "tensorflow", "torch"])
def test_images_change_in_training_only(backend, tmp_path):
    found = values_on(backend, "layers.augmentation_values", tmp_path, own=True)
    for kind in KINDS:
        np.testing.assert_array_equal(found[f"{kind}/inference"], IMAGES)
        np.testing.assert_array_equal(found[f"{kind}/training"], found[f"{kind}/again"])
        assert (found[f"{kind}/training"] != IMAGES).any()
        assert found[f"{kind}/training"].dtype == np.uint8
    flipped = found["flip/training"]
    mirrored = (flipped == IMAGES[:, :, ::-1]).all(axis=(1, 2, 3))
    kept = (flipped == IMAGES).all(axis=(1, 2, 3))
    assert (mirrored ^ kept).all()
    assert 0 < mirrored.sum() < len(IMAGES)


def test_shift_is_an_eighth_of_the_shorter_side_without_mirroring():
    (layer,) = augmentation_layers("shift", (28, 64, 3))
    assert isinstance(layer, RandomShift)
    assert (layer.pixels, layer.flip) == (3, False)
    assert augmentation_layers(None, (28, 28, 1)) == []


def test_unknown_kinds_and_tables_are_refused(store):
    with pytest.raises(ValueError, match="`augmentation` must be one of shift, flip"):
        augmentation_layers("rotate", (8, 8, 1))
    with pytest.raises(ValueError, match="`augmentation` must be left out for data that are no im"):
        mlp.run(dataset="iris", augmentation="shift", verbose=False)


def test_saved_model_and_evaluation_are_those_without_augmentation(store):
    result = lenet5.run(**RUN, augmentation="shift_flip")
    x = result.data.test.x[:50]
    logits = result.model.predict(x, verbose=0)
    plain = lenet5.recipe.build(result.data)
    plain.set_weights(result.model.get_weights())
    np.testing.assert_array_equal(plain.predict(x, verbose=0), logits)
    np.testing.assert_array_equal(result.model.predict(x, verbose=0), logits)
    loaded = keras_dl.load_model(result.run_id)
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), logits)
    again = result.model.evaluate(result.data.test.x, result.data.test.y, verbose=0)
    assert again[0] == pytest.approx(result.metrics["test/loss"], rel=1e-5)


class _Stop(keras.callbacks.Callback):
    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


@pytest.mark.slow
def test_training_is_repeatable_and_resumes_to_the_same_numbers(store, capsys):
    arguments = RUN | {"epochs": 3, "augmentation": "shift"}
    whole = lenet5.run(**arguments)
    assert lenet5.run(**arguments).history == whole.history
    assert lenet5.run(**arguments | {"augmentation": None}).history != whole.history
    with pytest.raises(KeyboardInterrupt):
        lenet5.run(**arguments | {"verbose": True}, callbacks=[_Stop(1)])
    run_id = capsys.readouterr().err.partition("Run ")[2].partition(",")[0]
    resumed = lenet5.run(resume=run_id, callbacks=[_Stop(-1)], verbose=False)
    assert resumed.history == whole.history


def test_a_search_includes_it_where_it_is_named():
    assert "augmentation" not in make_plan(lenet5.recipe, None, {}).searched
    named = make_plan(lenet5.recipe, None, {"search": ("augmentation", "dropout")})
    assert set(named.searched) == {"augmentation", "dropout"}
