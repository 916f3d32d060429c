import json
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from keras_dl.data.serialization import preprocessor_from_json, preprocessor_to_json
from keras_dl.data.text.subwords import SPECIAL, SubwordTokenizer, _merge, _pieces, learn_merges

TEXTS = ["low low low low low lower lower newest newest newest widest widest", "a fast, new one"]


def slow_merges(texts, count):
    """Algorithm 1 of Sennrich et al., all pairs counted anew before each merge."""
    words = Counter(piece for text in texts for piece in _pieces(text))
    symbols, merges = {word: list(word) for word in words}, []
    for _ in range(count):
        pairs = Counter()
        for word, parts in symbols.items():
            for pair in pairwise(parts):
                pairs[pair] += words[word]
        best = min(pairs, key=lambda p: (-pairs[p], p), default=None)
        if best is None or pairs[best] < 2:
            break
        merges.append(best)
        symbols = {word: _merge(parts, best) for word, parts in symbols.items()}
    return tuple(merges)


@pytest.mark.parametrize("count", [1, 5, 100])
def test_merges_are_those_of_the_published_algorithm(count):
    assert learn_merges(TEXTS, count) == slow_merges(TEXTS, count)
    random = np.random.default_rng(0)
    texts = ["".join(random.choice(list("ab c"), 40)) for _ in range(20)]
    assert learn_merges(texts, count) == slow_merges(texts, count)


@pytest.mark.parametrize("merges", [0, 3, 50])
def test_decoding_gives_the_text_back(merges):
    text = "Zwei Männer, die (im Freien) sitzen: 3 Hüte!"
    tokenizer = SubwordTokenizer.from_texts([text, *TEXTS], merges)
    for each in (text, *TEXTS):
        assert tokenizer.decode(tokenizer.encode(each)) == each
    if merges:
        assert len(tokenizer.encode(TEXTS[0])) < len(TEXTS[0])


def test_marks_are_left_out_and_unknown_characters_are_shown():
    tokenizer = SubwordTokenizer.from_texts(TEXTS, 9)
    start, end = SPECIAL.index("<start>"), SPECIAL.index("<end>")
    ids = [start, *tokenizer.encode("low ß"), end, 0, 0]
    assert tokenizer.decode(ids) == "low <unk>"
    assert tokenizer.symbols[:4] == SPECIAL


def test_runs_store_the_tokenizer_as_json():
    tokenizer = SubwordTokenizer.from_texts(TEXTS, 9)
    stored = json.loads(json.dumps(preprocessor_to_json(tokenizer)))
    assert preprocessor_from_json(stored) == tokenizer
