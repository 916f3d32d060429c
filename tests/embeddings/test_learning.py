import keras
import numpy as np
import pytest

from keras_dl.data.text import build_vocabulary, token_sequences
from keras_dl.embeddings import (
    WordVectors,
    embedding_matrix,
    pretrained_vectors,
    save,
    skip_gram_training,
)


@pytest.mark.slow  # XLA takes seconds to compile
def test_vectors_of_a_labelled_set_s_words():
    """Words of even and odd texts never meet; within one they always do."""
    rng = np.random.default_rng(0)
    halves = [[f"{half}{i}" for i in range(6)] for half in "ab"]
    texts = [" ".join(rng.choice(halves[i % 2], 10)) for i in range(200)]
    data = token_sequences((texts, np.arange(200) % 2), length=10)
    keras.utils.set_random_seed(0)
    model, rows = skip_gram_training(data, dim=8, epochs=30, subsample=None)
    assert rows.train.num_examples % rows.batch_size == 0
    model.fit(rows.train.x, rows.train.y, batch_size=rows.batch_size, epochs=30, verbose=0)
    table = embedding_matrix(model)
    assert not table[:2].any()
    known = WordVectors(data.preprocessor.vocabulary.words, table[2:])
    assert set(known.words) == {*halves[0], *halves[1]}
    nearest = {word: known.neighbours(word, 1)[0][0][0] for word in known.words}
    assert np.mean([word[0] == near for word, near in nearest.items()]) >= 0.9
    assert known.dim == 8


@pytest.mark.parametrize("binary", [False, True])
def test_first_table_takes_known_words_from_a_file_and_draws_the_others(tmp_path, binary):
    rng = np.random.default_rng(0)
    known = WordVectors(tuple("abcd"), rng.normal(0, 2, (4, 50)).astype("float32"))
    file = str(tmp_path / ("v.bin" if binary else "v.txt"))
    save(known, file, binary=binary)
    keras.utils.set_random_seed(0)
    made = pretrained_vectors(file, build_vocabulary("xbbddd"), dim=50)
    assert made.dtype == np.float32
    assert not made[:2].any()
    np.testing.assert_array_equal(made[2:4], [known["d"], known["b"]])
    assert made[4].std() == pytest.approx(2, rel=0.3)  # 50 draws


def test_file_that_does_not_fit_is_refused(tmp_path):
    words = build_vocabulary("ab")
    with pytest.raises(ValueError, match="`vector_file` must exist"):
        pretrained_vectors(str(tmp_path / "none"), words, dim=3)
    save(WordVectors(("a",), np.ones((1, 3), "float32")), tmp_path / "v.txt")
    with pytest.raises(ValueError, match="`dim` must be the length of the vectors in .*, 3"):
        pretrained_vectors(str(tmp_path / "v.txt"), words, dim=4)
