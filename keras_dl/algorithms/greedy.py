"""Greedy layer-wise training: each layer learns as an autoencoder or RBM of the codes below it."""

from typing import Any

import keras
import numpy as np

from keras_dl.algorithms.rbm import RBM
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split
from keras_dl.data.specs import Features, Values
from keras_dl.models.autoencoders import autoencoder_pair

__all__ = ["encode_data", "layer_autoencoder", "layer_rbm"]


def encode_data(encoder: keras.Model, data: Data) -> Data:
    """Returns the codes of all examples as a data set that reproduces its inputs.

    Args:
        encoder: model from examples to codes (batch, width).
        data: examples of any kind; targets and samplers are dropped.

    Returns:
        Splits with the codes (n, width) float32 as inputs and as targets.
    """
    codes = {name: np.asarray(outputs(encoder, split.x)) for name, split in data.splits.items()}
    return data.with_splits(
        {name: Split(code, code) for name, code in codes.items()},
        inputs=Features(),
        targets=Values(),
        samplers={},
        preprocessor=None,
    )


def layer_autoencoder(
    layer: keras.layers.Dense, codes: Data, *, optimizer: Any, corruption: float = 0.0
) -> keras.Model:
    """Builds and compiles an autoencoder of one layer of a network and a new decoder.

    Codes in [0, 1] are treated as probabilities: sigmoid decoder, cross-entropy. Others have a
    linear decoder and the squared error.

    Args:
        layer: the encoder; its weights are trained.
        codes: inputs of the layer, as `encode_data` returns them.
        optimizer: a Keras optimizer.
        corruption: share of the inputs set to zero while training, in [0, 1).

    Returns:
        A compiled model from (batch, width) to reconstructions (batch, width).

    Raises:
        TypeError, ValueError: if `corruption` is not a number in [0, 1).

    Reference:
        Bengio, Lamblin, Popovici and Larochelle, 2007, Greedy Layer-Wise Training of Deep Networks,
        section 3. Vincent et al., 2010, Stacked Denoising Autoencoders, Journal of Machine Learning
        Research 11, section 2.2, for the two losses.
    """
    x = codes.train.x
    probabilities = x.min() >= 0 and x.max() <= 1
    pair = autoencoder_pair(
        x.shape[1],
        layer.units,
        decoder_activation="sigmoid" if probabilities else "linear",
        corruption=corruption,
        encoder=layer,
        name=f"{layer.name}_autoencoder",
    )
    pair.compile(optimizer, "binary_crossentropy" if probabilities else "mean_squared_error")
    return pair


def layer_rbm(
    layer: keras.layers.Dense,
    codes: Data,
    *,
    optimizer: Any,
    steps: int = 1,
    chains: int = 0,
    seed: int | None = None,
) -> RBM:
    """Builds and compiles a restricted Boltzmann machine whose hidden units are a layer's.

    Args:
        layer: with a sigmoid; its weights are trained.
        codes: inputs of the layer in [0, 1], as `encode_data` returns them; numbers between 0 and 1
            are probabilities.
        optimizer: a Keras optimizer.
        steps: Gibbs steps of an update.
        chains: number of persistent chains; 0: contrastive divergence.
        seed: of the draws; None draws one.

    Returns:
        A compiled model of (batch, width).

    Raises:
        ValueError: if the layer is no sigmoid, or codes lie outside [0, 1].

    Reference:
        Hinton, Osindero and Teh, 2006, A Fast Learning Algorithm for Deep Belief Nets, Neural
        Computation 18, section 4, with untied weights of one machine each.
    """
    x = codes.train.x
    if x.min() < 0 or x.max() > 1:
        raise ValueError(
            "`codes` must lie in [0, 1]: the visible units are binary. "
            f"Received: {x.min():g} … {x.max():g}"
        )
    options: dict[str, Any] = {"steps": steps, "chains": chains, "seed": seed}
    machine = RBM(
        keras.layers.Identity(), layer, codes.input_shape, name=f"{layer.name}_rbm", **options
    )
    machine.compile(optimizer)
    return machine
