import math

import pytest

from keras_dl.metrics import bleu
from keras_dl.metrics.bleu import corpus_bleu


def test_bleu_of_a_corpus_is_that_of_its_formula():
    pytest.importorskip("sacrebleu", reason="BLEU is computed by sacrebleu")
    made, right = ["the cat sat on the mat", "a b c d e"], ["the cat sat on a mat", "a b c d e"]
    # Hits over n-grams of both texts together, n from 1 to 4; both have the right length.
    hits = [(5 + 5) / 11, (3 + 4) / 9, (2 + 3) / 7, (1 + 2) / 5]
    expected = 100 * math.prod(hits) ** 0.25
    assert corpus_bleu(made, right) == pytest.approx(expected, abs=1e-6)
    assert corpus_bleu(right, right) == pytest.approx(100)


def test_without_sacrebleu_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(bleu, "has_sacrebleu", lambda: False)
    with pytest.raises(ImportError, match=r"keras-dl\[text\]"):
        corpus_bleu(["a"], ["a"])
    with pytest.raises(ValueError, match="as many as"):
        corpus_bleu(["a"], [])
