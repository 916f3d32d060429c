import os

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import DatasetError, DatasetUnavailable
from keras_dl.data.detection import load_detection

real = pytest.mark.skipif(
    "KERAS_DL_DATA" not in os.environ, reason="set KERAS_DL_DATA to the folder of real data sets"
)


def write(folder, count, split="", size=(30, 40), start=0):
    """Images with one bright rectangle each; returns rows of a CSV file."""
    (folder / split).mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(start, start + count):
        pixels = np.full((*size, 3), 20 + number, "uint8")
        left, top = 5 + number % 7, 4 + number % 5
        pixels[top : top + 8, left : left + 12] = 220
        name = f"{split}/{number}.png".lstrip("/")
        Image.fromarray(pixels).save(folder / name)
        rows.append(f"{name},blob,{left},{top},{left + 12},{top + 8}")
    return rows


def table(folder, rows):
    text = "\n".join(["image,class,xmin,ymin,xmax,ymax", *rows])
    (folder / "boxes.csv").write_text(text)


def bright(image, box):
    """Whether the box is round the bright pixels and nothing else."""
    rows, columns = np.nonzero(image[..., 0] > 130)
    edges = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    return np.abs(np.array(edges) - box).max() <= 1


def test_boxes_follow_their_images(tmp_path):
    table(tmp_path, write(tmp_path, 20))
    for height in (None, 60, 45):
        data = load_detection(tmp_path, image_size=height)
        assert data.class_names == ("blob",)
        for split in data.splits.values():
            for image, boxes, classes in zip(split.x, *split.y.values(), strict=True):
                assert classes.tolist() == [0]
                assert bright(image, boxes[0])
    assert [len(split.x) for split in data.splits.values()] == [14, 2, 4]


def test_images_of_other_proportions_are_cut_with_their_boxes(tmp_path):
    rows = write(tmp_path, 12) + write(tmp_path, 3, size=(30, 60), start=12)
    table(tmp_path, rows)
    data = load_detection(tmp_path, image_size=30)
    assert data.train.x.shape[1:] == (30, 40, 3)
    displayed = 0
    for split in data.splits.values():
        for image, boxes, classes in zip(split.x, *split.y.values(), strict=True):
            displayed += int((classes >= 0).sum())
            assert all(bright(image, box) for box in boxes[classes >= 0])
    assert displayed == 15


def test_folders_name_the_splits(tmp_path):
    rows = write(tmp_path, 6, "train") + write(tmp_path, 3, "val", start=6)
    table(tmp_path, rows + write(tmp_path, 4, "test", start=9))
    data = load_detection(tmp_path)
    assert [len(split.x) for split in data.splits.values()] == [6, 3, 4]


def test_what_cannot_be_paired_is_refused(tmp_path):
    rows = write(tmp_path, 4)
    with pytest.raises(DatasetError, match="annotations of one kind.*Received: none"):
        load_detection(tmp_path)
    table(tmp_path, [*rows, "missing.png,blob,1,1,5,5"])
    with pytest.raises(DatasetError, match=r"missing.png, of which .* has 0"):
        load_detection(tmp_path)
    (tmp_path / "more.json").write_text("{}")
    with pytest.raises(DatasetError, match=r"Received: .csv and .json"):
        load_detection(tmp_path)
    with pytest.raises(DatasetError, match="`dataset` must be bccd, shape_boxes or the path"):
        load_detection(tmp_path / "nowhere")


def test_various_sizes_need_a_height(tmp_path):
    table(tmp_path, write(tmp_path, 3) + write(tmp_path, 2, size=(20, 20), start=3))
    with pytest.raises(DatasetError, match="`image_size` must be set for images of various sizes"):
        load_detection(tmp_path)


def test_absent_data_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    with pytest.raises(DatasetUnavailable, match=r"put bccd/images.tar"):
        load_detection("bccd")


def test_generated_boxes_are_round_their_shapes():
    data = load_detection("shape_boxes")
    image, boxes, classes = data.test.x[0], data.test.y["boxes"][0], data.test.y["classes"][0]
    inside = np.zeros(image.shape[:2], bool)
    for left, top, right, bottom in boxes[classes >= 0].astype(int):
        inside[top:bottom, left:right] = True
    assert image[~inside].mean() < 90
    assert (classes >= 0).any()
    # Every side of a box touches its shape: means over edges are brighter than the ground.
    left, top, right, bottom = boxes[0].astype(int)
    middle = (top + bottom) // 2
    assert image[middle - 1 : middle + 1, left : left + 2].mean() > 100


@pytest.mark.slow
@real
def test_blood_cells():
    data = load_detection("bccd", image_size=60)
    assert [len(split.x) for split in data.splits.values()] == [205, 87, 72]
    counts = [sum((s.y["classes"] == k).sum() for s in data.splits.values()) for k in range(3)]
    assert data.class_names == ("Platelets", "RBC", "WBC")
    assert sum(counts) == 4155 + 372 + 361 - 2
    assert counts[2] == 372
