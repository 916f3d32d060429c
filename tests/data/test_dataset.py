import numpy as np

from keras_dl.data import digest


def test_digest_sees_values_shape_and_kind():
    x = np.arange(6, dtype=np.uint8)
    different = [x, x + 1, x.reshape(2, 3), x.astype(np.int32), x.view(np.int8)]
    assert len({digest(a) for a in different}) == len(different)
    assert digest(x) == digest(x.copy())
    assert len(digest(x)) == 64


def test_digest_does_not_see_the_memory_layout():
    x = np.arange(12).reshape(3, 4)
    assert digest(x) == digest(np.asfortranarray(x)) == digest(np.repeat(x, 2, axis=1)[:, ::2])
