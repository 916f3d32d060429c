"""Language modelling: compile, report, predict, on a text whose next character is certain."""

import dataclasses

import keras
import numpy as np
import pytest

from keras_dl.data.text import characters
from keras_dl.models.transformers import gpt
from keras_dl.tasks.base import SavedRun
from keras_dl.tasks.language_modelling import compile_language_model, task, token_losses

CYCLE = "abcdefgh"


@pytest.fixture(scope="module")
def data():
    return characters([CYCLE * 200], context=8, batch_size=8)


@pytest.fixture(scope="module")
def model(data):
    keras.utils.set_random_seed(0)
    net = gpt(len(CYCLE), 8, layers=1, heads=2, width=16)
    compile_language_model(net, keras.optimizers.Adam(0.02))
    rows = data.sampler("train").indices(0, 0, 8, None)
    net.fit(data.train.x[rows], data.train.y[rows], batch_size=8, epochs=4, verbose=0)
    return net


def run_of(model, data):
    return SavedRun(model, {}, data.preprocessor)


def test_perplexity_is_the_exponential_of_the_loss(model, data):
    rows = data.sampler("test").indices(0, 0, 8, None)
    values = model.evaluate(data.test.x[rows], data.test.y[rows], verbose=0, return_dict=True)
    assert values["perplexity"] == pytest.approx(np.exp(values["loss"]), rel=1e-4)
    losses = token_losses(model, data, "test")
    assert losses.shape == rows.shape
    assert losses.mean() == pytest.approx(values["loss"], rel=1e-3)


def test_the_report_has_a_sample_and_the_loss_by_position(model, data):
    figures = task.report(model, data)
    assert set(figures) == {"sample", "loss_by_position"}
    assert all(hasattr(figure, "savefig") for figure in figures.values())


def test_predictions_continue_the_prompt(model, data):
    found = list(task.predict(run_of(model, data), ["cd", "gha"], length=20, temperature=0.0))
    assert [prediction.source for prediction in found] == ["cd", "gha"]
    assert found[0].text == (CYCLE * 4)[2:24]
    assert found[1].text == (CYCLE * 4)[6:29]


def test_the_seed_and_the_temperature_decide_the_continuation(model, data):
    def texts(**options):
        return [p.text for p in task.predict(run_of(model, data), ["ab"], length=40, **options)]

    assert texts(temperature=5.0, seed=1) == texts(temperature=5.0, seed=1)
    assert texts(temperature=5.0, seed=1) != texts(temperature=5.0, seed=2)
    assert texts(temperature=5.0, top_k=1) == texts(temperature=0.0)


@pytest.mark.parametrize(
    ("prompt", "words"), [("aXb", "Received: 'X'"), ("", "`prompt` must hold")]
)
def test_unusable_prompts_are_named_and_others_continued(model, data, prompt, words):
    wrong, right = task.predict(run_of(model, data), [prompt, "ab"], length=3)
    assert words in wrong.error
    assert right.text.startswith("ab")


def test_data_without_a_tokenizer_are_refused(model, data):
    with pytest.raises(TypeError, match="`preprocessor` must have encode, decode"):
        task.report(model, dataclasses.replace(data, preprocessor=None))
