import json

import numpy as np
import pytest

from keras_dl.data import DatasetError, DatasetUnavailable
from keras_dl.data.serialization import preprocessor_from_json, preprocessor_to_json
from keras_dl.data.text.characters import CharacterTokenizer, characters

TEXT = "".join(chr(97 + i % 26) for i in range(1000))


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


def test_runs_store_the_tokenizer_as_json():
    tokenizer = CharacterTokenizer.from_text("to be")
    assert preprocessor_from_json(preprocessor_to_json(tokenizer)) == tokenizer


def test_texts_of_unequal_length_are_padded_on_the_right():
    tokenizer = CharacterTokenizer.from_text("abc")
    assert tokenizer(["cab", "b"]).tolist() == [[2, 0, 1], [1, 0, 0]]


def test_unknown_characters_are_named():
    tokenizer = CharacterTokenizer.from_text("abc ")
    with pytest.raises(ValueError, match=r"the 4 characters .* Received: '\?' 'Z' 'é'"):
        tokenizer.encode("Zaé? cab")


def test_a_vocabulary_with_a_repeated_character_is_refused():
    with pytest.raises(ValueError, match="`characters` must hold two"):
        CharacterTokenizer("aba")


def test_the_splits_follow_each_other_and_targets_are_one_character_ahead():
    data = characters([TEXT], context=10, batch_size=4)
    decode = data.preprocessor.decode
    assert [split.num_examples for split in data.splits.values()] == [899, 49, 49]
    joined = [decode(split.x) + decode(split.y[-1:]) for split in data.splits.values()]
    assert "".join(joined) == TEXT
    for split in data.splits.values():
        np.testing.assert_array_equal(split.x[1:], split.y[:-1])
        assert split.x.dtype == split.y.dtype == np.int32
    assert data.input_shape == (10,)
    assert data.inputs.vocabulary_size == data.targets.vocabulary_size == 26


def test_windows_are_random_in_train_and_tile_the_other_splits():
    data = characters([TEXT], context=10, batch_size=4)
    rows = data.sampler("train").indices(0, 0, 4, None)
    assert rows.shape == (89, 10)
    assert (np.diff(rows, axis=1) == 1).all()
    assert len(set(rows[:, 0] % 10)) > 3
    assert (rows != data.sampler("train").indices(0, 1, 4, None)).any()
    rows = data.sampler("validation").indices(0, 0, 4, None)
    assert rows.ravel().tolist() == list(range(40))


def test_a_text_file_and_the_embedded_text_are_read(tmp_path, monkeypatch):
    monkeypatch.delenv("KERAS_DL_DATA", raising=False)
    file = tmp_path / "letters.txt"
    file.write_text(TEXT, encoding="utf-8")
    assert characters(file, context=10).digest == characters([TEXT], context=10).digest
    assert characters(str(file), context=10).name == "letters"
    assert characters("topics").train.num_examples > 300_000


def test_data_may_change_its_windows_and_batches():
    data = characters([TEXT], context=10, batch_size=4)
    changed = characters(data, context=20, batch_size=2)
    assert (changed.batch_size, changed.input_shape) == (2, (20,))
    assert changed.sampler("test").num_examples == 2
    assert changed.digest == data.digest


@pytest.mark.parametrize(
    ("dataset", "error", "words"),
    [
        ("tiny_shakespear", DatasetUnavailable, "Did you mean 'tiny_shakespeare'"),
        ("tiny_shakespeare", DatasetUnavailable, "KERAS_DL_DATA"),
        ("missing.txt", DatasetUnavailable, "must be a text file that exists"),
        (["too short"], DatasetError, "`context` must lie in 1"),
        (7, DatasetError, "`dataset` must be the name of a text"),
    ],
)
def test_unusable_texts_are_refused(dataset, error, words, monkeypatch):
    monkeypatch.delenv("KERAS_DL_DATA", raising=False)
    with pytest.raises(error, match=words):
        characters(dataset)
