"""Weights and losses of deep Q-networks over some updates, from weights of numpy."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import DQN
from keras_dl.backend.compiled_calls import CompiledUpdates, compiled_outputs


def rows(tensor):
    return np.asarray(keras.ops.convert_to_numpy(tensor))


def linear(states, **options):
    """A linear network of two actions, weights from numpy."""
    inputs = keras.Input((states,))
    net = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    random = np.random.default_rng(0)
    net.set_weights([random.normal(size=w.shape) for w in net.get_weights()])
    return DQN(net, **{"discount": 0.9, **options})


def transitions(count, states=3):
    random = np.random.default_rng(3)
    x, after = random.normal(size=(2, count, states)).astype("float32")
    return x, {
        "action": random.integers(2, size=count).astype("int32"),
        "reward": random.normal(size=count).astype("float32"),
        "next_observation": after,
        "terminated": random.integers(2, size=count).astype("float32"),
    }


def values():
    found = {}
    for name, double in (("plain", False), ("double", True)):
        model = linear(3, double=double)
        model.compile(keras.optimizers.Adam(0.05))
        x, y = transitions(40)
        update = CompiledUpdates(model, 8)
        found[f"{name}/loss"] = np.array(update(x, y)["loss"])
        model.copy_target()
        found[f"{name}/again"] = np.array(update(x, y)["action_value"])
        found[f"{name}/values"] = compiled_outputs(model)(x)
    return found


def main(target):
    np.savez(target, **values())


if __name__ == "__main__":
    main(sys.argv[1])
