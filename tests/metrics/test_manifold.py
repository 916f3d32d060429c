import numpy as np
import pytest

from keras_dl.metrics import precision_recall


def test_half_of_the_real_ones_are_made():
    random = np.random.default_rng(0)
    left, right = random.normal(size=(60, 2)), random.normal(size=(60, 2)) + 100
    real, fake = np.concatenate([left[:30], right[:30]]), left[30:]
    precision, recall = precision_recall(real, fake)
    assert precision > 0.8
    assert 0.3 < recall <= 0.5


def test_one_true_image_again_and_again_is_precise_and_recalls_itself():
    real = np.random.default_rng(1).normal(size=(40, 3))
    precision, recall = precision_recall(real, np.repeat(real[:1], 10, axis=0))
    assert precision == 1
    assert recall == 1 / 40


def test_against_two_loops():
    random = np.random.default_rng(2)
    real, fake = random.normal(size=(25, 2)), random.normal(size=(20, 2)) + 0.5

    def covered(by, points, k=2):
        radii = [sorted(np.linalg.norm(by - b, axis=1))[k] for b in by]
        return np.mean(
            [
                any(np.linalg.norm(p - b) <= r for b, r in zip(by, radii, strict=True))
                for p in points
            ]
        )

    expected = covered(real, fake), covered(fake, real)
    assert precision_recall(real, fake, neighbours=2) == pytest.approx(expected)


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError, match="more than 3 rows.*3 and 9 rows"):
        precision_recall(np.zeros((3, 2)), np.zeros((9, 2)))
