import math
import subprocess
import sys

import numpy as np
import pytest
from recipes.gpt import recipe

import keras_dl
from keras_dl.tasks import predicting

TEXT = "To be, or not to be, that is the question:\n" * 60
TINY = {
    "context": 16,
    "batch_size": 4,
    "layers": 1,
    "width": 64,
    "head_dim": 16,
    "verbose": False,
}


@pytest.fixture
def result(store):
    return recipe.run(data=[TEXT], epochs=2, **TINY)


def test_a_text_is_learned_and_continued(result):
    metrics = result.metrics
    assert metrics["test/loss"] < math.log(20)
    assert metrics["test/perplexity"] == pytest.approx(math.exp(metrics["test/loss"]), rel=1e-3)
    assert np.isfinite(metrics["held_out_loss"])
    assert {"learning_curves", "sample", "loss_by_position"} <= set(result.figures)


def test_the_stored_run_continues_prompts(result):
    options = {"length": 12, "temperature": 0.5, "seed": 3}
    (first,) = predicting.predictions(result.run_id, ["To be"], **options)
    (again,) = predicting.predictions(result.run_id, ["To be"], **options)
    assert first == again
    assert first.text.startswith("To be")
    assert len(first.text) == len("To be") + 12
    assert set(first.text) <= set(TEXT)
    options = {"length", "temperature", "top_k", "top_p", "seed"}
    assert set(predicting.options(result.run_id)) == options
    assert keras_dl.load_preprocessor(result.run_id) == result.data.preprocessor


@pytest.mark.slow
def test_a_fresh_process_continues_a_prompt(result):
    command = [sys.executable, "-m", "keras_dl", "predict", result.run_id, "To be"]
    options = ["--length", "9", "--temperature", "0"]
    done = subprocess.run([*command, *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (expected,) = predicting.predictions(result.run_id, ["To be"], length=9, temperature=0.0)
    assert done.stdout.rstrip("\n") == expected.text.rstrip("\n")
    unknown = subprocess.run([*command[:-1], "Zebra"], capture_output=True, text=True)
    assert unknown.returncode == 2
    assert "Received: 'Z'" in unknown.stderr
