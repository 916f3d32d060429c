import gzip

import numpy as np
import pytest

from keras_dl.data import DatasetError, DatasetUnavailable, Tokens
from keras_dl.data.registry import DATASETS
from keras_dl.data.text import CORPORA, build_vocabulary, corpus, tokenize

WORDS = [f"w{i}" for i in range(20)]


@pytest.fixture(autouse=True)
def bare(tmp_path, monkeypatch):
    """No mirror, an empty folder."""
    monkeypatch.delenv("KERAS_DL_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def text(count=400, seed=0):
    return " ".join(np.random.default_rng(seed).choice(WORDS, count))


def test_words_lose_case_and_punctuation_but_keep_apostrophes_and_hyphens():
    assert tokenize("Don't re-use “Éclair”, 3.5 x_y!") == [
        *("don't", "re-use", "éclair", "3", "5", "x", "y"),
    ]


def test_vocabulary_is_ordered_by_count_then_alphabet():
    vocabulary = build_vocabulary(["b", "a", "c", "b", "a", "d", "a"])
    assert vocabulary.words == ("a", "b", "c", "d")
    assert vocabulary.counts.tolist() == [3, 2, 1, 1]
    assert build_vocabulary(["b", "a", "c", "b", "a"], most=2).words == ("a", "b")
    assert vocabulary.decode(vocabulary.encode(["d", "x", "a"])) == ["d", "a"]
    assert vocabulary.encode(["d", "x", "a"]).tolist() == [3, -1, 0]


def test_rows_hold_the_text_in_order_and_splits_follow_each_other():
    content = text()
    data = corpus([content], min_count=1, length=50, batch_size=4)
    words = data.preprocessor.decode
    joined = [w for s in (data.train, data.validation, data.test) for w in words(s.x.ravel())]
    assert joined == content.split()
    assert len(words(data.test.x.ravel())) == len(words(data.validation.x.ravel())) == 20
    assert data.train.x.shape == (8, 50)  # 360 words, filled up to whole batches of 4 rows
    assert data.train.x.dtype == np.int32
    assert data.inputs == Tokens(vocabulary_size=len(data.preprocessor))


def test_rare_words_are_taken_out_before_rows_are_cut():
    content = [*["a", "b"] * 100, "rare", *["a", "b"] * 100]
    data = corpus([" ".join(content)], min_count=5, length=10, batch_size=1)
    assert data.preprocessor.words == ("a", "b")
    assert (data.train.x[:30] >= 0).all()


def test_vocabulary_is_counted_in_train_alone():
    data = corpus(["a b " * 100 + "late " * 10], min_count=1, length=10, batch_size=1)
    assert "late" not in data.preprocessor.words


@pytest.mark.parametrize(("name", "opened"), [("t.txt", open), ("t.txt.gz", gzip.open)])
def test_file_and_list_of_texts_give_equal_data(bare, name, opened):
    with opened(bare / name, "wt", encoding="utf-8") as file:
        file.write(text())
    for place in (name, bare / name):
        data = corpus(place, min_count=1)
        assert data.name == "t"
        np.testing.assert_array_equal(data.train.x, corpus([text()], min_count=1).train.x)


def test_mirrored_corpus_with_splits(bare, monkeypatch):
    folder = bare / "mirror" / "text" / "ptb"
    folder.mkdir(parents=True)
    for split, content in (("train", "a b <unk> a b"), ("valid", "a"), ("test", "b b x")):
        with gzip.open(folder / f"ptb.{split}.txt.gz", "wt") as file:
            file.write(f" {content} \n")
    monkeypatch.setenv("KERAS_DL_DATA", str(bare / "mirror"))
    data = corpus("ptb", min_count=1, length=4, batch_size=1)
    assert data.preprocessor.words == ("a", "b")
    assert data.train.x.tolist() == [[0, 1, 0, 1]]
    assert data.test.x.tolist() == [[1, 1, -1, -1]]


def test_texts_of_python_are_always_available():
    data = corpus("topics", length=100)
    vocabulary = data.preprocessor
    assert len(vocabulary) > 1000
    assert vocabulary.words[0] == "the"
    assert (np.diff(vocabulary.counts) <= 0).all()
    assert vocabulary.counts.min() >= 5
    assert data.digest == corpus("topics", length=100).digest != corpus("topics").digest


def test_given_data_pass_through():
    data = corpus([text()], min_count=1)
    assert corpus(data, batch_size=7).batch_size == 7


def test_registered_corpora_name_their_files_and_licence():
    assert all(DATASETS[name].licence and DATASETS[name].size for name in CORPORA)
    assert [name for name in CORPORA if not DATASETS[name].file] == ["topics"]


def test_files_of_a_folder_are_concatenated(bare):
    (bare / "books").mkdir()
    for name, content in (("b.txt", "three four five six"), ("a.txt", "one two"), ("n.md", "no")):
        (bare / "books" / name).write_text(content)
    data = corpus("books", min_count=1, length=10, batch_size=1)
    assert data.name == "books"
    joined = np.concatenate([s.x.ravel() for s in (data.train, data.validation, data.test)])
    assert data.preprocessor.decode(joined) == ["one", "two", "three", "four"]


@pytest.mark.parametrize(
    ("dataset", "error", "words"),
    [
        ("enwiki_slice", DatasetUnavailable, "text/enwiki_slice/enwiki_slice.txt.gz and set KERAS"),
        ("enwiki", DatasetUnavailable, "Did you mean 'enwiki_slice'"),
        ("./none.txt", DatasetUnavailable, "a text file that exists"),
        (3, DatasetError, "Received: int"),
        ([""], DatasetError, "at least four words"),
        (["a b c d e f"], DatasetError, "`min_count` must leave at least two words"),
    ],
)
def test_unreadable_input_is_refused(dataset, error, words):
    with pytest.raises(error, match=words):
        corpus(dataset)


def test_file_without_text_is_refused(bare):
    (bare / "noise.txt").write_bytes(bytes(range(32)) * 50)
    (bare / "latin.txt").write_bytes(b"caf\xe9 " * 50)
    (bare / "torn.txt.gz").write_bytes(gzip.compress(b"a b c " * 50)[:20])
    (bare / "empty.txt").touch()
    for name in ("noise.txt", "latin.txt", "torn.txt.gz", "empty.txt"):
        with pytest.raises(DatasetError, match=name):
            corpus(name)
