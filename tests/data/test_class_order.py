"""Classes named by numbers are in their order."""

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import load
from keras_dl.data.class_order import order_classes
from keras_dl.data.reading import record
from keras_dl.data.text.labelled_passages import passages


@pytest.mark.parametrize(
    ("names", "ordered", "recorded"),
    [
        (["10", "2", "1", "2"], ("1", "2", "10"), True),
        (["3", "1", "2"], ("1", "2", "3"), False),
        (["-1", "-10", "0"], ("-10", "-1", "0"), True),
        (["007", "7", "010"], ("007", "010", "7"), False),
        (["10", "9", "x"], ("10", "9", "x"), False),
    ],
)
def test_whole_numbers_are_ordered_as_numbers(names, ordered, recorded):
    with record() as reading:
        assert order_classes(names) == ordered
    assert ("class order" in reading.facts) == recorded


def test_folders_and_texts(tmp_path):
    random = np.random.default_rng(0)
    for name in ("1", "2", "10"):
        (tmp_path / name).mkdir()
        for i in range(5):
            pixels = random.integers(0, 20, (4, 4)) + 20 * int(name)
            Image.fromarray(pixels.astype("uint8")).save(tmp_path / name / f"{i}.png")
    data = load(tmp_path)
    assert data.class_names == ("1", "2", "10")
    means = [data.train.x[data.train.y == label].mean() for label in range(3)]
    assert means == sorted(means)
    assert data.reading.facts["class order"] == "by number, as all names are whole numbers"
    labels = ["2", "10", "1"] * 10
    texts = passages(([f"text {i} of {label}" for i, label in enumerate(labels)], labels))
    assert texts.class_names == ("1", "2", "10")
    assert all(f"of {texts.class_names[y]}" in text
               for text, y in zip(texts.texts[0], texts.labels[0], strict=True))  # fmt: skip
