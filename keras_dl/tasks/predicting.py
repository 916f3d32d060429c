"""What a tracked model says of images and texts, and which words lie near each other in it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from keras_dl.data import read_images
from keras_dl.data.text import from_json, read_texts
from keras_dl.embeddings import WordVectors
from keras_dl.space import Hyper, hypers
from keras_dl.tasks.classification import probabilities
from keras_dl.tracking import models

__all__ = [
    "Prediction",
    "nearest",
    "options",
    "predict",
    "predictions",
    "reader",
    "takes_words",
    "word_vectors",
]

Ranking = list[tuple[str, float]]
COMMON = ("top", "out")  # options of each task's predictions


class Prediction(NamedTuple):
    """The result for one input.

    Attributes:
        source: the input: a file, a text, a word.
        text: the result in words; "" for a picture alone.
        picture: (height, width), (height, width, 3) or (height, width, 4) uint8, or None.
    """

    source: str
    text: str
    picture: np.ndarray | None = None


def options(run_id: str) -> dict[str, Hyper]:
    """Returns the options that only the task of this run has, by name.

    They are the keyword-only parameters of the task's predictions, annotated like hyperparameters.

    Args:
        run_id: of the run, or its first characters.

    Raises:
        ValueError: if there is no such run.
    """
    return hypers(_predictor(run_id), exclude=COMMON)


def predictions(
    run_id: str, inputs: Sequence[str], *, top: int = 3, out: str | None = None, **own: Any
) -> Iterator[Prediction]:
    """Applies a run's model to inputs, as its task does.

    Args:
        run_id: of the run, or its first characters.
        inputs: files, folders, texts or words, as the task takes them.
        top: results for each input, best first.
        out: folder for files that a task writes; None writes none.
        **own: the task's own options, see `options`.

    Raises:
        ValueError: if there is no such run, or an input cannot be read.
    """
    yield from _predictor(run_id)(run_id, inputs, top=top, out=out, **own)


def _predictor(run_id: str) -> Callable[..., Iterator[Prediction]]:
    return _nearest_words if takes_words(run_id) else _classes


def _classes(
    run_id: str, inputs: Sequence[str], *, top: int, out: str | None
) -> Iterator[Prediction]:
    for source, ranking in predict(run_id, inputs, top):
        yield Prediction(source, ", ".join(f"{name} {share:.1%}" for name, share in ranking))


def _nearest_words(
    run_id: str, inputs: Sequence[str], *, top: int, out: str | None
) -> Iterator[Prediction]:
    for source, ranking in nearest(run_id, inputs, top):
        yield Prediction(
            source, ", ".join(f"{word} (cosine {cosine:.2f})" for word, cosine in ranking)
        )


def predict(run_id: str, paths: Sequence[str], top: int = 3) -> list[tuple[str, Ranking]]:
    """Classifies images or texts.

    Args:
        run_id: of the run whose model is used, or its first characters.
        paths: image files, folders of images or `.npz` files with `x`; for a classifier of texts,
            texts themselves or what `keras_dl.data.text.read_texts` reads.
        top: classes to give for each.

    Returns:
        (file or text, [(class, probability), …] likeliest first) for every one.

    Raises:
        ValueError: if the run has no such classifier, or something cannot be read.
    """
    _check_top(top)
    spec: dict[str, Any] = models.spec(run_id)
    if spec["kind"] not in ("image", "text") or not spec["class_names"]:
        raise ValueError(
            "`run_id` must name a classifier of images or texts. "
            f"Received: {spec['kind']} data, {len(spec['class_names'])} classes"
        )
    if spec["kind"] == "image":
        examples, asked = read_images(paths, tuple(spec["input_shape"]))
    else:
        texts, asked = read_texts(paths)
        examples = reader(run_id)(texts)
    chances = probabilities(models.load(run_id), examples)
    names = spec["class_names"]
    best = (-chances).argsort(axis=1)[:, :top]
    return [
        (what, [(names[i], float(row[i])) for i in order])
        for what, row, order in zip(asked, chances, best, strict=True)
    ]


def reader(run_id: str) -> Any:
    """Turns texts into what the run's model takes.

    Args:
        run_id: of the run, or its first characters.

    Returns:
        A `WordReader` or `NgramReader`, called with a list of texts; for word vectors, whose model
        takes numbers of words, the `Vocabulary`.

    Raises:
        ValueError: if there is no such run, or its model takes no texts.
    """
    extras = from_json(models.reader(run_id))
    return extras.get("reader", extras.get("vocabulary"))


def takes_words(run_id: str) -> bool:
    """Whether the run has learnt vectors of words, so that one can ask for neighbours."""
    spec = models.spec(run_id)
    return spec["kind"] == "text" and not spec["class_names"]


def word_vectors(run_id: str) -> WordVectors:
    """The vectors that a run of word2vec has learnt.

    Args:
        run_id: of the run, or its first characters.

    Raises:
        ValueError: if there is no such run, or it has learnt something else.
    """
    if not takes_words(run_id):
        raise ValueError(f"`run_id` must name a run that learnt word vectors. Received: {run_id}")
    words = reader(run_id).words
    table = models.load(run_id).predict(np.arange(len(words)), batch_size=4096, verbose=0)
    return WordVectors(words, table)


def nearest(run_id: str, words: Sequence[str], top: int = 3) -> list[tuple[str, Ranking]]:
    """The words of the largest cosine.

    Args:
        run_id: of a run of word2vec, or its first characters.
        words: to ask for, in any case.
        top: neighbours to give for each.

    Returns:
        (word, [(neighbour, cosine), …] nearest first) for every word.

    Raises:
        ValueError: if the run has learnt something else, or a word is not in its vocabulary.
    """
    _check_top(top)
    known = word_vectors(run_id)
    return [(word, known.neighbours(word.lower(), top)) for word in words]


def _check_top(top: int) -> None:
    if top < 1:
        raise ValueError(f"`top` must be 1 or more. Received: top={top}")
