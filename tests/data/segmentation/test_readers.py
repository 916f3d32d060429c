import io
import tarfile

import numpy as np
import pytest
from PIL import Image

from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.reading import record
from keras_dl.data.segmentation.camvid import CLASSES, COLOURS, read_camvid
from keras_dl.data.segmentation.class_weights import median_frequency_weights
from keras_dl.data.segmentation.labelled import voc_colours
from keras_dl.data.segmentation.mask_folders import read_mask_folder
from keras_dl.data.segmentation.shapes import draw_shapes, read_shapes


def write_pair(folder, name, image, mask, mode="L"):
    """An image as PNG in images/ and its class numbers in masks/."""
    for part, array in (("images", image), ("masks", mask)):
        path = folder / part / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(array)
        if part == "masks" and mode == "P":
            picture.putpalette([value % 256 for value in range(768)])
        picture.save(path)


def example(index, size=(8, 10)):
    """A coloured image whose first channel is 10 times the label of the pixel."""
    mask = np.random.default_rng(index).integers(3, size=size).astype("uint8")
    return np.stack([10 * mask, mask + 1, mask], axis=-1), mask


def test_folder_pairs_images_and_masks_by_name(tmp_path):
    for index, name in enumerate(("b", "a", "sub/c")):
        write_pair(tmp_path, name, *example(index), mode="P" if index else "L")
    (tmp_path / "classes.txt").write_text("grass\n water \n\nsand\n")
    labelled = read_mask_folder(tmp_path)
    images, masks = labelled.train
    assert images.shape == (3, 8, 10, 3)
    np.testing.assert_array_equal(images[..., 0], 10 * masks)
    np.testing.assert_array_equal(masks[1], example(0)[1])  # sorted by name
    assert labelled.names == ("grass", "water", "sand")
    assert (labelled.validation, labelled.test, labelled.ignore) == (None, None, 255)


def test_splits_and_archives(tmp_path):
    for index, split in enumerate(("train", "val", "test")):
        write_pair(tmp_path / "set" / split, "a", *example(index))
    archive = tmp_path / "set.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(tmp_path / "set", "set")
    for path in (tmp_path / "set", archive):
        labelled = read_mask_folder(path)
        for index, split in enumerate((labelled.train, labelled.validation, labelled.test)):
            np.testing.assert_array_equal(split[1][0], example(index)[1])
        assert labelled.names == ("0", "1", "2")
        assert labelled.name == "set"


def test_shrinking_keeps_labels_and_takes_the_same_part(tmp_path):
    for index, size in enumerate(((16, 20), (16, 20), (20, 40))):
        mask = np.zeros(size, "uint8")
        mask[:, size[1] // 2 :] = 2
        mask[0, 0] = 255
        write_pair(tmp_path, str(index), np.repeat(mask[..., None] % 255 * 100, 3, axis=-1), mask)
    with pytest.raises(DatasetError, match="`image_size` must be set for images of various sizes"):
        read_mask_folder(tmp_path)
    images, masks = read_mask_folder(tmp_path, image_size=8).train
    assert images.shape[1:3] == masks.shape[1:] == (8, 10)
    assert set(np.unique(masks)) <= {0, 2, 255}
    np.testing.assert_array_equal(masks[:, 4], np.repeat([[0] * 5 + [2] * 5], 3, axis=0))
    assert (images[:, 4, :4, 0] < 60).all()
    assert (images[:, 4, 6:, 0] > 140).all()


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda f: (f / "masks" / "a.png").unlink(), r"one mask for each image.*such as a"),
        (
            lambda f: Image.new("RGB", (10, 8)).save(f / "masks" / "a.png"),
            r"one class number per pixel.*masks/a.png of mode RGB",
        ),
        (
            lambda f: Image.new("L", (9, 8)).save(f / "masks" / "a.png"),
            r"masks of their images' size.*8×10 pixels.*8×9",
        ),
        (
            lambda f: (f / "classes.txt").write_text("one\ntwo"),
            r"labels below 2.*Received: 2 in masks/",
        ),
        (lambda f: (f / "masks" / "a.png").write_bytes(b"no"), "images that can be decoded"),
    ],
)
def test_faults_of_a_folder_are_named(tmp_path, break_it, message):
    for index, name in enumerate("ab"):
        write_pair(tmp_path, name, *example(index))
    break_it(tmp_path)
    with pytest.raises(DatasetError, match=message):
        read_mask_folder(tmp_path)


PALETTE = "open water 0 0 200\nvoid 0 0 0\ngrass 0 128 0\nsand 250 240 10\n"
COLOURS_OF_3 = np.array([[0, 0, 200], [0, 128, 0], [250, 240, 10], [0, 0, 0]], "uint8")


def test_masks_of_colours_are_read_by_the_colours_of_the_class_file(tmp_path):
    masks = []
    for index in range(3):
        image, mask = example(index, (16, 20))
        mask[0, 0] = 3
        masks.append(mask)
        write_pair(tmp_path, str(index), image, COLOURS_OF_3[mask])
    (tmp_path / "classes.txt").write_text(PALETTE)
    labelled = read_mask_folder(tmp_path)
    assert labelled.names == ("open water", "grass", "sand")
    assert labelled.colours == ((0, 0, 200), (0, 128, 0), (250, 240, 10))
    expected = np.where(np.stack(masks) == 3, 255, np.stack(masks))
    np.testing.assert_array_equal(labelled.train[1], expected)
    small = read_mask_folder(tmp_path, image_size=8).train[1]
    assert set(np.unique(small)) <= {0, 1, 2, 255}


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (
            PALETTE.replace("250 240 10", "250 240 11"),
            r"colours of classes.txt.*250 240 10 in masks/",
        ),
        (PALETTE.replace("0 128 0", "0 0 200"), r"colour of its own.*'grass 0 0 200'"),
        (PALETTE.replace("0 128 0", "0 300 0"), r"colour of its own.*'grass 0 300 0'"),
        ("water\ngrass\nsand", r"state the colour of each class in classes.txt"),
    ],
)
def test_colours_without_a_class_are_named(tmp_path, classes, message):
    for index in range(3):
        image, mask = example(index)
        write_pair(tmp_path, str(index), image, COLOURS_OF_3[mask])
    (tmp_path / "classes.txt").write_text(classes)
    with pytest.raises(DatasetError, match=message):
        read_mask_folder(tmp_path)


def test_masks_of_0_and_255_are_refused(tmp_path):
    write_pair(tmp_path, "a", example(0)[0], np.where(example(0)[1] > 0, 255, 0).astype("uint8"))
    with pytest.raises(DatasetError, match=r"two classes or more; number them 0, 1.*255 marks"):
        read_mask_folder(tmp_path)


def test_a_folder_without_images_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="folders images/ and masks/"):
        read_mask_folder(tmp_path)


def write_camvid(folder, *, lose=None):
    """A tar with two frames per split of CamVid's layout."""
    path = folder / "camvid" / "camvid_180x240.tar"
    path.parent.mkdir()
    with tarfile.open(path, "w") as tar:
        for split in ("train", "val", "test"):
            for index in range(2):
                image, mask = example(index, (18, 24))
                for part, array in (
                    (f"{split}/{index}.jpg", image),
                    (f"{split}annot/{index}.png", mask),
                ):
                    if part == lose:
                        continue
                    content = io.BytesIO()
                    Image.fromarray(array).save(content, "JPEG" if part.endswith("jpg") else "PNG")
                    info = tarfile.TarInfo(part)
                    info.size = content.tell()
                    tar.addfile(info, io.BytesIO(content.getvalue()))
    return path


def test_camvid_is_read_from_the_archive(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    with pytest.raises(DatasetUnavailable, match=r"camvid/camvid_180x240.tar.*dataset='shapes'"):
        read_camvid()
    path = write_camvid(tmp_path)
    labelled = read_camvid()
    assert (labelled.name, labelled.source, labelled.ignore) == ("camvid", str(path), 11)
    for images, masks in (labelled.train, labelled.validation, labelled.test):
        assert images.shape == (2, 18, 24, 3)
        np.testing.assert_array_equal(masks[1], example(1, (18, 24))[1])
    assert read_camvid(9).test[1].shape == (2, 9, 12)


def test_camvid_without_a_mask_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    write_camvid(tmp_path, lose="valannot/1.png")
    with pytest.raises(DatasetError, match=r"val/ and valannot/.*2 images and 1 masks"):
        read_camvid()


def test_camvid_has_11_classes_with_different_colours():
    assert len(CLASSES) == len(set(COLOURS)) == 11
    assert CLASSES[3] == "road"


def test_shapes_are_the_same_in_every_run_and_hold_every_class():
    labelled = read_shapes()
    for (images, masks), count in zip(
        (labelled.train, labelled.validation, labelled.test), (300, 50, 100), strict=True
    ):
        assert images.shape == (count, 48, 64, 3)
        assert images.dtype == masks.dtype == np.uint8
        assert set(np.unique(masks)) == {0, 1, 2, 3}
    np.testing.assert_array_equal(draw_shapes(2, (48, 64), seed=2)[0][0].shape, (48, 64, 3))
    again = draw_shapes(300, (48, 64), seed=0)
    np.testing.assert_array_equal(again[1], labelled.train[1])
    np.testing.assert_array_equal(again[0], labelled.train[0])


def test_a_disc_of_shapes_covers_the_area_of_a_circle():
    images, masks = draw_shapes(40, (96, 128), seed=3)
    assert images.std() > 20
    areas = [(mask == 1).sum() for mask in masks]
    assert max(areas) <= 4 * np.pi * (0.28 * 96) ** 2


def test_voc_colours_are_those_of_the_development_kit():
    colours = voc_colours(256)
    assert colours[:5] == ((0, 0, 0), (128, 0, 0), (0, 128, 0), (128, 128, 0), (0, 0, 128))
    assert colours[20] == (0, 64, 128)
    assert len(set(colours)) == 256


def test_median_frequency_weights_by_hand():
    masks = np.array([[[0, 0, 0, 1]], [[0, 0, 9, 9]]])
    # Frequencies: class 0 in 5 of 8 pixels, class 1 in 1 of 4; the median is 7/16.
    weights = median_frequency_weights(masks, 3)
    np.testing.assert_allclose(weights, [0.4375 / 0.625, 0.4375 / 0.25, 1.0])
    np.testing.assert_allclose(median_frequency_weights(masks, 3, power=0), 1)
    np.testing.assert_allclose(median_frequency_weights(masks, 3, power=0.5), np.sqrt(weights))


def test_longer_names_of_splits(tmp_path):
    for index, split in enumerate(("training", "dev", "testing")):
        write_pair(tmp_path / split, "a", *example(index))
        write_pair(tmp_path / split, "b", *example(index))
    labelled = read_mask_folder(tmp_path)
    parts = (labelled.train, labelled.validation, labelled.test)
    for index, (_, masks) in enumerate(parts):
        np.testing.assert_array_equal(masks[0], example(index)[1])


def test_other_files_are_named(tmp_path):
    write_pair(tmp_path, "a", *example(0))
    (tmp_path / "classes.txt").write_text("a\nb\nc\n")
    (tmp_path / "images" / "b.heic").write_bytes(b"")
    Image.new("L", (8, 8)).save(tmp_path / "overview.png")
    with record() as reading:
        read_mask_folder(tmp_path)
    assert reading.notices == ["2 of 4 files are left out: images/b.heic, overview.png."]


def test_images_of_16_bits_have_one_unit_in_all_splits(tmp_path):
    for split, level in (("train", 4000), ("val", 1000), ("test", 100)):
        write_pair(tmp_path / split, "a", np.full((8, 10), level, "uint16"), example(0)[1])
    with record() as reading:
        labelled = read_mask_folder(tmp_path)
    assert labelled.white == 4095
    levels = [pair[0].max() for pair in (labelled.train, labelled.validation, labelled.test)]
    assert levels == [249, 62, 6]
    assert "rounded to 256 grey levels" in reading.notices[-1]


def test_one_file_per_name_and_split(tmp_path):
    write_pair(tmp_path / "a", "0", *example(0))
    write_pair(tmp_path / "b", "0", *example(1))
    with pytest.raises(DatasetError, match="one file per name in images/ and masks/ of a split"):
        read_mask_folder(tmp_path)
