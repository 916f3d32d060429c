import json

import numpy as np
import pytest

from keras_dl.data.text.characters import CharacterTokenizer


def test_characters_are_numbered_by_code_point():
    tokenizer = CharacterTokenizer.from_text("banana, Éa\n")
    assert tokenizer.characters == "\n ,abnÉ"
    assert tokenizer.encode("ban").tolist() == [4, 3, 5]
    assert tokenizer.encode("ban").dtype == np.int32
    assert tokenizer.vocabulary_size == 7


def test_decoding_undoes_encoding():
    text = "To be, or not to be:\nthat is the question."
    tokenizer = CharacterTokenizer.from_text(text)
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.encode("").tolist() == []


def test_the_config_survives_json():
    tokenizer = CharacterTokenizer.from_text('naïve "quotes"\n\\ 日本')
    config = json.loads(json.dumps(tokenizer.get_config()))
    assert CharacterTokenizer.from_config(config) == tokenizer


def test_unknown_characters_are_named():
    tokenizer = CharacterTokenizer.from_text("abc ")
    with pytest.raises(ValueError, match=r"the 4 characters .* Received: '\?' 'Z' 'é'"):
        tokenizer.encode("Zaé? cab")


def test_a_vocabulary_with_a_repeated_character_is_refused():
    with pytest.raises(ValueError, match="`characters` must hold two"):
        CharacterTokenizer("aba")
