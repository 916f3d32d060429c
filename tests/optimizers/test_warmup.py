import keras
import numpy as np
import pytest

from keras_dl.optimizers.warmup import InverseRoot, adam_with_inverse_root, adamw_with_warmup


def rate(optimizer, step):
    return float(keras.ops.convert_to_numpy(optimizer._learning_rate(step)))


def test_the_rate_rises_linearly_and_falls_along_half_a_cosine():
    optimizer = adamw_with_warmup(1e-2, decay_steps=110, warmup=10 / 110, final=0.1)
    rates = [rate(optimizer, step) for step in (0, 5, 10, 60, 110, 200)]
    np.testing.assert_allclose(rates, [0, 5e-3, 1e-2, 5.5e-3, 1e-3, 1e-3], rtol=1e-5, atol=1e-9)


def test_without_steps_the_rate_is_constant():
    optimizer = adamw_with_warmup(1e-2)
    assert float(keras.ops.convert_to_numpy(optimizer.learning_rate)) == pytest.approx(1e-2)
    assert rate(adamw_with_warmup(1e-2, decay_steps=10, warmup=0.0), 0) == pytest.approx(1e-2)


def test_matrices_are_decayed_and_scales_and_biases_are_not():
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(2), keras.layers.LayerNormalization()]
    )
    before = [np.ones(w.shape) for w in model.get_weights()]
    model.set_weights(before)
    optimizer = adamw_with_warmup(0.1, weight_decay=0.5)
    zeros = [keras.ops.zeros(w.shape) for w in model.trainable_variables]
    optimizer.apply(zeros, model.trainable_variables)
    for weight, after in zip(model.weights, model.get_weights(), strict=True):
        expected = 0.95 if weight.name == "kernel" else 1.0
        np.testing.assert_allclose(after, expected, rtol=1e-6, err_msg=weight.path)


def test_a_wrong_warmup_is_refused():
    with pytest.raises(ValueError, match=r"`warmup` must lie in \[0, 1\)"):
        adamw_with_warmup(0.1, warmup=1.0)


def test_the_first_transformer_s_rate_is_that_of_its_equation():
    width, warmup = 512, 4_000
    schedule = InverseRoot((width * warmup) ** -0.5, warmup)
    for step in (1, 10, 3_999, 4_000, 4_001, 100_000):  # the paper counts from 1
        published = width**-0.5 * min(step**-0.5, step * warmup**-1.5)
        assert float(keras.ops.convert_to_numpy(schedule(step - 1))) == pytest.approx(published)
    optimizer = adam_with_inverse_root(1e-3, decay_steps=100, warmup=0.1)
    assert rate(optimizer, 9) == pytest.approx(1e-3)
    assert (optimizer.beta_2, optimizer.epsilon) == (0.98, 1e-9)
    with pytest.raises(ValueError, match=r"`warmup` must lie in \[0, 1\)"):
        adam_with_inverse_root(0.1, warmup=1.0)
