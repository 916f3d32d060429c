import importlib

import numpy as np
import pytest
from PIL import Image

from keras_dl.tasks.predicting import predictions
from tests.newcomers.checks import assert_equal, interrupted_after, stopped_run

OPTIONS = {
    "dataset": "captioned_shapes", "weights": "none", "image_size": 64, "units": 32, "min_count": 1,
    "epochs": 2, "verbose": False,
}  # fmt: skip


def recipe():
    return importlib.import_module("recipes.captioning").recipe


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_run_describes_photographs_and_resumes(store, tmp_path):
    whole = recipe().run(**OPTIONS)
    Image.fromarray(np.full((50, 70, 3), 200, np.uint8)).save(tmp_path / "photo.jpg")
    (answer,) = predictions(whole.run_id, [str(tmp_path / "photo.jpg")])
    assert not answer.error
    known = {*["a", "there", "is", "on", "the", "at", "left", "middle", "right"]}
    known |= {"red", "green", "blue", "circle", "square", "triangle"}
    assert set(answer.text.split()) <= known
    assert {"captions"} <= set(whole.figures)
    with interrupted_after(10), pytest.raises(KeyboardInterrupt):
        recipe().run(**OPTIONS)
    assert_equal(recipe().run(resume=stopped_run(), verbose=False), whole)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(600)
def test_bleu_is_an_objective(store):
    result = recipe().run(**OPTIONS, objective="val_bleu4")
    assert len(result.history["val_bleu4"]) == 2
    values = [result.metrics[f"test/bleu{n}"] for n in range(1, 5)]
    assert values == sorted(values, reverse=True)  # longer n-grams are rarer
