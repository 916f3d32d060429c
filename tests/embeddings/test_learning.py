import keras
import numpy as np
import pytest

from keras_dl.data.text import labelled
from keras_dl.embeddings import learnt


@pytest.mark.slow  # XLA takes seconds to compile
def test_vectors_of_a_labelled_set_s_words():
    """Words of even and odd texts never meet; within one they always do."""
    rng = np.random.default_rng(0)
    halves = [[f"{half}{i}" for i in range(6)] for half in "ab"]
    texts = [" ".join(rng.choice(halves[i % 2], 10)) for i in range(200)]
    data = labelled((texts, np.arange(200) % 2), length=10)
    keras.utils.set_random_seed(0)
    known = learnt(data.train.x, data.extras["vocabulary"], dim=8, epochs=30, subsample=None)
    assert set(known.words) == {*halves[0], *halves[1]}
    nearest = {word: known.neighbours(word, 1)[0][0][0] for word in known.words}
    assert np.mean([word[0] == near for word, near in nearest.items()]) >= 0.9
    assert known.dim == 8
