import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import DatasetError, DatasetUnavailable
from keras_dl.data.captions import END, START, caption_words, captioned_images
from keras_dl.data.serialization import preprocessor_from_json, preprocessor_to_json

REAL = Path(os.environ.get("KERAS_DL_DATA", "")) / "flickr8k_1000"


@pytest.fixture(scope="module")
def data():
    return captioned_images("captioned_shapes", image_size=32, min_count=1)


def write(folder, *, columns="image,caption", splits=(), images=12):
    for i in range(images):
        pixels = np.full((40, 36, 3), 20 * i, np.uint8)
        pixels[0, 0, 0] = 255  # a colour
        Image.fromarray(pixels).save(folder / f"{i}.png")
    lines = [columns]
    for i in range(12):
        for text in (f"A grey square, number {i % 3}.", "It is grey!"):
            lines.append(f'{i}.png,"{text}"' + (f",{splits[i]}" if splits else ""))
    (folder / "captions.csv").write_text("\n".join(lines))
    return str(folder)


def test_words_have_neither_case_nor_punctuation():
    words = ["a", "man's", "t", "shirt", "is", "red", "2"]
    assert caption_words("A man's T-shirt , is red ; 2 !") == words


def test_rows_are_images_with_their_captions(data):
    split, tokenizer = data.train, data.preprocessor
    assert split.x["image"].shape[1:] == (32, 32, 3)
    for number in (0, 7):
        for row, texts in zip(
            split.x["words"][number], data.extras["captions"]["train"][number], strict=True
        ):
            assert row[0] == START
            assert tokenizer.decode(row) == texts


def test_targets_are_the_next_words_and_padding_has_no_weight(data):
    split = data.train
    np.testing.assert_array_equal(
        split.y[..., :-1] * (split.y[..., :-1] != END),
        split.x["words"][..., 1:] * (split.x["words"][..., 1:] != END),
    )
    np.testing.assert_array_equal(split.sample_weight > 0, split.y > 0)
    ends = (split.y == END).sum(axis=-1)
    assert (ends == 1).all()


def test_captions_describe_the_shapes(data):
    """The colour in the captions is that of the largest mean excess of a channel."""
    names = {"red": 0, "green": 1, "blue": 2}
    for split in ("train", "test"):
        for image, texts in zip(
            data.splits[split].x["image"], data.extras["captions"][split], strict=True
        ):
            colour = next(word for word in texts[0] if word in names)
            inside = np.ptp(image.astype(int), axis=-1) > 40
            assert image[inside].mean(axis=0).argmax() == names[colour]
            assert colour in texts[1]


def test_own_folder_with_a_table(tmp_path):
    data = captioned_images(write(tmp_path), image_size=32, min_count=1)
    assert sum(split.num_examples for split in data.splits.values()) == 12
    assert data.train.x["words"].shape[1] == 2
    assert "grey" in data.preprocessor.vocabulary.words


def test_splits_of_the_table_are_kept(tmp_path):
    splits = ["train"] * 7 + ["val"] * 2 + ["test"] * 2 + ["none"]
    data = captioned_images(
        write(tmp_path, columns="image,caption,split", splits=splits), image_size=32, min_count=1
    )
    assert [split.num_examples for split in data.splits.values()] == [7, 2, 2]


def test_what_does_not_fit_is_refused(tmp_path):
    with pytest.raises(
        DatasetUnavailable, match="`dataset` must be one of flickr8k_1000, captioned_shapes"
    ):
        captioned_images("absent")
    with pytest.raises(DatasetError, match="must hold a table captions.tsv or captions.csv"):
        captioned_images(str(tmp_path))
    with pytest.raises(DatasetError, match="the columns image and caption. Received: file, text"):
        captioned_images(write(tmp_path, columns="file,text"))
    write(tmp_path)
    (tmp_path / "3.png").unlink()
    with pytest.raises(DatasetError, match="must have each image of its table. Received: no 3.png"):
        captioned_images(str(tmp_path))


def test_tokenizer_is_stored_with_runs(data):
    restored = preprocessor_from_json(preprocessor_to_json(data.preprocessor))
    texts = ["a red circle on the left", "an elephant"]
    np.testing.assert_array_equal(restored(texts), data.preprocessor(texts))
    assert restored.decode(restored(texts)[1]) == []


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="flickr8k_1000 is not there")
def test_flickr8k_has_its_official_splits():
    data = captioned_images("flickr8k_1000", image_size=32)
    assert [split.num_examples for split in data.splits.values()] == [753, 113, 125]
    assert data.test.x["words"].shape[1] == 5
    assert "dog" in data.preprocessor.vocabulary.words
