"""LSTM language model: the next word, with a state that is carried through the text.

Paper: Zaremba, Sutskever and Vinyals, 2014, Recurrent Neural Network Regularization, section 4.1.
Data: Penn Treebank, 929,589 words of train with the ends of sentences, 10,000 different ones; or
    any text. `--dataset topics` is embedded, Python's language reference.
Run: keras-dl run lstm_lm
Expect: Not measured on the Penn Treebank yet; TensorFlow's ptb_word_lm.py has a test perplexity of
    115.91 with this net and protocol. 13 epochs are 30,199 steps, by estimate 0.11 s of processor
    time each on an AMD EPYC, 55 minutes; `--budget quick` is 3 epochs.
Differs: A cell has one bias where cuDNN's has two. Shorter trainings go through the schedule of
    the 13 epochs in their own length; the epoch of the best validation perplexity is kept.
    `test/perplexity` reads the test set as 20 streams,
    `stream_perplexity` as one, as published.
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
    forget_bias: Annotated[bool, Choice(False, True)] = False,
    carry: Annotated[bool, Choice(True, False)] = True,
    learning_rate: Annotated[float, Range(0.05, 5.0, log=True)] = 1.0,
    decay: Annotated[float, Range(0.3, 1.0)] = 0.5,
    hold: Annotated[int, Range(1, 13)] = 4,
    clip_norm: Annotated[float, Range(0.5, 50.0, log=True)] = 5.0,
) -> keras.Model:
    """The net, compiled with the paper's gradient descent; the rate is for sums over a window."""
    net = recurrent_lm(
        get_tokenizer(data).vocabulary_size,
        units=units,
        layers=layers,
        dropout=dropout,
        scale=scale,
        forget_bias=forget_bias,
    )
    model = StatefulLanguageModel(net, data.batch_size, carry=carry, name="lstm_lm")
    plan = {"factor": decay, "hold": hold, "epochs": PLAN, "steps": data.planned_steps}
    terms = data.input_shape[0]
    model.compile(sgd_of_sums(learning_rate, terms=terms, clip_norm=clip_norm, **plan))
    return model


def report(model: Any, data: Data) -> dict[str, Any]:
    """A sample, the perplexity of test in one piece, and gradients through time of both cells."""
    return report_recurrent_lm(model, data, {"units": 200, "layers": 2, "scale": 0.1})


recipe = Recipe(
    name="lstm_lm",
    data=data,
    build=build,
    report=report,
    epochs=13,
    objective=Objective("val_perplexity", "min"),
    score=Score(
        "stream_perplexity",
        "min",
        published=115.91,
        source="small model, TensorFlow's ptb_word_lm.py",
        label="test perplexity",
    ),
    task="language_modelling",
    jit_compile=False,
    factors=("carry", "forget_bias"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
