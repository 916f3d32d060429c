import keras
import numpy as np
import pytest

from keras_dl.algorithms.cached_reading import CachedReader, CachedStep, has_cache
from keras_dl.algorithms.text_generation import generate
from tests.algorithms.cached_reading_values import main
from tests.algorithms.gpt_nets import CONTEXT, VARIANTS, tiny, whole_window
from tests.backends import values_on


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("size", [1, 3, CONTEXT, CONTEXT + 3])
def test_cached_logits_equal_those_of_the_whole_window(variant, size):
    """Up to the end of the context, and behind it, where the window moves."""
    net, text = tiny(variant), np.random.default_rng(0).integers(0, 11, 2 * CONTEXT).tolist()
    read = CachedReader(net)
    found = [read(text[:size]), *(read([token]) for token in text[size:])]
    for end, logits in enumerate(found, start=size):
        np.testing.assert_allclose(logits, whole_window(net, text[:end]), atol=1e-5)


def test_parts_of_a_text_may_be_read_together():
    net, text = tiny(), [1, 2, 3, 4, 5, 6]
    read = CachedReader(net)
    read(text[:2])
    np.testing.assert_allclose(read(text[2:]), whole_window(net, text), atol=1e-5)


@pytest.mark.parametrize("variant", VARIANTS)
def test_greedy_texts_equal_those_of_whole_windows(variant):
    net, ids = tiny(variant), [1, 2, 3]
    for _ in range(2 * CONTEXT):
        ids.append(int(whole_window(net, ids).argmax()))
    assert generate(net, ids[:3], 2 * CONTEXT, temperature=0.0) == ids[3:]


def test_changed_weights_are_read():
    net = tiny()
    before = CachedReader(net)([1, 2])
    net.set_weights([-w for w in net.get_weights()])
    after = CachedReader(net)([1, 2])
    assert np.abs(after - before).max() > 0.1
    np.testing.assert_allclose(after, whole_window(net, [1, 2]), atol=1e-5)


def test_other_models_have_no_cache():
    assert has_cache(tiny())
    ids = keras.Input((4,), dtype="int32")
    assert not has_cache(keras.Model(ids, keras.layers.Embedding(3, 3)(ids)))


def test_a_step_is_saved(tmp_path):
    step = CachedStep(tiny())
    step.save(tmp_path / "step.keras")
    loaded = keras.saving.load_model(tmp_path / "step.keras")
    inputs = {"ids": np.zeros((1, CONTEXT), "int32"), "position": np.int32(2)}
    expected, found = (keras.ops.convert_to_numpy(s(inputs)["logits"]) for s in (step, loaded))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_values_equal_another_backend_s(backend, tmp_path):
    main(tmp_path / "here.npz")
    there = values_on(backend, "algorithms.cached_reading_values", tmp_path)
    with np.load(tmp_path / "here.npz") as here:
        assert set(there) == set(here.files)
        for name in here.files:
            np.testing.assert_allclose(there[name], here[name], rtol=1e-4, atol=1e-5, err_msg=name)
    for variant in VARIANTS:
        cached, whole = there[f"{variant}/cached"], there[f"{variant}/whole"]
        np.testing.assert_allclose(cached, whole, atol=1e-5)
