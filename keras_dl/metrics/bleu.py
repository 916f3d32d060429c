"""BLEU of translations by sacrebleu, and BLEU-1 to BLEU-4 of texts in words."""

import importlib
import importlib.util
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

__all__ = ["bleu_scores", "corpus_bleu", "has_sacrebleu"]

Words = Sequence[str]


def has_sacrebleu() -> bool:
    """Returns whether the package of the extra `text` is installed."""
    return importlib.util.find_spec("sacrebleu") is not None


def corpus_bleu(translations: Sequence[str], references: Sequence[str]) -> float:
    """Computes BLEU of a corpus with one reference each, cased, tokenized as by WMT (13a).

    Args:
        translations: texts as a person reads them, not tokenized.
        references: as many.

    Returns:
        0 to 100.

    Raises:
        ImportError: if sacrebleu is not installed.
        ValueError: if the numbers of texts differ, or there are none.

    Reference:
        Papineni et al., 2002, BLEU: a Method for Automatic Evaluation of Machine Translation; Post,
        2018, A Call for Clarity in Reporting BLEU Scores, arXiv:1804.08771.
    """
    if len(translations) != len(references) or not references:
        raise ValueError(
            "`translations` must be as many as `references`, one at least. "
            f"Received: {len(translations)} and {len(references)}"
        )
    if not has_sacrebleu():
        raise ImportError("BLEU needs sacrebleu: pip install 'keras-dl[text]'")
    sacrebleu: Any = importlib.import_module("sacrebleu")
    return float(sacrebleu.corpus_bleu(list(translations), [list(references)]).score)


def bleu_scores(
    hypotheses: Sequence[Words], references: Sequence[Sequence[Words]], longest: int = 4
) -> tuple[float, ...]:
    """Computes BLEU-1 to BLEU-`longest` of a corpus with several references each, unsmoothed.

    Args:
        hypotheses: one text each, in words.
        references: right texts of each, in words.
        longest: n of the longest n-grams.

    Returns:
        Shares in [0, 1]: the geometric mean of the clipped precisions of n-grams of 1 to n words,
        times the brevity penalty with the closest reference lengths, the shorter of two.

    Reference:
        Papineni, Roukos, Ward and Zhu, 2002, BLEU: a Method for Automatic Evaluation of Machine
        Translation, section 2.
    """
    right, total = [0] * longest, [0] * longest
    length = wanted = 0
    for right_ones, words in zip(references, hypotheses, strict=True):
        length += len(words)
        wanted += min((abs(len(other) - len(words)), len(other)) for other in right_ones)[1]
        for n in range(1, longest + 1):
            counts, most = _ngrams(words, n), Counter()
            for other in right_ones:
                most |= _ngrams(other, n)
            right[n - 1] += sum((counts & most).values())
            total[n - 1] += sum(counts.values())
    if not length:
        return (0.0,) * longest
    brevity = min(1.0, math.exp(1 - wanted / length))
    scores, logs = [], 0.0
    for n in range(longest):
        if not right[n]:
            return (*scores, *[0.0] * (longest - n))
        logs += math.log(right[n] / total[n])
        scores.append(brevity * math.exp(logs / (n + 1)))
    return tuple(scores)


def _ngrams(words: Words, n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))
