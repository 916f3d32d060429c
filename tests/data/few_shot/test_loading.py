from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import DatasetError
from keras_dl.data.few_shot import BrightInk, FewShotImages, few_shot, glyphs
from keras_dl.data.serialization import preprocessor_from_json, preprocessor_to_json


@pytest.fixture(scope="module")
def data():
    return few_shot("glyphs", way=10, shot=2, query=3, episodes=7)


def test_classes_of_the_splits_are_disjoint(data):
    names = [set(data.targets.by_split[split]) for split in ("train", "validation", "test")]
    assert [len(n) for n in names] == [240, 20, 20]
    assert len(set.union(*names)) == 280


def test_samplers_make_the_episodes_of_each_split(data):
    shapes = {s: data.sampler(s).indices(0, 0, 1, 2).shape for s in data.splits}
    assert shapes == {"train": (2, 10, 5), "validation": (2, 20, 5), "test": (2, 5, 7)}
    assert [data.sampler(s).num_examples for s in data.splits] == [7, 40, 1000]
    for name, split in data.splits.items():
        rows = data.sampler(name).indices(0, 0, 1, 2)
        batch = split.take(rows)
        assert batch.x.shape == (*rows.shape, 28, 28, 1)
        assert (batch.y == batch.y[..., :1]).all()


def test_rotations_are_an_option():
    plain = few_shot("glyphs", rotations=False)
    assert len(plain.targets.by_split["train"]) == 60
    assert plain.input_shape == (28, 28, 1)


def test_too_few_classes_or_drawings_are_refused():
    with pytest.raises(
        DatasetError, match="`test_way` the 20 of 'test'. Received: way=40, test_way=21"
    ):
        few_shot("glyphs", test_way=21)
    with pytest.raises(DatasetError, match="the 240 classes of 'train' with its turned copies"):
        few_shot("glyphs", way=241)
    with pytest.raises(
        DatasetError, match=r"fewer than 21 .* query=16, and .* with 20, .* and 57 more"
    ):
        few_shot("glyphs", shot=5, query=16)


def test_classes_of_one_drawing_are_named(tmp_path):
    for number in range(12):
        folder = tmp_path / f"c{number:02}"
        folder.mkdir()
        for drawing in range(1 if number in (3, 7) else 4):
            Image.new("L", (28, 28), 20 * drawing).save(folder / f"{drawing}.png")
    with pytest.raises(DatasetError, match=r"Received: shot=1, query=1, and c0[37] with 1"):
        few_shot(str(tmp_path), way=2, test_way=2, query=1, test_query=1)


def test_unknown_data_are_refused():
    with pytest.raises(DatasetError, match="one of omniglot, glyphs, or the path"):
        few_shot("nowhere")


def test_dark_ink_becomes_bright_and_bright_ink_stays():
    drawing = np.zeros((1, 4, 4, 1), "uint8")
    drawing[0, 1, 1] = 200
    ink = preprocessor_from_json(preprocessor_to_json(BrightInk()))
    np.testing.assert_array_equal(ink(np.concatenate([drawing, 255 - drawing])), [drawing[0]] * 2)


def test_episodes_within_groups():
    data = few_shot("glyphs", way=6, test_way=6, within_groups=True)
    assert data.sampler("validation").indices(0, 0, 1, 1).shape[1] == 10  # half of 20 are odd
    rows = data.sampler("test").indices(0, 0, 1, 50)
    assert {len(set(episode[:, 0] % 2)) for episode in data.test.y[rows]} == {1}
    either = few_shot("glyphs", way=6, test_way=20, within_groups=None)
    assert either.sampler("validation").indices(0, 0, 1, 1).shape[1] == 10
    assert len(either.sampler("test").pools) == 1  # no group has 20 classes
    plain = {n: replace(p, groups=()) for n, p in glyphs().splits.items()}
    own = FewShotImages("own", "memory", plain)
    with pytest.raises(DatasetError, match="`within_groups` must be left out"):
        few_shot(own, within_groups=True)
