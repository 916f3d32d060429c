import numpy as np
import pytest

from keras_dl.metrics import modes

RANDOM = np.random.default_rng(0)
CLASSES = np.arange(300) % 3
FEATURES = RANDOM.normal(size=(300, 4)) + 10 * CLASSES[:, None]
NAMES = ("cat", "dog", "bird")


def test_as_varied_as_the_real_ones_is_no_collapse():
    found = modes((FEATURES, CLASSES), (FEATURES[::-1], CLASSES[::-1]), NAMES)
    assert not found.collapsed
    assert found.covered == 3
    assert found.variety == pytest.approx(1)
    assert found.verdict.startswith("No collapse: all 3 classes")


def test_missing_classes_are_named():
    kept = CLASSES == 1
    found = modes((FEATURES, CLASSES), (FEATURES[kept], CLASSES[kept]), NAMES)
    assert found.collapsed
    assert found.missing == (0, 2)
    assert found.covered == 1
    assert "2 of 3 classes are missing (cat, bird)" in found.verdict


def test_one_image_a_class_is_a_collapse_too():
    fake = 10.0 * np.repeat(CLASSES[:, None], 4, axis=1)
    found = modes((FEATURES, CLASSES), (fake, CLASSES), NAMES)
    assert found.collapsed
    assert found.missing == ()
    assert found.verdict.startswith("Collapsed within classes")


def test_classes_that_do_not_occur_are_not_missing():
    kept = CLASSES != 2
    found = modes((FEATURES[kept], CLASSES[kept]), (FEATURES[kept], CLASSES[kept]), NAMES)
    assert not found.collapsed
    assert found.covered == 2


def test_no_images_are_refused():
    with pytest.raises(ValueError, match="must hold images"):
        modes((FEATURES, CLASSES), (FEATURES[:0], CLASSES[:0]), NAMES)
