"""What every layer's test asks: a gradient for each weight, saved and loaded the same."""

import keras
import numpy as np

from tests.checks import check_gradients, check_saving, count_parameters


def check_layer(layer, input_shape, params):
    """Weights of the layer, their gradients, and its life as part of a saved model.

    Args:
        layer: a fresh layer.
        input_shape: shape of one example.
        params: expected number of trainable parameters of the layer.
    """
    keras.utils.set_random_seed(0)
    inputs = keras.Input(input_shape)
    outputs = layer(inputs)
    assert sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights) == params
    assert tuple(layer.compute_output_shape((None, *input_shape))) == outputs.shape
    logits = keras.layers.Dense(3)(keras.layers.Flatten()(outputs))
    model = keras.Model(inputs, logits)
    assert count_parameters(model) > params
    images = np.random.default_rng(0).normal(size=(4, *input_shape)).astype("float32")
    assert layer(images).shape == (4, *outputs.shape[1:])
    check_saving(model, images)
    check_gradients(model, images, np.arange(4) % 3)


def values(layer, inputs, **options):
    """Outputs as a numpy array."""
    return keras.ops.convert_to_numpy(layer(inputs, **options))


def drawn(layer, input_shape):
    """The layer, built, with all its weights drawn at random."""
    layer.build((None, *input_shape))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=weight.shape) for weight in layer.weights])
    return layer


def images(*shape):
    """Random images of this shape, batch included."""
    return np.random.default_rng(2).normal(size=shape).astype("float32")
