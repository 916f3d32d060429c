"""Nets with numpy weights, flat and behind a scaling, for tests of explanations."""

import keras
import numpy as np

SHAPE = (8, 6, 2)


def images(count=3, shape=SHAPE, seed=0):
    """Images of small numbers of both signs."""
    return np.random.default_rng(seed).normal(size=(count, *shape)).astype("float32")


def set_weights(model, seed=1):
    """Gives a model normally distributed weights, also as biases."""
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(size=w.shape, scale=0.5) for w in model.get_weights()])
    return model


def linear(shape=SHAPE, classes=3):
    """Flatten and Dense."""
    layers = [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(classes)]
    return set_weights(keras.Sequential(layers))


def convolutional(shape=SHAPE, classes=3, activation=None, rectifier="fused"):
    """Two convolutions with ReLU and max pooling between, GAP and Dense."""
    inputs = keras.Input(shape)
    fused = "relu" if rectifier == "fused" else None
    x = keras.layers.Conv2D(4, 3, padding="same", activation=fused, name="first")(inputs)
    if rectifier == "layer":
        x = keras.layers.ReLU(name="rectifier")(x)
    elif rectifier == "operation":
        x = keras.ops.relu(x)
    x = keras.layers.MaxPooling2D(2, name="pool")(x)
    x = keras.layers.Conv2D(5, 3, padding="same", activation="relu", name="last")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return set_weights(keras.Model(inputs, keras.layers.Dense(classes, activation, name="head")(x)))


def nested(net, factor=0.5):
    """The net behind a Rescaling, as `with_scaling` puts it."""
    inputs = keras.Input(net.input_shape[1:])
    return keras.Model(inputs, net(keras.layers.Rescaling(factor)(inputs)))
