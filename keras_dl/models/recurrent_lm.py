"""Recurrent language models with their states as inputs and outputs: LSTM and simple RNN."""

from typing import Any

import keras

from keras_dl.models._blocks import drop
from keras_dl.models._check import check_choice, check_count, check_rate, check_real

__all__ = [
    "CELLS",
    "PUBLISHED",
    "recurrent_lm",
    "zaremba_large",
    "zaremba_medium",
    "zaremba_small",
]

CELLS = {"lstm": 2, "rnn": 1}  # states of a layer: output and cell, or output alone
PUBLISHED = {
    "zaremba_small": {
        "trainable_parameters": 4_651_600,
        "arguments": {},
        "output_shapes": {"words": (None, 200), "logits": (None, 10_000)},
        "source": "10,000·200 + 2·4·(400·200 + 200) + 200·10,000 + 10,000: 2×200 cells; Zaremba et "
        "al., 2014, section 4.1, with one bias a cell",
    },
    "zaremba_medium": {
        "trainable_parameters": 19_775_200,
        "arguments": {},
        "output_shapes": {"words": (None, 650), "logits": (None, 10_000)},
        "source": "10,000·650 + 2·4·(1300·650 + 650) + 650·10,000 + 10,000: 2×650 cells",
    },
    "zaremba_large": {
        "trainable_parameters": 66_022_000,
        "arguments": {},
        "output_shapes": {"words": (None, 1500), "logits": (None, 10_000)},
        "source": "10,000·1500 + 2·4·(3000·1500 + 1500) + 1500·10,000 + 10,000: 2×1500 cells",
    },
}


def recurrent_lm(
    vocabulary_size: int,
    *,
    cell: str = "lstm",
    units: int = 200,
    layers: int = 2,
    dropout: float = 0.0,
    scale: float = 0.1,
    forget_bias: bool = False,
    name: str = "recurrent_lm",
) -> keras.Model:
    """A language model of recurrent layers on word vectors.

    All weights, biases too, start uniformly in ±`scale`. Dropout acts between layers and never
    between time steps: on the vectors, between the recurrent layers, and before the logits.

    Args:
        vocabulary_size: number of different tokens, at least 2.
        cell: "lstm", or "rnn": h = tanh(Wx + Uh + b).
        units: cells of each layer, and length of a token's vector.
        layers: recurrent layers.
        dropout: share dropped in training, in [0, 1).
        scale: largest initial weight, positive.
        forget_bias: whether the forget gates of "lstm" start with bias 1.
        name: name of the model.

    Returns:
        An uncompiled model from a list, ids (batch, time) int32 and the states of each layer
        (batch, units), to a list, float32 logits (batch, time, vocabulary_size) and the states
        after the last token in the same order. The states of a layer are h and, of "lstm", c.

    Raises:
        TypeError: if a size is not an integer, or a rate not a number.
        ValueError: if a size or `scale` is too small, `cell` unknown, or `dropout` outside [0, 1).

    Reference:
        Zaremba, Sutskever and Vinyals, 2014, Recurrent Neural Network Regularization,
        arXiv:1409.2329, sections 3 and 4.1. Elman, 1990, Finding Structure in Time, for "rnn".
    """
    check_count("vocabulary_size", vocabulary_size, "one logit stands for each token", least=2)
    check_choice("cell", cell, tuple(CELLS))
    check_count("units", units, "it is the number of cells of a layer")
    check_count("layers", layers, "it is the number of recurrent layers")
    check_rate("dropout", dropout)
    check_real("scale", scale, "it is the largest initial weight")
    if not scale > 0:
        raise ValueError(
            f"`scale` must be positive; it is the largest initial weight. Received: scale={scale}"
        )
    ids = keras.Input((None,), dtype="int32", name="ids")
    table = keras.layers.Embedding(
        vocabulary_size, units, embeddings_initializer=_uniform(scale), name="words"
    )
    x, starts, ends = drop(table(ids), "words", dropout), [], []
    for number in range(1, layers + 1):
        states = [keras.Input((units,), name=f"{kind}{number}") for kind in "hc"[: CELLS[cell]]]
        x, *last = _layer(cell, units, scale, forget_bias, f"{cell}{number}")(
            x, initial_state=states
        )
        x = drop(x, f"{cell}{number}", dropout)
        starts, ends = [*starts, *states], [*ends, *last]
    start: dict[str, Any] = {f"{k}_initializer": _uniform(scale) for k in ("kernel", "bias")}
    logits = keras.layers.Dense(vocabulary_size, dtype="float32", name="logits", **start)(x)
    # States stay in float32 from step to step, under mixed precision too.
    states = [
        keras.layers.Activation("linear", dtype="float32", name=f"{tensor.name}_end")(end)
        for tensor, end in zip(starts, ends, strict=True)
    ]
    return keras.Model([ids, *starts], [logits, *states], name=name)


def _layer(cell: str, units: int, scale: float, forget_bias: bool, name: str) -> Any:
    names = ("kernel", "recurrent", "bias")
    options: dict[str, Any] = {f"{n}_initializer": _uniform(scale) for n in names}
    options |= {"return_sequences": True, "return_state": True, "name": name}
    if cell == "rnn":
        return keras.layers.SimpleRNN(units, **options)
    return keras.layers.LSTM(units, unit_forget_bias=forget_bias, **options)


def _uniform(scale: float) -> Any:
    """A fresh initializer; one that two layers share draws the same values."""
    return keras.initializers.RandomUniform(-scale, scale)


def zaremba_small(vocabulary_size: int = 10_000, *, name: str = "zaremba_small") -> keras.Model:
    """The small model: 2×200 cells without dropout, weights in ±0.1; see `recurrent_lm`."""
    return recurrent_lm(vocabulary_size, name=name)


def zaremba_medium(vocabulary_size: int = 10_000, *, name: str = "zaremba_medium") -> keras.Model:
    """The medium model: 2×650 cells, half dropped, weights in ±0.05; see `recurrent_lm`."""
    return recurrent_lm(vocabulary_size, units=650, dropout=0.5, scale=0.05, name=name)


def zaremba_large(vocabulary_size: int = 10_000, *, name: str = "zaremba_large") -> keras.Model:
    """The large model: 2×1500 cells, 65 % dropped, weights in ±0.04; see `recurrent_lm`."""
    return recurrent_lm(vocabulary_size, units=1500, dropout=0.65, scale=0.04, name=name)
