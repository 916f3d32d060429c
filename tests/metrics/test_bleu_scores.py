import math

import numpy as np
import pytest

from keras_dl.metrics.bleu import bleu_scores


def words(text):
    return text.split()


def test_papineni_s_examples():
    """Clipped counts: "the" seven times has precision 2/7; sections 2.1 and 2.2."""
    references = [[words("the cat is on the mat"), words("there is a cat on the mat")]]
    found = bleu_scores([words("the the the the the the the")], references)
    assert found == (pytest.approx(2 / 7), 0.0, 0.0, 0.0)


def test_short_captions_are_penalised_by_the_closest_length():
    references = [[words("a b c d"), words("a b c d e f")]]
    found = bleu_scores([words("a b c")], references)
    assert found[0] == pytest.approx(math.exp(1 - 4 / 3))
    tied = bleu_scores([words("a b c")], [[words("a b"), words("a b c d")]])
    assert tied[0] == 1.0  # of 2 and 4, the shorter one counts


def test_equal_captions_have_one_and_none_zero():
    text = words("a dog runs through the snow")
    assert bleu_scores([text], [[text]]) == (1.0,) * 4
    assert bleu_scores([[]], [[text]]) == (0.0,) * 4


@pytest.mark.parametrize("seed", range(4))
def test_equals_sacrebleu(seed):
    sacrebleu = pytest.importorskip("sacrebleu", reason="sacrebleu is not installed")
    rng = np.random.default_rng(seed)

    def sentence():
        return list(rng.choice(list("abcde"), rng.integers(5, 12)))

    references = [[sentence() for _ in range(5)] for _ in range(30)]
    hypotheses = [sentence() for _ in range(30)]
    columns = [[" ".join(row[i]) for row in references] for i in range(5)]
    texts = [" ".join(row) for row in hypotheses]
    for n, found in enumerate(bleu_scores(hypotheses, references), start=1):
        theirs = sacrebleu.metrics.BLEU(tokenize="none", smooth_method="none", max_ngram_order=n)
        assert 100 * found == pytest.approx(theirs.corpus_score(texts, columns).score, rel=1e-6)
