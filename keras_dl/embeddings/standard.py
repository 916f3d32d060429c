"""The usual scores of word vectors, as far as their files are at hand."""

from pathlib import Path
from typing import Any

from keras_dl import plots
from keras_dl.data import locations
from keras_dl.embeddings.analogies import Analogies, analogies, read_questions
from keras_dl.embeddings.similarity import SIMILARITY, read_pairs, similarity
from keras_dl.embeddings.vectors import WordVectors

__all__ = ["FEWEST", "standard_report", "standard_scores"]

FOLDER = "text/word_eval"
FEWEST = 20  # known pairs or questions under which a score says nothing
METHODS = {"add": "3CosAdd", "mul": "3CosMul"}
KINDS = {"": None, "_semantic": "semantic", "_syntactic": "syntactic"}


def standard_scores(vectors: WordVectors, *, most: int = 30_000) -> dict[str, float]:
    """Analogies by both methods and rank correlations with people's judgements of similarity.

    Args:
        vectors: of words in lower case.
        most: words that may answer an analogy, the first ones.

    Returns:
        `analogies/add`, `analogies/mul` and their semantic and syntactic parts, as shares;
        `similarity/wordsim353` and so on. Nothing where the mirror that KERAS_DL_DATA names lacks
        the files in text/word_eval, or where less than 20 questions or pairs are known.
    """
    return _similarities(vectors) | _shares(_answered(vectors, most))


def standard_report(vectors: WordVectors, *, most: int = 30_000) -> dict[str, Any]:
    """The same with a figure `analogies` of all sections, for a recipe's report."""
    answered = _answered(vectors, most)
    found: dict[str, Any] = _similarities(vectors) | _shares(answered)
    names = list(next(iter(answered.values())).asked) if answered else []
    names = [n for n in names if answered["add"].count(n)]
    if names:
        shares = {METHODS[m]: [a.accuracy(n) for n in names] for m, a in answered.items()}
        found["analogies"] = plots.analogy_bars(shares, names)
    return found


def _file(name: str) -> Path | None:
    folder = locations.mirror()
    path = folder / FOLDER / name if folder else None
    return path if path and path.is_file() else None


def _similarities(vectors: WordVectors) -> dict[str, float]:
    scores = {}
    for name, file in SIMILARITY.items():
        path = _file(file)
        if path is not None:
            value, count = similarity(vectors, read_pairs(path))
            if count >= FEWEST:
                scores[f"similarity/{name}"] = value
    return scores


def _answered(vectors: WordVectors, most: int) -> dict[str, Analogies]:
    path = _file("questions-words.txt")
    if path is None:
        return {}
    questions = read_questions(path)
    return {m: analogies(vectors, questions, method=m, most=most) for m in METHODS}


def _shares(answered: dict[str, Analogies]) -> dict[str, float]:
    return {
        f"analogies/{method}{suffix}": found.accuracy(kind)
        for method, found in answered.items()
        for suffix, kind in KINDS.items()
        if found.count(kind) >= FEWEST
    }
