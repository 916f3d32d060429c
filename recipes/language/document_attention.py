"""Document attention: a page of handwriting is read character by character, without segmentation.

Paper: Coquenet, Chatelain and Paquet, 2022, DAN: a Segmentation-free Document Attention Network for
    Handwritten Document Recognition, arXiv:2203.12273.
Data: Pages of one to three lines, composed of MNIST's digits with random spacing; or of any other
    grey images with classes, bright on black. `--dataset digits` is embedded.
Run: keras-dl run document_attention
Expect: Character error rate of 2.05 % on 800 pages of test, seed 0 alone, 87.4 % of them without an
    error; 98.2 % of the characters with the right ones before them. 12 epochs, 3,000 steps, 8 CPU
    minutes for the whole command on a busy Intel Xeon.
Differs: Composed pages for letters and registers, four convolutions for 18, two decoder blocks of
    width 64 for eight of 256; no pre-training on lines and no curriculum, because pages of one
    character occur among the others; no augmentation.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score
from keras_dl.data import Data
from keras_dl.data.pages import handwritten_pages
from keras_dl.models.transformers import document_reader
from keras_dl.optimizers.warmup import adamw_with_warmup
from keras_dl.tasks.translation import compile_translation


def data(
    *,
    dataset: str = "mnist",
    lines: Annotated[int, Range(1, 8)] = 3,
    longest: Annotated[int, Range(1, 20)] = 5,
    pages: Annotated[int, Range(20, 200_000, log=True)] = 8000,
    batch_size: Annotated[int, Range(8, 256, log=True, step=2)] = 32,
) -> Data:
    """Composes pages; an image of a character occurs in one split only."""
    return handwritten_pages(
        dataset, lines=lines, longest=longest, pages=pages, batch_size=batch_size
    )


def build(
    data: Data,
    *,
    layers: Annotated[int, Range(1, 8)] = 2,
    width: Annotated[int, Choice(32, 64, 128, 256)] = 64,
    heads: Annotated[int, Choice(1, 2, 4, 8)] = 4,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.0,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 2e-3,
    warmup: Annotated[float, Range(0.0, 0.3)] = 0.05,
    weight_decay: Annotated[float, Range(0.0, 0.3)] = 0.01,
) -> keras.Model:
    """Encoder and decoder, compiled with cross-entropy and AdamW with warm-up."""
    shape: Any = data.input_shape  # by input
    net = document_reader(
        shape["source"],
        data.preprocessor.vocabulary_size,
        layers=layers,
        heads=heads,
        width=width,
        dropout=dropout,
    )
    optimizer = adamw_with_warmup(
        learning_rate, decay_steps=data.planned_steps, warmup=warmup, weight_decay=weight_decay
    )
    return compile_translation(net, optimizer, label_smoothing=0.0)


recipe = Recipe(
    name="document_attention",
    data=data,
    build=build,
    epochs=12,
    objective=Objective("val_perplexity", "min"),
    alternatives=(Objective("val_cer", "min"),),
    score=Score("test/cer", "min", label="character error rate of pages"),
    task="document_reading",
    factors=("layers", "dropout"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
