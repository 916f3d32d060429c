import bz2

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from keras_dl.data import DatasetError, DatasetUnavailable
from keras_dl.data.registry import DATASETS
from keras_dl.data.text import LABELLED, bag_of_ngrams, passages, token_sequences, tokenize


@pytest.fixture(autouse=True)
def bare(tmp_path, monkeypatch):
    """No mirror, an empty folder."""
    monkeypatch.delenv("KERAS_DL_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def mirror(bare, monkeypatch):
    """A mirror with tiny sets in the forms of the real ones."""
    contents = {
        "sst2/stsa.binary.train": "1 a good film\n0 a bad film\n1 fine\n",
        "sst2/stsa.binary.dev": "0 bad\n1 good\n",
        "sst2/stsa.binary.test": "0 awful\n",
        "trec/TREC.train": "DESC:manner How did it ?\nLOC:city Where is Málaga ?\n" * 5,
        "trec/TREC.test": "LOC:other Where ?\n",
    }
    for name, text in contents.items():
        (bare / "text" / name).parent.mkdir(parents=True, exist_ok=True)
        (bare / "text" / name).write_bytes(text.encode("latin-1"))
    (bare / "text" / "imdb").mkdir()
    rows = "".join(f"{i % 2}\t{1 + 8 * (i % 2)}\t{i}\tseen<br />it\x85{i}\n" for i in range(20))
    for split in ("train", "test"):
        (bare / "text" / "imdb" / f"imdb_{split}.tsv.bz2").write_bytes(bz2.compress(rows.encode()))
    monkeypatch.setenv("KERAS_DL_DATA", str(bare))


def test_sets_of_the_mirror(mirror):
    sst2 = passages("sst2")
    assert sst2.texts == (["a good film", "a bad film", "fine"], ["bad", "good"], ["awful"])
    assert [y.tolist() for y in sst2.labels] == [[1, 0, 1], [0, 1], [0]]
    assert sst2.class_names == ("negative", "positive")
    trec = passages("trec")
    assert trec.class_names == ("DESC", "LOC")
    assert trec.texts[2] == ["Where ?"]
    assert "Where is Málaga ?" in trec.texts[0]
    imdb = passages("imdb")
    assert [len(t) for t in imdb.texts] == [18, 2, 20]
    assert imdb.texts[2][3] == "seen it\x853"
    assert imdb.labels[2].tolist() == [0, 1] * 10


def test_python_s_chapters_are_always_there_and_share_no_passage_between_splits():
    result = passages("topics")
    assert len(result.class_names) == 6
    sizes = [len(texts) for texts in result.texts]
    assert sum(sizes) > 700
    assert result.texts == passages("topics").texts
    joined = [set(texts) for texts in result.texts]
    assert not joined[0] & joined[2]
    assert all(set(y) == set(range(6)) for y in result.labels)


def test_file_and_lists_in_memory(bare):
    lines = [("up", "good day"), ("down", "bad day")] * 20
    (bare / "mine.tsv").write_text("".join(f"{y}\t{text}\n" for y, text in lines))
    result = passages("mine.tsv")
    assert result.class_names == ("down", "up")
    assert sorted(np.concatenate(result.texts).tolist()) == sorted(text for _, text in lines)
    labels, texts = zip(*lines, strict=True)
    assert passages((texts, labels)).texts == result.texts


def test_rows_are_numbers_with_padding_and_unknown_words():
    texts = ["a b a", "a c", "b b b b b a"] * 10
    data = token_sequences((texts, [0, 1, 1] * 10), length=4, most_words=2)
    words = data.preprocessor.vocabulary.words
    assert words == ("b", "a")
    assert {tuple(row) for row in data.train.x.tolist()} == {
        (3, 2, 3, 0), (3, 1, 0, 0), (2, 2, 2, 2),
    }  # fmt: skip
    assert data.class_names == ("0", "1")
    assert data.train.x.dtype == np.int32
    assert token_sequences(data, batch_size=3).batch_size == 3


def test_words_of_test_alone_are_unknown(mirror):
    assert token_sequences("sst2", length=2).test.x.tolist() == [[1, 0]]


@pytest.mark.parametrize("weighting", ["count", "binary", "tfidf"])
def test_lists_hold_the_rows_of_scikit_learn(weighting):
    labelled = passages("topics")
    data = bag_of_ngrams("topics", weighting=weighting, longest=2, min_count=3)
    vectorizer = TfidfVectorizer(
        tokenizer=tokenize, token_pattern=None, ngram_range=(1, 2), min_df=3,
        max_features=20_000, binary=weighting == "binary", use_idf=weighting == "tfidf",
        norm="l2" if weighting == "tfidf" else None,
    ).fit(labelled.texts[0])  # fmt: skip
    assert data.preprocessor.features[1:] == tuple(vectorizer.get_feature_names_out())
    for split, texts in zip((data.train, data.validation, data.test), labelled.texts, strict=True):
        expected = vectorizer.transform(texts).toarray()
        result = np.zeros((len(texts), expected.shape[1] + 1))
        for row, (numbers, weights) in zip(result, split.x, strict=True):
            np.add.at(row, numbers.astype(int), weights)
        np.testing.assert_allclose(result[:, 1:], expected, rtol=1e-6)
        assert (result[:, 0] == 1).all()


def test_bigrams_depend_on_the_order_of_words_and_unigrams_do_not():
    texts = ["a b c", "c b a"] * 10
    one, two = (
        bag_of_ngrams((texts, [0, 1] * 10), longest=n, min_count=1, weighting="count")
        for n in (1, 2)
    )
    assert len(np.unique(one.train.x, axis=0)) == 1
    assert len(np.unique(two.train.x, axis=0)) == 2


@pytest.mark.parametrize(
    ("read", "dataset", "error", "words"),
    [
        (passages, "sst2", DatasetUnavailable, "text/sst2/stsa.binary.train and set KERAS_DL_DATA"),
        (passages, "sst", DatasetUnavailable, "Did you mean 'sst2'"),
        (passages, "./none.tsv", DatasetUnavailable, "a text file that exists"),
        (passages, (["a"], [0, 1]), DatasetError, "1 texts and 2 labels"),
        (passages, (["a", "b"], [1, 1]), DatasetError, "two classes"),
        (passages, 7, DatasetError, "Received: int"),
        (
            bag_of_ngrams,
            (["?", "!"] * 10, [0, 1] * 10),
            DatasetError,
            "`min_count` must leave words",
        ),
    ],
)
def test_unreadable_input_is_refused(read, dataset, error, words):
    with pytest.raises(error, match=words):
        read(dataset)


def test_line_without_label_is_named(bare):
    (bare / "bad.tsv").write_text("a\tb\nno label\n")
    with pytest.raises(DatasetError, match="line 2 of bad.tsv"):
        passages("bad.tsv")


def test_registered_sets_state_licence_and_size():
    assert all(DATASETS[name].licence and DATASETS[name].size for name in LABELLED)
