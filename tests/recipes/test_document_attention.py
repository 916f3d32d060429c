"""Pages are read, from `.png` files too, and a stopped run continues with the same numbers."""

import importlib

import numpy as np
import pytest
from PIL import Image

from keras_dl.tasks.predicting import predictions
from tests.newcomers.checks import assert_equal, interrupted_after, stopped_run

OPTIONS = {
    "dataset": "digits", "pages": 64, "lines": 2, "longest": 2, "width": 32, "layers": 1,
    "dropout": 0.2, "epochs": 2, "verbose": False,
}  # fmt: skip


def recipe():
    return importlib.import_module("recipes.document_attention").recipe


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_run_reads_pages_and_resumes(store, tmp_path):
    whole = recipe().run(**OPTIONS)
    assert {"pages", "attention"} <= set(whole.figures)
    page = whole.data.test.x["source"][0, ..., 0]
    Image.fromarray(page).save(tmp_path / "page.png")
    answers = list(predictions(whole.run_id, [str(tmp_path / "page.png"), "absent.png"]))
    assert [bool(answer.error) for answer in answers] == [False, True]
    assert set(answers[0].text) <= set("0123456789\n")
    assert answers[0].picture.shape[-1] == 4
    with interrupted_after(3), pytest.raises(KeyboardInterrupt):
        recipe().run(**OPTIONS)
    assert_equal(recipe().run(resume=stopped_run(), verbose=False), whole)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(900)
def test_pages_of_one_character_are_learnt(store):
    """A reader that ignores the page has an error rate of 0.9."""
    options = {**OPTIONS, "lines": 1, "longest": 1, "pages": 2000, "epochs": 6, "dropout": 0.0}
    assert recipe().run(**options).metrics["test/cer"] < 0.3


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_error_rate_is_an_objective(store):
    result = recipe().run(**OPTIONS, objective="val_cer")
    assert len(result.history["val_cer"]) == 2
    assert np.isfinite(result.history["val_cer"]).all()
