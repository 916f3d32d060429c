"""Keyword spotting: small convolutional networks that hear a few words among others and noise.

Paper: Sainath and Parada, 2015, Convolutional Neural Networks for Small-footprint Keyword Spotting,
    for `--net cnn`; Zhang, Suda, Lai and Chandra, 2017, Hello Edge: Keyword Spotting on
    Microcontrollers, arXiv:1711.07128, for `--net ds_cnn`.
Data: Free Spoken Digit Dataset, 3,000 recordings by six speakers, CC BY-SA 4.0: some digits are the
    keywords, the others unknown words, at random offsets in a second of noise; or a folder of
    `.wav` files by class with `--keywords`. `--dataset tones` is generated.
Run: keras-dl run keyword_spotting
Expect: 97.2 % of 7,200 windows right in test at 10 dB, all speakers known, seed 0 alone; 26 % of
    the keywords missed at one false alarm an hour, 12 % at ten. The other words of that hour come
    from 180 recordings, so that one confusing recording decides the first figure. 15 epochs, 228
    CPU seconds for the whole command on a busy Intel Xeon. `--net ds_cnn` is not measured yet.
Differs: Digits for the papers' words; noise is generated; each window of a test hour without
    keywords counts once, where the papers pass a stream through the net.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score, When
from keras_dl.data import Data
from keras_dl.data.speech import keyword_windows, moments
from keras_dl.models import cnn_trad_fpool3, ds_cnn
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier

NETS = {"cnn": cnn_trad_fpool3, "ds_cnn": ds_cnn}
FRAMES = 2  # of 16 ms that are averaged: a second has 30 then, the paper's window 32


def data(
    *,
    dataset: str = "fsdd",
    keywords: tuple[str, ...] = ("0", "1", "2", "3"),
    snr: Annotated[float, Range(-10.0, 60.0)] = 10.0,
    protocol: Annotated[str, Choice("takes", "speaker")] = "takes",
    fold: Annotated[int, When("protocol", "speaker")] = 0,
    windows: Annotated[int, Range(20, 100_000, log=True)] = 12_000,
    hours: Annotated[float, Range(0.01, 10.0, log=True)] = 1.0,
    batch_size: Annotated[int, Choice(16, 32, 64, 128)] = 64,
) -> Data:
    """Composes windows; of "takes" all speakers are known, of "speaker" test has a new one."""
    return keyword_windows(
        dataset,
        keywords=keywords,
        snr=snr,
        protocol=protocol,
        fold=fold,
        windows=windows,
        hours=hours,
        batch_size=batch_size,
    )


def build(
    data: Data,
    *,
    net: Annotated[str, Choice("cnn", "ds_cnn")] = "cnn",
    filters: Annotated[int, Range(8, 256, log=True, step=2)] = 64,
    dropout: Annotated[float, Range(0.0, 0.7)] = 0.2,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 1e-3,
) -> Any:
    """Compiles a classifier of keywords, "unknown" and "silence" on standardized spectrograms."""
    bands, frames, _ = data.input_shape
    mean, spread = moments(data.train.x)
    layers = [
        keras.Input(data.input_shape),
        keras.layers.Rescaling(1 / spread, offset=-mean / spread, name="scaling"),
        keras.layers.AveragePooling2D((1, FRAMES), name="frames"),
        NETS[net]((bands, frames // FRAMES, 1), data.num_classes, filters=filters, dropout=dropout),
    ]
    model = keras.Sequential(layers, name=f"spotting_{net}")
    optimizer = make_optimizer("adam", learning_rate, decay_steps=data.planned_steps)
    return compile_classifier(model, optimizer)


recipe = Recipe(
    name="keyword_spotting",
    data=data,
    build=build,
    epochs=15,
    objective=Objective("val_accuracy", "max"),
    score=Score("test/accuracy", "max"),
    task="keyword_spotting",
    factors=("net", "dropout"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
