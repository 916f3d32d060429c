"""Losses of variational autoencoders over some steps, without the noise that backends draw."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import VAE
from keras_dl.models import vae_decoder, vae_encoder


def vae(classes=None, **options):
    """A small model of six numbers, weights from numpy."""
    sizes = {"units": (5,), "latent_dim": 2, "num_classes": classes}
    encoder, decoder = vae_encoder((6,), **sizes), vae_decoder((6,), **sizes)
    random = np.random.default_rng(1)
    for net in (encoder, decoder):
        net.set_weights([random.normal(0, 0.5, w.shape) for w in net.get_weights()])
    return VAE(keras.layers.Rescaling(1.0), encoder, decoder, seed=0, **options)


def main(target):
    random = np.random.default_rng(0)
    x, y = random.uniform(size=(16, 6)).astype("float32"), np.arange(16) % 3
    keras.random.normal = lambda shape, seed=None: keras.ops.full(shape, 0.3)
    values = {}
    for name, options in {
        "bernoulli": {"beta": 2.0},
        "gaussian": {"likelihood": "gaussian", "variance": 0.5},
        "conditional": {"classes": 3},
    }.items():
        model = vae(**options)
        model.compile(keras.optimizers.SGD(0.01))
        fitted = model.fit(x, y, batch_size=16, epochs=5, shuffle=False, verbose=0)
        values |= {f"{name}/{k}": np.array(v) for k, v in fitted.history.items()}
        values[f"{name}/log_likelihood"] = model.log_likelihood(x, y, samples=5)
        values |= {f"{name}/{k}": v for k, v in model.predict(x, verbose=0).items()}
    np.savez(target, **values)


if __name__ == "__main__":
    main(sys.argv[1])
