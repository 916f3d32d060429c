import io
from pathlib import PurePosixPath

import numpy as np
import pytest
from PIL import Image

from keras_dl.data.archives import Member
from keras_dl.data.images.image_files import decode_images, read_sizes, stack_images
from keras_dl.data.reading import record


def member(image, form="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return Member(PurePosixPath(f"image.{form.lower()}"), buffer.getvalue)


def pixels(image, **options):
    return decode_images([member(image, **options)], (2, 2)).images[0]


RED = Image.new("RGB", (2, 2), (200, 10, 10))


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.new("L", (2, 2), 77), 77),
        (Image.new("1", (2, 2), 1), 255),
        (Image.new("RGB", (2, 2), (9, 9, 9)), 9),
        (RED, [200, 10, 10]),
        (RED.quantize(4), [200, 10, 10]),
        (Image.new("RGBA", (2, 2), (200, 10, 10, 255)), [200, 10, 10]),
        (Image.new("RGBA", (2, 2), (200, 10, 10, 0)), 255),
        (Image.new("LA", (2, 2), (40, 255)), 40),
        (Image.fromarray(np.full((2, 2), 25700, np.uint16)), 100),
    ],
)
def test_modes(image, expected):
    array = pixels(image)
    assert array.dtype == np.uint8
    assert array[0, 0].tolist() == expected


def test_photographs_are_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of the scene is on the right
    image = Image.new("L", (4, 2))
    image.paste(255, (0, 0, 2, 2))  # left half white
    lying = member(image, exif=exif)
    assert read_sizes([lying]) == {(4, 2)}
    upright = decode_images([lying], (4, 2)).images[0]
    assert upright[0].tolist() == [255, 255]
    assert upright[3].tolist() == [0, 0]


def test_first_frame_of_an_animation():
    frames = [Image.new("L", (2, 2), v) for v in (50, 200)]
    image = member(frames[0], "GIF", save_all=True, append_images=frames[1:])
    with record() as reading:
        assert decode_images([image], (2, 2)).images[0][0, 0] == 50
    assert reading.notices == [
        "1 file holds several pictures, of which the first is read: image.gif."
    ]


def test_a_stray_coloured_image_among_gray_ones_turns_gray():
    gray, colour = np.zeros((2, 2), np.uint8), np.zeros((2, 2, 3), np.uint8)
    assert stack_images([gray] * 19 + [colour]).shape == (20, 2, 2, 1)
    assert stack_images([gray] * 8 + [colour] * 2).shape == (10, 2, 2, 3)
    assert stack_images([gray], channels=3).shape == (1, 2, 2, 3)
