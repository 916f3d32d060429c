"""A segmentation net: masks as targets, mean IoU as the objective, pictures as predictions."""

from typing import Annotated

import keras
import numpy as np
import pytest
from PIL import Image

import keras_dl.tasks
from keras_dl import Choice, Objective, Range, Recipe
from keras_dl.cli import main
from keras_dl.data import Data, Images, Masks, Split, read_images
from keras_dl.losses import PixelCrossentropy
from keras_dl.metrics.segmentation import mean_iou, pixel_confusion
from keras_dl.tasks.base import Prediction, Task
from keras_dl.tracking import models
from tests.newcomers import checks

SIZE, IGNORE = 8, 255


def data(*, batch_size: Annotated[int, Choice(8, 16)] = 16):
    random = np.random.default_rng(0)
    masks = np.zeros((96, SIZE, SIZE), "uint8")
    for mask, (top, left, label) in zip(masks, random.integers(0, (5, 5, 2), (96, 3)), strict=True):
        mask[top : top + 4, left : left + 4] = label + 1
    images = masks[..., None] * 90 + random.integers(0, 60, (96, SIZE, SIZE, 1))
    masks[:, 0] = IGNORE
    whole = Split(images.astype("uint8"), masks)
    bounds = {"train": (0, 64), "validation": (64, 80), "test": (80, 96)}
    return Data.from_splits(
        "squares",
        {name: whole.take(slice(*rows)) for name, rows in bounds.items()},
        inputs=Images(),
        targets=Masks(("ground", "grey", "white"), IGNORE, ((0, 0, 0), (90, 0, 0), (0, 0, 90))),
        batch_size=batch_size,
    )


def build(data, *, learning_rate: Annotated[float, Range(1e-3, 1e-1, log=True)] = 2e-2):
    model = keras.Sequential(
        [
            keras.Input(data.input_shape),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(6, 3, padding="same", activation="relu"),
            keras.layers.Conv2D(len(data.targets.names), 1),
        ]
    )
    model.compile(keras.optimizers.Adam(learning_rate), PixelCrossentropy(data.targets.ignore))
    return model


class ToyMasks(Task):
    name = "toy_masks"

    def evaluators(self, data):
        def evaluate(model, split):
            predicted = model.predict(split.x, verbose=0).argmax(-1)
            classes = len(data.targets.names)
            confusion = pixel_confusion(split.y, predicted, classes, data.targets.ignore)
            return {"mean_iou": mean_iou(confusion)}

        return (evaluate,)

    def predict(self, run, inputs, *, darken: Annotated[int, Range(1, 8)] = 1):
        images, sources = read_images(inputs, tuple(run.spec["input_shape"]))
        colours = np.array(run.spec["targets"]["colours"], "uint8") // darken
        labels = run.model.predict(images, verbose=0).argmax(-1)
        for source, picture in zip(sources, colours[labels], strict=True):
            yield Prediction(source, "segmented", picture)


task = ToyMasks()


@pytest.fixture
def task_file(tmp_path, monkeypatch):
    """A further file among those of `keras_dl.tasks`."""
    (tmp_path / "toy_masks.py").write_text(f"from {__name__} import task\n")
    path = [*keras_dl.tasks.__path__, str(tmp_path)]
    monkeypatch.setattr(keras_dl.tasks, "__path__", path)


class TestSegmentation(checks.Newcomer):
    system = checks.System(
        Recipe(
            "squares",
            data,
            build,
            epochs=3,
            objective=Objective("val_mean_iou", "max"),
            task=task,
        ),
        steps=(6,),  # 4 per epoch
        epochs={"train/loss": 3, "val/mean_iou": 3},
        factor=("learning_rate", (1e-3, 1e-1)),
        facts=("Images", "Masks"),
    )

    def test_task_is_found_by_its_file_and_predicts_pictures(
        self, whole, task_file, tmp_path, capsys
    ):
        Recipe("named", data, build, task="toy_masks").space()
        Image.fromarray(whole.data.test.x[0, ..., 0]).save(tmp_path / "square.png")
        words = ["predict", whole.run_id, str(tmp_path / "square.png"), "--out", "pictures"]
        assert main([*words, "--darken", "2"]) == 0
        assert "segmented" in capsys.readouterr().out
        (file,) = (checks.current_folder() / "pictures").iterdir()
        picture = np.asarray(Image.open(file))
        assert picture.shape == (SIZE, SIZE, 3)
        labels = whole.model.predict(whole.data.test.x[:1], verbose=0)[0].argmax(-1)
        colours = np.array(models.spec(whole.run_id)["targets"]["colours"]) // 2
        np.testing.assert_array_equal(picture, colours[labels])
