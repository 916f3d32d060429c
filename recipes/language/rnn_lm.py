"""Simple recurrent language model: the next word, with a state that is carried through the text.

Paper: Elman, 1990, Finding Structure in Time; Mikolov et al., 2010, Recurrent Neural Network Based
    Language Model; protocol of Zaremba et al., 2014, section 4.1, as `lstm_lm`.
Data: Penn Treebank, 929,589 words of train with the ends of sentences, 10,000 different ones; or
    any text. `--dataset topics` is embedded, Python's language reference.
Run: keras-dl run rnn_lm
Expect: Not measured on the Penn Treebank yet. Of untrained nets of the same size and weights in
    ±0.1 the report has the gradient by the word 20 words back, beside an LSTM's.
Differs: One table of 10,000 words, no classes of words as in 2010; gradients go back through 20
    words, the state through the whole text.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score
from keras_dl.algorithms import StatefulLanguageModel
from keras_dl.data import Data
from keras_dl.data.text import words
from keras_dl.models.recurrent_lm import recurrent_lm
from keras_dl.optimizers import sgd_of_sums
from keras_dl.tasks.language_modelling import get_tokenizer
from keras_dl.tasks.recurrent_lm import report_recurrent_lm

PLAN = 13  # epochs of the published schedule; shorter trainings go through all of it


def data(
    *,
    dataset: str = "ptb",
    most_words: Annotated[int, Range(100, 100_000, log=True)] = 10_000,
    context: Annotated[int, Range(5, 100, log=True)] = 20,
    batch_size: Annotated[int, Range(2, 128, log=True)] = 20,
) -> Data:
    """Streams of words, of which each step reads `context` further ones."""
    return words(dataset, context=context, batch_size=batch_size, most_words=most_words)


def build(
    data: Data,
    *,
    units: Annotated[int, Range(16, 1500, log=True)] = 200,
    layers: Annotated[int, Range(1, 4)] = 2,
    dropout: Annotated[float, Range(0.0, 0.7)] = 0.0,
    scale: Annotated[float, Range(0.01, 0.3, log=True)] = 0.1,
    carry: Annotated[bool, Choice(True, False)] = True,
    learning_rate: Annotated[float, Range(0.05, 5.0, log=True)] = 1.0,
    decay: Annotated[float, Range(0.3, 1.0)] = 0.5,
    hold: Annotated[int, Range(1, 13)] = 4,
    clip_norm: Annotated[float, Range(0.5, 50.0, log=True)] = 5.0,
) -> keras.Model:
    """The net, compiled with the paper's gradient descent; the rate is for sums over a window."""
    net = recurrent_lm(
        get_tokenizer(data).vocabulary_size,
        cell="rnn",
        units=units,
        layers=layers,
        dropout=dropout,
        scale=scale,
    )
    model = StatefulLanguageModel(net, data.batch_size, carry=carry, name="rnn_lm")
    plan = {"factor": decay, "hold": hold, "epochs": PLAN, "steps": data.planned_steps}
    terms = data.input_shape[0]
    model.compile(sgd_of_sums(learning_rate, terms=terms, clip_norm=clip_norm, **plan))
    return model


def report(model: Any, data: Data) -> dict[str, Any]:
    """A sample, the perplexity of test in one piece, and gradients through time of both cells."""
    return report_recurrent_lm(model, data, {"units": 200, "layers": 2, "scale": 0.1})


recipe = Recipe(
    name="rnn_lm",
    data=data,
    build=build,
    report=report,
    epochs=13,
    objective=Objective("val_perplexity", "min"),
    score=Score(
        "stream_perplexity",
        "min",
        label="test perplexity",
    ),
    task="language_modelling",
    jit_compile=False,
    factors=("carry",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
