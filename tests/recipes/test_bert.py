import importlib

import pytest

from keras_dl.tasks.predicting import predictions
from tests.newcomers.checks import assert_equal, interrupted_after, stopped_run

OPTIONS = {
    "dataset": "topics", "corpus": "topics", "length": 16, "most_words": 400, "corpus_words": 3000,
    "width": 64, "epochs": 1, "verbose": False,
}  # fmt: skip


def recipe():
    return importlib.import_module("recipes.bert").recipe


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_stages_resume_and_texts_are_classified(store):
    """Seven steps of filling in masks, then the classifier."""
    whole = recipe().run(**OPTIONS)
    answers = list(predictions(whole.run_id, ["the value of an expression"]))
    assert len(answers[0].ranking) == 3
    for steps in (3, 9):
        with interrupted_after(steps), pytest.raises(KeyboardInterrupt):
            recipe().run(**OPTIONS)
        assert_equal(recipe().run(resume=stopped_run(), verbose=False), whole)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(600)
def test_pretraining_changes_the_classifier_s_start(store):
    first = recipe().run(**OPTIONS)
    second = recipe().run(**OPTIONS, pretrain=False)
    assert first.metrics["test/loss"] != second.metrics["test/loss"]
