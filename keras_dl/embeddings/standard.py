"""Standard evaluation of word vectors on the test sets of the mirror."""

from pathlib import Path
from typing import Any

from keras_dl import plots
from keras_dl.data import locations
from keras_dl.embeddings.analogies import AnalogyResult, analogies, read_questions
from keras_dl.embeddings.similarity import SIMILARITY, read_pairs, similarity
from keras_dl.embeddings.vectors import WordVectors

__all__ = ["FEWEST", "standard_report", "standard_scores"]

FOLDER = "text/word_eval"
FEWEST = 20  # pairs or questions with known words below which a score is not reported
METHODS = {"add": "3CosAdd", "mul": "3CosMul"}
KINDS = {"": None, "_semantic": "semantic", "_syntactic": "syntactic"}


def standard_scores(vectors: WordVectors, *, max_words: int = 30_000) -> dict[str, float]:
    """Computes analogy accuracies by both methods and correlations with human similarity ratings.

    Args:
        vectors: vectors of lower-case words.
        max_words: number of candidate answers, the max_words frequent words.

    Returns:
        `analogies/add`, `analogies/mul` and their semantic and syntactic parts, in [0, 1]: shares
        of the questions whose four words are among the candidates, and with `_of_all` of all
        questions; `analogies/asked` and `analogies/questions` count these. `similarity/wordsim353`
        and so on, with `_asked` and `_pairs` for the number of pairs with known words and of all.
        Scores are omitted if the mirror at KERAS_DL_DATA lacks their file in text/word_eval, or
        fewer than 20 questions or pairs have known words; counts are not.
    """
    return _similarities(vectors) | _shares(_answered(vectors, max_words))


def standard_report(vectors: WordVectors, *, max_words: int = 30_000) -> dict[str, Any]:
    """Computes `standard_scores` and draws the figure `analogies` of all sections."""
    answered = _answered(vectors, max_words)
    results: dict[str, Any] = _similarities(vectors) | _shares(answered)
    names = list(next(iter(answered.values())).evaluated) if answered else []
    names = [n for n in names if answered["add"].count(n)]
    if names:
        shares = {METHODS[m]: [a.accuracy(n) for n in names] for m, a in answered.items()}
        results["analogies"] = plots.analogy_bars(shares, names)
    return results


def _file(name: str) -> Path | None:
    folder = locations.mirror_folder()
    path = folder / FOLDER / name if folder else None
    return path if path and path.is_file() else None


def _similarities(vectors: WordVectors) -> dict[str, float]:
    scores = {}
    for name, file in SIMILARITY.items():
        path = _file(file)
        if path is not None:
            pairs = read_pairs(path)
            value, count = similarity(vectors, pairs)
            scores[f"similarity/{name}_asked"] = float(count)
            scores[f"similarity/{name}_pairs"] = float(len(pairs))
            if count >= FEWEST:
                scores[f"similarity/{name}"] = value
    return scores


def _answered(vectors: WordVectors, max_words: int) -> dict[str, AnalogyResult]:
    path = _file("questions-words.txt")
    if path is None:
        return {}
    questions = read_questions(path)
    return {m: analogies(vectors, questions, method=m, max_words=max_words) for m in METHODS}


def _shares(answered: dict[str, AnalogyResult]) -> dict[str, float]:
    scores = {}
    for suffix, kind in KINDS.items():
        for method, result in answered.items():
            scores[f"analogies/asked{suffix}"] = float(result.count(kind))
            scores[f"analogies/questions{suffix}"] = float(result.total(kind))
            if result.count(kind) >= FEWEST:
                scores[f"analogies/{method}{suffix}"] = result.accuracy(kind)
                scores[f"analogies/{method}{suffix}_of_all"] = result.accuracy(kind, of_all=True)
    return scores
