"""Decoders of captions: an LSTM that starts from an image, with or without attention to regions."""

from typing import Any

import keras

from keras_dl.models._blocks import drop
from keras_dl.models._check import check_count, check_rate

__all__ = ["PUBLISHED", "attention_of", "caption_decoder", "caption_steps"]

PUBLISHED = {
    "caption_decoder": {
        "trainable_parameters": 976_360,
        "arguments": {"channels": 768, "vocabulary": 1_000},
        "output_shapes": {"regions": (None, 192), "logits": (None, 1_000)},
        "source": "1000·192 + 768·192+192 + 2·(192·192+192) + 4·(2·192·192+192) + 384·192+192 + "
        "192·1000+1000; the sizes are ours",
    },
}


def caption_decoder(
    channels: int,
    vocabulary: int,
    *,
    units: int = 192,
    attention: bool = True,
    dropout: float = 0.4,
    name: str = "caption_decoder",
) -> keras.Model:
    """An LSTM that predicts the next word of a caption from those before it and the image.

    Its initial state comes from the mean of the regions. With attention, each output is compared
    with all regions, and their weighted mean enters the logits.

    Args:
        channels: length of the vector of a region.
        vocabulary: number of different tokens; 0 is padding.
        units: cells of the LSTM, and length of the vectors of words and regions.
        attention: whether the outputs attend to the regions.
        dropout: share of words, regions and outputs dropped in training.
        name: name of the model.

    Returns:
        An uncompiled model from {"features": (batch, regions, channels), "words": (batch, time)
        int32} to float32 logits (batch, time, vocabulary).

    Raises:
        TypeError: if a size is not an integer or `dropout` not a number.
        ValueError: if a size is too small or `dropout` outside [0, 1).

    Reference:
        Vinyals, Toshev, Bengio and Erhan, 2015, Show and Tell: A Neural Image Caption Generator,
        arXiv:1411.4555, section 3. Luong, Pham and Manning, 2015, Effective Approaches to
        Attention-based Neural Machine Translation, section 3.1, for the attention; Xu et al., 2015,
        Show, Attend and Tell, arXiv:1502.03044, attend before the LSTM.
    """
    check_count("channels", channels, "it is the length of the vector of a region")
    check_count("vocabulary", vocabulary, "one logit stands for each token", least=2)
    check_count("units", units, "it is the number of cells of the LSTM")
    check_rate("dropout", dropout)
    image = keras.Input((None, channels), name="features")
    words = keras.Input((None,), dtype="int32", name="words")
    regions = keras.layers.Dense(units, "tanh", name="regions")(image)
    regions = drop(regions, "regions", dropout)
    mean = keras.layers.GlobalAveragePooling1D(name="mean_region")(regions)
    state = [keras.layers.Dense(units, "tanh", name=f"initial_{s}")(mean) for s in "hc"]
    x: Any = keras.layers.Embedding(vocabulary, units, name="vectors")(words)
    x = drop(x, "vectors", dropout)
    lstm = keras.layers.LSTM(units, return_sequences=True, return_state=True, name="lstm")
    x, *_ = lstm(x, initial_state=state)
    if attention:
        attend = keras.layers.Attention(name="attention")
        seen, _ = attend([x, regions], return_attention_scores=True)
        x = keras.layers.Concatenate(name="output_and_region")([x, seen])
        x = keras.layers.Dense(units, "tanh", name="attentional")(x)
    x = drop(x, "outputs", dropout)
    logits = keras.layers.Dense(vocabulary, dtype="float32", name="logits")(x)
    return keras.Model({"features": image, "words": words}, logits, name=name)


def attention_of(decoder: keras.Model) -> keras.Model:
    """Returns a model from the decoder's inputs to its attention, (batch, time, regions).

    Raises:
        ValueError: if the decoder has no attention.
    """
    return keras.Model(decoder.input, decoder.get_layer("attention").output[1])


def caption_steps(decoder: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Returns the decoder in two parts that share its weights, to write word by word.

    Args:
        decoder: of `caption_decoder`.

    Returns:
        A model from regions (batch, regions, channels) to [projected regions, h, c], and one from
        [word (batch, 1), projected regions, h, c] to [logits (batch, vocabulary), h, c].
    """
    layer = decoder.get_layer
    inputs: Any = decoder.input
    image = inputs["features"]
    parts = [layer(name).output for name in ("regions", "initial_h", "initial_c")]
    start = keras.Model(image, parts)
    units = parts[1].shape[-1]
    word = keras.Input((1,), dtype="int32")
    regions = keras.Input((None, units))
    state = [keras.Input((units,)), keras.Input((units,))]
    x, h, c = layer("lstm")(layer("vectors")(word), initial_state=state)
    if any(part.name == "attention" for part in decoder.layers):
        seen = layer("attention")([x, regions])
        x = layer("attentional")(layer("output_and_region")([x, seen]))
    logits = layer("logits")(x)[:, 0]
    return start, keras.Model([word, regions, *state], [logits, h, c])
