"""Small decoder-only nets with weights from numpy, and logits of whole windows."""

import keras
import numpy as np

from keras_dl.models.transformers import gpt

CONTEXT, VOCABULARY = 8, 11
VARIANTS = {
    "tied": {},
    "biases": {"use_bias": True, "tied": False, "activation": "tanh_gelu", "dropout": 0.3},
}


def tiny(variant="tied"):
    net = gpt(VOCABULARY, CONTEXT, layers=2, heads=2, width=12, **VARIANTS[variant])
    random = np.random.default_rng(0)
    # Biases and scales start at 0 and 1, matrices at random.
    net.set_weights([w * (w.ndim == 1) + random.normal(0, 0.5, w.shape) for w in net.get_weights()])
    return net


def whole_window(net, ids):
    """Logits of the next token, from all tokens that the context holds."""
    window = np.array([ids[-CONTEXT:]], "int32")
    padded = np.pad(window, ((0, 0), (0, CONTEXT - window.shape[1])), constant_values=5)
    logits = keras.ops.convert_to_numpy(net(padded, training=False))
    return logits[0, window.shape[1] - 1]
