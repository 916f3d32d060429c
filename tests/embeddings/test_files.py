import numpy as np
import pytest

from keras_dl.embeddings import WordVectors, load, save


def made():
    words = ("the", "naïve", "re-use", "日本", "x")
    matrix = np.random.default_rng(0).normal(size=(5, 7)) * [[1e-8], [1], [1e5], [1], [0]]
    return WordVectors(words, matrix.astype("float32"))


@pytest.mark.parametrize("binary", [False, True])
def test_reads_back_what_was_written_bit_by_bit(tmp_path, binary):
    save(made(), tmp_path / "v", binary=binary)
    found = load(tmp_path / "v", binary=binary)
    assert found.words == made().words
    np.testing.assert_array_equal(found.matrix, made().matrix)


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_ours_and_we_read_gensim_s(tmp_path, binary):
    keyed = pytest.importorskip("gensim.models.keyedvectors").KeyedVectors
    save(made(), tmp_path / "ours", binary=binary)
    theirs = keyed.load_word2vec_format(str(tmp_path / "ours"), binary=binary)
    assert tuple(theirs.index_to_key) == made().words
    np.testing.assert_array_equal(theirs.vectors, made().matrix)
    theirs.save_word2vec_format(str(tmp_path / "theirs"), binary=binary)
    found = load(tmp_path / "theirs", binary=binary)
    assert found.words == made().words
    np.testing.assert_allclose(found.matrix, made().matrix, rtol=1e-6)


def test_text_file_is_plain(tmp_path):
    save(WordVectors(("a", "b"), np.array([[1, 0.5], [-2, 0]], "float32")), tmp_path / "v")
    assert (tmp_path / "v").read_text() == "2 2\na 1 0.5\nb -2 0\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must begin with the numbers"),
        (b"2 x\n", "must begin with the numbers"),
        (b"2 2\na 1 2\n", "in word 2"),
        (b"1 2\na 1 2 3\n", "3 numbers in word 1"),
        (b"1 2\na 1 b\n", "in word 1"),
    ],
)
def test_damaged_text_is_refused(tmp_path, content, words):
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(ValueError, match=words):
        load(tmp_path / "v")


def test_torn_binary_is_refused(tmp_path):
    save(made(), tmp_path / "v", binary=True)
    (tmp_path / "v").write_bytes((tmp_path / "v").read_bytes()[:-9])
    with pytest.raises(ValueError, match="an early end in word 5"):
        load(tmp_path / "v", binary=True)


def test_word_with_a_blank_is_refused(tmp_path):
    with pytest.raises(ValueError, match="free of white space"):
        save(WordVectors(("new york",), np.zeros((1, 2), "float32")), tmp_path / "v")
