"""Autoencoders: the pair of an encoder and a decoder layer that greedy training stacks."""

import keras

from keras_dl.activations import get_activation
from keras_dl.models._check import ACTIVATIONS, check_choice, check_count, check_rate

__all__ = ["PUBLISHED", "autoencoder_pair"]

PUBLISHED = {
    "autoencoder_pair": {
        "trainable_parameters": 785_284,
        "arguments": {"width": 784, "units": 500},
        "output_shapes": {"encoder": (500,), "decoder": (784,)},
        "source": "784·500+500 + 500·784+784; the outer pair of a stack 784-500-250-100",
    },
}


def autoencoder_pair(
    width: int,
    units: int,
    *,
    activation: str = "sigmoid",
    decoder_activation: str = "sigmoid",
    corruption: float = 0.0,
    encoder: keras.layers.Dense | None = None,
    name: str = "autoencoder_pair",
) -> keras.Model:
    """One encoder layer and one decoder layer, trained to reproduce their input.

    Greedy layer-wise training fits such pairs from the outside in: the first on the examples, each
    further one on the codes of the encoder below, whose weights stay as they are. The decoders are
    dropped in the end.

    Args:
        width: size of the input and of the reconstruction.
        units: size of the code.
        activation: name of the encoder's activation, one of `keras_dl.activations.ACTIVATIONS`.
        decoder_activation: name of the decoder's activation: "sigmoid" for inputs in [0, 1],
            "linear" for inputs of any size.
        corruption: share of the inputs set to zero while training, in [0, 1): a denoising
            autoencoder. The others are divided by 1 - corruption, as in `keras.layers.Dropout`.
        encoder: layer of another model that becomes the encoder and shares its weights; `units` and
            `activation` must be those of the layer. None creates one.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, width) to float32 reconstructions (batch, width), with
        layers `encoder` (unless shared) and `decoder`.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if a size is below 1, `corruption` outside [0, 1), a name unknown, or `encoder`
            has another number of units.

    Reference:
        Bengio, Lamblin, Popovici and Larochelle, 2007, Greedy Layer-Wise Training of Deep Networks,
        section 3. Vincent et al., 2010, Stacked Denoising Autoencoders, Journal of Machine Learning
        Research 11, section 3.2, for the corruption.
    """
    check_count("width", width, "it is the size of the input")
    check_count("units", units, "it is the size of the code")
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("decoder_activation", decoder_activation, ACTIVATIONS)
    check_rate("corruption", corruption)
    if encoder is not None and encoder.units != units:
        raise ValueError(
            "`encoder` must have as many units as the pair; both share its weights. "
            f"Received: encoder.units={encoder.units}, units={units}"
        )
    inputs = keras.Input((int(width),), name="input")
    x = keras.layers.Dropout(corruption, name="corruption")(inputs) if corruption else inputs
    layer = encoder or keras.layers.Dense(int(units), get_activation(activation), name="encoder")
    # float32 also under mixed precision: half floats would round the error away.
    decoder = keras.layers.Dense(
        int(width), get_activation(decoder_activation), name="decoder", dtype="float32"
    )
    return keras.Model(inputs, decoder(layer(x)), name=name)
