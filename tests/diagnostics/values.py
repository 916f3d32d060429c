"""Values of all diagnostics of one model; run once per backend."""

import sys
from dataclasses import astuple

import keras
import numpy as np

from keras_dl import diagnostics
from keras_dl.backend.gradients import input_gradient, weight_gradients
from keras_dl.models import mlp

LOSS = keras.losses.SparseCategoricalCrossentropy


def small(activation="tanh", seed=0, **options):
    """A compiled net with weights from numpy."""
    model = mlp((6,), 3, units=(5, 4), activation=activation, **options)
    random = np.random.default_rng(seed)
    for weight in model.weights:
        drawn = random.normal(0.0, 0.5, weight.shape)
        weight.assign(np.abs(drawn) if "variance" in weight.path else drawn)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.5), LOSS(from_logits=True))
    return model


def batch(count=16, seed=1):
    """Random examples with labels."""
    random = np.random.default_rng(seed)
    return random.normal(size=(count, 6)).astype("float32"), random.integers(0, 3, count)


def all_values():
    """Values of every diagnostic by name."""
    x, y = batch()
    model = small("relu", batch_norm=True, weight_decay=0.1)
    found = {f"gradient{i}": g for i, g in enumerate(weight_gradients(model, x, y))}
    for i, g in enumerate(weight_gradients(model, x, y, training=True)):
        found[f"training_gradient{i}"] = g
    found["input_gradient"] = input_gradient(model, x, y)
    layers = diagnostics.layer_statistics(model, x, y)
    found["layers"] = np.array([astuple(s)[1:] for s in layers])
    found["kernels"] = np.array(list(diagnostics.kernel_gradients(model, x, y).values()))
    directions = diagnostics.random_directions(model)
    grid = np.linspace(-0.5, 0.5, 3)
    found["surface"] = diagnostics.loss_surface(model, x, y, directions, grid, grid).loss
    before = [keras.ops.convert_to_numpy(v) for v in model.variables]
    test = diagnostics.learning_rate_finder(model, x, y, low=1e-3, high=1.0, steps=8, batch_size=8)
    found["rate_losses"] = test.losses
    after = [keras.ops.convert_to_numpy(v) for v in model.variables]
    found["restored"] = np.array(
        [np.array_equal(*pair) for pair in zip(before, after, strict=True)]
    )
    watchers = diagnostics.UpdateRatios(), diagnostics.WeightPath(), diagnostics.LayerRecorder(x, y)
    model.fit(x, y, 8, epochs=2, shuffle=False, verbose=0, callbacks=list(watchers))
    ratios, path, recorder = watchers
    found["ratios"] = np.array(list(ratios.history.values()))
    found["path"] = diagnostics.project_path(path.path, directions, path.path[0])
    found["recorded"] = np.array([[astuple(s)[1:] for s in look] for look in recorder.history])
    return found


if __name__ == "__main__":
    np.savez(sys.argv[1], **all_values())
