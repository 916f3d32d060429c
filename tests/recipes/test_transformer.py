import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from keras_dl.tasks import predicting
from recipes import transformer

WORDS = {"one": "eins", "two": "zwei", "red": "rot", "blue": "blau", "cat": "katze", "dog": "hund"}
TEXTS = [(f"{a} {b} {c}", f"{WORDS[a]} {WORDS[b]} {WORDS[c]}")
         for a in WORDS for b in WORDS for c in WORDS]  # fmt: skip
TINY = {"layers": 1, "width": 32, "heads": 2, "batch_size": 16, "merges": 60}


@pytest.fixture
def result(store):
    return transformer.recipe.run(data=TEXTS, epochs=30, learning_rate=5e-3, verbose=False, **TINY)


def test_word_for_word_translation_is_learned(result):
    assert result.metrics["sequence_accuracy"] == 1
    assert result.metrics["test/token_accuracy"] == 1
    assert {"translated", "attention", "learning_curves"} <= set(result.figures)
    lines = "one red cat\n\ntwo blue dog"
    found = list(predicting.predictions(result.run_id, [lines], beams=2))
    assert [p.source for p in found] == ["one red cat", "two blue dog"]
    assert [p.text for p in found] == ["eins rot katze", "zwei blau hund"]
    assert found[0].columns == {"translation": "eins rot katze"}
    assert set(predicting.options(result.run_id)) == {"beams", "alpha"}


@pytest.mark.slow
def test_a_fresh_process_translates_a_file(result, store):
    (store / "lines.txt").write_text("dog cat one\n", encoding="utf-8")
    command = [sys.executable, "-m", "keras_dl", "predict", result.run_id, "lines.txt"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "hund katze eins" in done.stdout


@pytest.mark.slow
def test_resumed_run_equals_the_uninterrupted_one(store):
    from keras_dl.training import fit
    from keras_dl.training.job import Job

    found = []
    for name, ends in (("whole", (3,)), ("parts", (1, 3))):
        for end in ends:
            values = {n: h.default for n, h in transformer.recipe.space().items()}
            values |= {**TINY, "dataset": "dates", "dropout": 0.2}
            job = Job(transformer.recipe, values, 0, 3, store / name)
            ready = fit.load_data(job)
            model = fit.build_model(job, ready)
            short = dataclasses.replace(job, epochs=end, steps_per_epoch=7)
            trained = fit.train(short, ready, model, lambda *_: None)
        found.append((trained.state.history, trained.model.get_weights()))
    assert found[0][0] == found[1][0]
    for whole, parts in zip(found[0][1], found[1][1], strict=True):
        np.testing.assert_array_equal(whole, parts)
