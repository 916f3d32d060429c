import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import DatasetError
from keras_dl.data.few_shot import few_shot, official_runs

REAL = Path(os.environ.get("KERAS_DL_DATA", "")) / "omniglot" / "all_runs.zip"


def png(number, kind):
    """Paper with a number of black squares in the first row, and one more for images to name."""
    pixels = np.full((28, 28), 255, "uint8")
    pixels[0, : number + 1] = 0
    pixels[2, 0] = 0 if kind else 255
    pixels = pixels.repeat(2, axis=0).repeat(2, axis=1)
    content = io.BytesIO()
    Image.fromarray(pixels).convert("1").save(content, format="PNG")
    return content.getvalue()


def write(path, last=20):
    order = np.random.default_rng(0).permutation(20)
    with zipfile.ZipFile(path, "w") as archive:
        for run in (f"run{r + 1:02d}" for r in range(20)):
            lines = []
            for item, number in enumerate(order[:last]):
                names = (
                    f"{run}/test/item{item + 1:02d}.png",
                    f"{run}/training/class{number + 1:02d}.png",
                )
                archive.writestr(names[0], png(number, 1))
                archive.writestr(names[1], png(number, 0))
                lines.append(" ".join(names))
            archive.writestr(f"{run}/class_labels.txt", "\n".join(lines))


def test_images_to_name_stand_beside_those_of_their_class(tmp_path):
    write(tmp_path / "runs.zip")
    runs = official_runs(tmp_path / "runs.zip")
    assert runs.x.shape == (20, 20, 2, 28, 28, 1)
    assert set(np.unique(runs.x)) == {0, 255}
    ink = runs.x.sum(axis=(3, 4, 5)) // 255
    np.testing.assert_array_equal(ink[:, :, 1] - ink[:, :, 0], np.ones((20, 20)))


def test_incomplete_runs_are_refused(tmp_path):
    write(tmp_path / "runs.zip", last=19)
    with pytest.raises(DatasetError, match="does not name 20 classes"):
        official_runs(tmp_path / "runs.zip")
    (tmp_path / "broken.zip").write_bytes(b"PK")
    with pytest.raises(DatasetError, match="must hold the 20 runs"):
        official_runs(tmp_path / "broken.zip")


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="all_runs.zip is not there")
def test_the_real_runs_are_drawings_of_the_evaluation_characters():
    data = few_shot("omniglot", rotations=False)
    known = {image.tobytes(): label for image, label in zip(data.test.x, data.test.y, strict=True)}
    runs = data.extras["official_runs"].x
    labels = np.array([[[known[image.tobytes()] for image in pair] for pair in r] for r in runs])
    np.testing.assert_array_equal(labels[:, :, 0], labels[:, :, 1])
    alphabets = [{data.extras["groups"][c] for c in run[:, 0]} for run in labels]
    assert [len(names) for names in alphabets] == [1] * 20
