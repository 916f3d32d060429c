"""Word analogies: questions of the form "a is to b as c is to …?"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_dl.data.text_files import read_text
from keras_dl.embeddings.vectors import WordVectors

__all__ = ["AnalogyResult", "analogies", "read_questions"]

Question = tuple[str, str, str, str]
AT_ONCE = 256  # questions per matrix product
EPSILON = 1e-3  # of 3CosMul, as in the paper


@dataclass(frozen=True)
class AnalogyResult:
    """Counts of correctly answered analogy questions.

    Attributes:
        correct: section → number of correct answers.
        evaluated: section → number of questions with all four words in the vocabulary.
        skipped: section → number of the other questions.
    """

    correct: dict[str, int]
    evaluated: dict[str, int]
    skipped: dict[str, int]

    def accuracy(self, kind: str | None = None, *, of_all: bool = False) -> float:
        """Returns the share of correct answers; NaN without a question to divide by.

        Args:
            kind: "semantic", "syntactic" (sections whose name begins with "gram"), the name of a
                section, or None for all.
            of_all: whether skipped questions count as wrong ones; else they are left out.
        """
        count = self.total(kind) if of_all else self.count(kind)
        correct = sum(n for section, n in self.correct.items() if _belongs(section, kind))
        return correct / count if count else float("nan")

    def count(self, kind: str | None = None) -> int:
        """Returns the number of evaluated questions; `kind` as for `accuracy`."""
        return sum(n for section, n in self.evaluated.items() if _belongs(section, kind))

    def total(self, kind: str | None = None) -> int:
        """Returns the number of all questions, skipped ones too; `kind` as for `accuracy`."""
        skipped = sum(n for section, n in self.skipped.items() if _belongs(section, kind))
        return self.count(kind) + skipped


def read_questions(path: Path) -> dict[str, list[Question]]:
    """Reads questions by section from a file in the format of word2vec's questions-words.txt.

    Raises:
        ValueError: if a line is neither a section nor four words.
    """
    sections: dict[str, list[Question]] = {}
    questions: list[Question] = []
    for number, line in enumerate(read_text(path, "utf-8").splitlines(), 1):
        words = line.split()
        if line.startswith(":"):
            questions = sections.setdefault(" ".join(words[1:]) or line[1:].strip(), [])
        elif words:
            if len(words) != 4 or not sections:
                raise ValueError(
                    "`path` must hold `: section` and lines of four words. "
                    f"Received: {line!r}, line {number} of {path}"
                )
            questions.append((words[0], words[1], words[2], words[3]))
    return sections


def analogies(
    vectors: WordVectors,
    questions: Mapping[str, Sequence[Question]],
    *,
    method: str = "add",
    max_words: int | None = 30_000,
) -> AnalogyResult:
    """Answers each question by the best word other than a, b and c.

    Args:
        vectors: vectors of lower-case words.
        questions: section → (a, b, c, answer); converted to lower case.
        method: "add", the largest cos(x, b) - cos(x, a) + cos(x, c), or "mul", the largest
            cos(x, b)·cos(x, c)/(cos(x, a) + 0.001) of cosines brought to [0, 1].
        max_words: number of candidate words, the most frequent ones; None for all.

    Raises:
        ValueError: if `method` is neither.

    Reference:
        Mikolov, Yih and Zweig, 2013, Linguistic Regularities in Continuous Space Word
        Representations. Levy and Goldberg, 2014, Linguistic Regularities in Sparse and Explicit
        Word Representations, eqs. 3 and 4, for "mul".
    """
    if method not in ("add", "mul"):
        raise ValueError(f'`method` must be "add" or "mul". Received: method={method!r}')
    candidates = vectors if max_words is None else vectors.most_frequent(max_words)
    correct, evaluated, skipped = {}, {}, {}
    for section, listed in questions.items():
        rows = [[candidates.numbers.get(word.lower(), -1) for word in q] for q in listed]
        usable = np.array([r for r in rows if min(r) >= 0], np.int64).reshape(-1, 4)
        answers = [
            _answers(candidates.unit, usable[i : i + AT_ONCE, :3], method)
            for i in range(0, len(usable), AT_ONCE)
        ]
        predicted = np.concatenate(answers) if answers else np.zeros(0, np.int64)
        correct[section] = int((predicted == usable[:, 3]).sum())
        evaluated[section], skipped[section] = len(usable), len(rows) - len(usable)
    return AnalogyResult(correct, evaluated, skipped)


def _answers(unit: np.ndarray, rows: np.ndarray, method: str) -> np.ndarray:
    a, b, c = (unit[rows[:, i]] for i in range(3))
    if method == "add":
        fits = (b - a + c) @ unit.T
    else:
        to_a, to_b, to_c = ((1 + x @ unit.T) / 2 for x in (a, b, c))
        fits = to_b * to_c / (to_a + EPSILON)
    np.put_along_axis(fits, rows, -np.inf, axis=1)
    return fits.argmax(axis=1)


def _belongs(section: str, kind: str | None) -> bool:
    own = "syntactic" if section.startswith("gram") else "semantic"
    return kind in (None, section, own)
