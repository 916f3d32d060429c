"""Losses and weights of invariant risk minimization, from numpy weights; run per backend."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import InvariantRisk

SHAPE = (2, 2, 3)


def model(**options):
    """A perceptron with one logit; trained by gradient descent."""
    net = keras.Sequential(
        [keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(4, "tanh"),
         keras.layers.Dense(1)]
    )  # fmt: skip
    random = np.random.default_rng(0)
    net.set_weights([random.normal(size=w.shape) for w in net.get_weights()])
    made = InvariantRisk(keras.layers.Rescaling(1 / 255), net, **options)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    accuracy = keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)
    made.compile(keras.optimizers.SGD(0.5), loss, metrics=[accuracy])
    return made


def rows():
    """Seven rows of two environments, and labels."""
    random = np.random.default_rng(1)
    x = random.integers(0, 256, (7, 2, *SHAPE)).astype("float32")
    return x, random.integers(0, 2, (7, 2))


def trained():
    """Losses of four steps, two of them with λ = 1, and the weights after them."""
    made, (x, y) = model(penalty=20.0, anneal=2, l2=0.01), rows()
    losses = [made.train_on_batch(x, y, return_dict=True)["loss"] for _ in range(4)]
    tested = made.evaluate(x[:, 0], y[:, 0], verbose=0)
    weights = np.concatenate([w.ravel() for w in made.net.get_weights()])
    return {"losses": np.ravel(losses), "weights": weights, "tested": np.ravel(tested)}


if __name__ == "__main__":
    np.savez(sys.argv[1], **trained())
