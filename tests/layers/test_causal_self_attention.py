import keras
import numpy as np
import pytest

from keras_dl.layers.causal_self_attention import CausalSelfAttention
from tests.layers.checking import check_layer, drawn, images, values


def test_weights_get_gradients_and_saving_keeps_the_function():
    check_layer(CausalSelfAttention(2), (5, 6), 6 * 18 + 18 + 6 * 6 + 6)
    check_layer(CausalSelfAttention(3, use_bias=False), (5, 6), 6 * 18 + 6 * 6)


def test_it_equals_keras_multi_head_attention_with_a_causal_mask():
    layer = drawn(CausalSelfAttention(2), (5, 6))
    kernel, bias, out_kernel, out_bias = [np.array(w) for w in layer.get_weights()]
    reference = keras.layers.MultiHeadAttention(2, 3)
    inputs = images(4, 5, 6)
    reference(inputs, inputs)
    parts = [
        array
        for k, b in zip(np.split(kernel, 3, axis=1), np.split(bias, 3), strict=True)
        for array in (k.reshape(6, 2, 3), b.reshape(2, 3))
    ]
    # Keras' order of weights: query, key, value, output.
    reference.set_weights([*parts, out_kernel.reshape(2, 3, 6), out_bias])
    expected = values(reference, inputs, value=inputs, use_causal_mask=True)
    np.testing.assert_allclose(values(layer, inputs), expected, rtol=1e-4, atol=1e-4)


def test_the_first_position_sees_itself_alone():
    layer = drawn(CausalSelfAttention(2, use_bias=False), (5, 6))
    kernel, projection = [np.array(w) for w in layer.get_weights()]
    inputs = images(2, 5, 6)
    expected = inputs[:, 0] @ kernel[:, 12:] @ projection
    np.testing.assert_allclose(values(layer, inputs)[:, 0], expected, rtol=1e-4, atol=1e-4)


def test_dropout_acts_in_training_alone():
    layer = drawn(CausalSelfAttention(2, dropout=0.5), (5, 6))
    inputs = images(2, 5, 6)
    np.testing.assert_array_equal(values(layer, inputs), values(layer, inputs, training=False))
    assert (values(layer, inputs, training=True) != values(layer, inputs)).any()


def test_the_two_projections_have_their_own_initializers():
    layer = CausalSelfAttention(2, kernel_initializer="zeros", projection_initializer="ones")
    layer.build((None, 5, 6))
    kernel, _, projection, _ = layer.get_weights()
    assert (kernel == 0).all()
    assert (projection == 1).all()


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="`num_heads` must divide the width"):
        CausalSelfAttention(4)(images(2, 5, 6))
    with pytest.raises(TypeError, match="`num_heads` must be"):
        CausalSelfAttention(2.5)


def test_sequences_may_have_any_length():
    layer = CausalSelfAttention(2)
    model = keras.Sequential([keras.Input((None, 6)), layer])
    inputs = images(2, 5, 6)
    whole, prefix = model.predict_on_batch(inputs), model.predict_on_batch(inputs[:, :3])
    np.testing.assert_allclose(whole[:, :3], prefix, rtol=1e-4, atol=1e-6)
