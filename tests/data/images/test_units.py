"""Units of pixels: one decision for all splits, all grey levels kept, the same in `predict`."""

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import DatasetError, load, read_images
from keras_dl.data.images.units import Extent, common_white, find_whites

X = np.random.default_rng(0).random((90, 8, 8)).astype("float32")
Y = np.arange(90) % 3


def test_a_small_overshoot_is_clipped_with_a_notice():
    hot = X.copy()
    hot[0, 0, 0] = 1.0000001
    hot[1, 0, 0] = -0.02
    data = load((hot, Y))
    assert len(np.unique(data.train.x)) > 256
    assert max(s.x.max() for s in data.splits.values()) == 255
    assert min(s.x.min() for s in data.splits.values()) == 0
    (notice,) = data.reading.notices
    assert (
        notice
        == "2 of 5,760 pixels lie outside of 0..1 (-0.0199999996..1.00000012) and are clipped."
    )


@pytest.mark.parametrize("split", ["validation", "test"])
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_splits_of_different_units_are_refused(split, dtype):
    pixels = {"x_train": (X[:40] * 255).astype(dtype), "y_train": Y[:40]}
    pixels |= {f"x_{split}": X[40:].round() if dtype == "uint8" else X[40:], f"y_{split}": Y[40:]}
    with pytest.raises(DatasetError, match=rf"white cannot be 255 in train and 1 in {split}"):
        load(pixels)


def test_images_of_various_sizes_share_one_unit():
    images = [np.full((4, 4 + i % 2, 1), 40 if i < 5 else 3000, np.uint16) for i in range(20)]
    images = [image + np.arange(4, dtype=np.uint16)[:, None, None] for image in images]
    data = load((images, np.arange(20) % 2), image_size=4)
    assert data.inputs.white == 4095
    assert data.train.x.dtype == np.float32


@pytest.mark.parametrize(("bits", "white"), [(10, 1023), (12, 4095), (14, 16383), (16, 65535)])
def test_deep_images_keep_their_grey_levels(bits, white):
    pixels = np.arange(90 * 64).reshape(90, 8, 8) * (2**bits - 1) // (90 * 64 - 1)
    data = load((pixels.astype("uint16"), Y))
    assert data.inputs.white == white
    whole = np.concatenate([s.x.ravel() for s in data.splits.values()])
    assert len(np.unique(whole)) == len(np.unique(pixels))
    assert whole.dtype == np.float32
    assert whole.max() == 255
    assert f"0..{white} in uint16, white is {white}" in data.reading.facts["value range"]


def test_bytes_remain_bytes():
    data = load(((X * 255).astype("uint8"), Y))
    assert data.train.x.dtype == np.uint8
    assert data.reading.facts["value range"].endswith("in uint8, white is 255")
    levels = np.arange(90 * 64).reshape(90, 8, 8) % 256 / 255
    assert load((levels, Y)).train.x.dtype == np.uint8


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (Extent(("float32",), 0, 16), "unambiguous range"),
        (Extent(("int64",), 0, 100), "unambiguous range"),
        (Extent(("float32",), -0.42, 2.8), "without standardisation"),
        (Extent(("float64",), 0, 4095), "up to 16 bits"),
        (Extent(("int32",), 0, 70000), "up to 16 bits"),
    ],
)
def test_other_ranges_are_refused(values, message):
    with pytest.raises(DatasetError, match=message):
        common_white({"train": values})


def test_black_splits_have_any_unit():
    black, white = Extent(("float32",), 0, 0), Extent(("float32",), 0, 1)
    assert common_white({"train": white, "test": black}) == 1
    assert common_white({"train": black}) == 255


@pytest.mark.parametrize(
    ("types", "high", "trained", "white"),
    [
        ("uint8", 200, 1.0, 255),  # bytes have one unit
        ("uint8", 1, 1.0, 1),
        ("uint8", 9, 1023.0, 255),
        ("uint16", 40, 1023.0, 1023),  # a dark image
        ("float32", 0.2, 1.0, 1),
        ("float32", 250.0, 255.0, 255),
    ],
)
def test_inputs_are_taken_in_the_unit_of_training(types, high, trained, white):
    whites = find_whites({"x": Extent((types,), 0, high)}, trained)
    assert whites == (trained, {"x": white}, False)


@pytest.mark.parametrize(("high", "trained"), [(1.0, 255.0), (255.0, 1.0), (1.0, 1023.0)])
def test_inputs_of_another_unit_are_refused(high, trained):
    with pytest.raises(DatasetError, match=f"as in training, where white is {trained:g}"):
        find_whites({"x": Extent(("float32",), 0, high)}, trained)


def deep_folder(folder, ranges, dtype="uint16", suffix="png"):
    random = np.random.default_rng(0)
    for name, (low, high) in ranges.items():
        (folder / name).mkdir()
        for i in range(10):
            pixels = random.integers(low, high, (16, 16)).astype(dtype)
            Image.fromarray(pixels).save(folder / name / f"{i}.{suffix}")
    return folder


@pytest.mark.parametrize(("dtype", "suffix"), [("uint16", "png"), ("uint16", "tif")])
def test_one_unit_for_a_folder_of_16_bits(tmp_path, dtype, suffix):
    folder = deep_folder(tmp_path, {"dark": (0, 200), "lit": (3000, 9000)}, dtype, suffix)
    data = load(folder)
    x, y = data.train.x, data.train.y
    assert data.inputs.white == 16383
    assert x[y == 0].mean() == pytest.approx(100 / 16383 * 255, rel=0.05)
    assert x[y == 1].mean() == pytest.approx(6000 / 16383 * 255, rel=0.05)
    assert len(np.unique(x[y == 0])) == 200
    assert "taken as 14 bits: white is 16383" in data.reading.notices[0]


def rows(images):
    """The images in an order that does not depend on splits."""
    return np.sort(images.reshape(len(images), -1), axis=0)


def joined(data):
    return np.concatenate([split.x for split in data.splits.values()])


@pytest.mark.parametrize("size", [None, 12])
def test_predict_reads_the_pixels_of_training(tmp_path, size):
    data = load(deep_folder(tmp_path, {"dark": (0, 200), "lit": (3000, 9000)}), image_size=size)
    assert data.facts()["inputs"]["white"] == 16383
    pixels, names = read_images(tmp_path, data.input_shape, data.inputs.white)
    assert len(names) == 20
    np.testing.assert_array_equal(rows(pixels), rows(joined(data)))
    dark, _ = read_images(tmp_path / "dark" / "0.png", data.input_shape, data.inputs.white)
    assert dark.mean() == pytest.approx(100 / 16383 * 255, rel=0.1)


@pytest.mark.parametrize("x", [X, X * 255, (X * 1023).astype("uint16"), (X * 255).astype("uint8")])
def test_predict_reads_arrays_as_in_training(tmp_path, x):
    data = load((x, Y))
    np.savez(tmp_path / "all.npz", x=x)
    pixels, _ = read_images(tmp_path / "all.npz", data.input_shape, data.inputs.white)
    np.testing.assert_array_equal(rows(pixels), rows(joined(data)))
    np.savez(tmp_path / "one.npz", x=x[:1])
    one, _ = read_images(tmp_path / "one.npz", data.input_shape, data.inputs.white)
    np.testing.assert_array_equal(one[0], pixels[0])


def test_float_pictures(tmp_path):
    for name, top in (("dark", 0.1), ("lit", 1.0)):
        (tmp_path / name).mkdir()
        for i in range(10):
            Image.fromarray(X[i] * top).save(tmp_path / name / f"{i}.tiff")
    data = load(tmp_path)
    assert data.inputs.white == 1
    assert data.train.x[data.train.y == 0].max() < 26


def test_deep_and_plain_files_side_by_side(tmp_path):
    folder = deep_folder(tmp_path, {"deep": (0, 65535)})
    (folder / "plain").mkdir()
    for i in range(10):
        Image.fromarray(np.full((16, 16), 100 + i, "uint8")).save(folder / "plain" / f"{i}.png")
    data = load(folder)
    assert data.train.x[data.train.y == 1].min() >= 100
    assert "10 of 20 images have more than 8 bits." in data.reading.notices


def test_colours_of_16_bits_get_a_notice(tmp_path):
    # 16-bit colour, which Pillow can read but not write: one pixel of red.
    import struct
    import zlib

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )  # fmt: skip

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\x00" + struct.pack(">HHH", 65535, 256, 0)))
    file = b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")
    for label in "ab":
        (tmp_path / label).mkdir()
        for i in range(5):
            (tmp_path / label / f"{i}.png").write_bytes(file)
    (notice, *_) = [n for n in load(tmp_path).reading.notices if "16 bits" in n]
    assert notice.startswith("10 files have 16 bits per colour, which Pillow reads as 8: a/0.png")


@pytest.mark.parametrize("white", [4095, 1023, 65535])
def test_stated_white_holds_for_arrays_and_files(tmp_path, white):
    pixels = np.random.default_rng(0).integers(0, 1000, (30, 8, 8)).astype("uint16")
    data = load((pixels, np.arange(30) % 2), white=white)
    assert data.inputs.white == white
    assert data.train.x.max() == pytest.approx(999 / white * 255, rel=0.01)
    assert data.train.x.dtype == np.float32
    assert f"white is {white}" in data.reading.facts["value range"]
    assert data.reading.notices == []
    folder = deep_folder(tmp_path, {"a": (0, 1000), "b": (300, 900)})
    files = load(folder, white=white)
    assert files.inputs.white == white
    again, _ = read_images(folder, files.input_shape, files.inputs.white)
    np.testing.assert_array_equal(rows(again), rows(joined(files)))


def test_unit_that_is_guessed_can_be_stated():
    percent = (X * 100).round()
    with pytest.raises(DatasetError, match="State the number that is white with `white`"):
        load((percent, Y))
    data = load((percent, Y), white=100)
    assert max(s.x.max() for s in data.splits.values()) == 255
    bytes_ = percent.astype("uint8")
    assert load((bytes_, Y), white=100).inputs.white == 100
    assert find_whites({"x": Extent(("uint8",), 0, 90)}, 100).by_group == {"x": 100}


@pytest.mark.parametrize(
    ("x", "white", "message"),
    [
        (X * 255, 200, "none exceeds it"),
        ((X * 255).astype("uint8"), 4095, "their type holds it"),
        (X, 0, "`white` must be a number above 0"),
        (X, "4095", "`white` must be a number above 0"),
    ],
)
def test_impossible_white_is_refused(x, white, message):
    with pytest.raises(DatasetError, match=message):
        load((x, Y), white=white)


def test_white_of_bytes_or_tables_is_refused(tmp_path):
    for label in "ab":
        (tmp_path / label).mkdir()
        for i in range(6):
            Image.fromarray((X[i] * 255).astype("uint8")).save(tmp_path / label / f"{i}.png")
    with pytest.raises(DatasetError, match="`white` must be left out for these data"):
        load(tmp_path, white=4095)
    with pytest.raises(DatasetError, match="`white` must be left out for these data"):
        load("iris", white=4095)
