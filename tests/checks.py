"""What every builder's test asks of a model; plain functions, no fixtures."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np


def check_model(
    build: Callable[..., keras.Model],
    input_shape: tuple[int, ...],
    output_shape: tuple[int, ...],
    params: int,
) -> None:
    """Output shape, trainable count, a gradient for every weight, save and load.

    Args:
        build: builder called as build(input_shape, classes); without penalties on its weights,
            which would move a weight that no gradient reaches.
        input_shape: shape of one example.
        output_shape: shape of one output; its last axis is the number of classes.
        params: expected number of trainable parameters.
    """
    keras.utils.set_random_seed(0)
    model = build(input_shape, output_shape[-1])
    images = np.random.default_rng(0).random((4, *input_shape), dtype="float32")
    assert model.output_shape == (None, *output_shape)
    assert count_parameters(model) == params
    check_saving(model, images)
    check_gradients(model, images, np.arange(4) % output_shape[-1])


def count_parameters(model: keras.Model) -> int:
    """Number of trainable scalars."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def forward(model: keras.Model, inputs: np.ndarray) -> np.ndarray:
    """Outputs as a numpy array, in inference mode."""
    return keras.ops.convert_to_numpy(model(inputs, training=False))


def check_saving(model: keras.Model, inputs: np.ndarray) -> None:
    """The model, saved and loaded, gives the same outputs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        model.save(path)
        loaded = keras.saving.load_model(path)
    np.testing.assert_array_equal(forward(loaded, inputs), forward(model, inputs))


def check_gradients(model: keras.Model, inputs: np.ndarray, labels: np.ndarray) -> None:
    """One plain gradient step moves every trainable weight: none is cut off from the loss."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    # Eager: tracing a deep graph for a single step would take most of the test's time.
    model.compile(keras.optimizers.SGD(1.0), loss, run_eagerly=True)
    before = [keras.ops.convert_to_numpy(weight).copy() for weight in model.trainable_weights]
    model.train_on_batch(inputs, labels)
    for weight, old in zip(model.trainable_weights, before, strict=True):
        new = keras.ops.convert_to_numpy(weight)
        assert np.isfinite(new).all(), weight.path
        assert (new != old).any(), f"{weight.path} got no gradient"
