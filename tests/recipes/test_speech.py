"""The recognizers learn, answer `.wav` files, and continue after a stop with the same numbers."""

import importlib

import numpy as np
import pytest
from scipy.io import wavfile

from keras_dl.data.speech import tones
from keras_dl.tasks.predicting import predictions
from tests.newcomers.checks import assert_equal, interrupted_after, stopped_run

SMALL = {
    "speech_digits": {"filters": 8, "epochs": 4, "learning_rate": 0.01},
    "keyword_spotting": {"windows": 128, "hours": 0.02, "filters": 8, "epochs": 3},
    "ctc_digits": {"strings": 60, "longest": 2, "filters": 16, "blocks": 1, "epochs": 3},
    "acoustic_model": {"strings": 60, "longest": 2, "units": 64, "epochs": 3},
}


def recipe_of(name):
    return importlib.import_module(f"recipes.{name}").recipe


def run(name, **options):
    options = {"dataset": "tones", "verbose": False, **SMALL[name], **options}
    return recipe_of(name).run(**options)


def write(folder, rows=(0, 20)):
    """Two words as they come: a rate of 16 kHz, each sample twice."""
    sounds = tones([str(i) for i in range(10)])
    paths = []
    for row in rows:
        samples = np.repeat(np.round(2**14 * sounds.signals[row]).astype("int16"), 2)
        paths.append(str(folder / f"{row}.wav"))
        wavfile.write(paths[-1], 16000, samples)
    return paths


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SMALL)
def test_run_answers_sounds_and_resumes(store, tmp_path, name):
    whole = run(name)
    answers = list(predictions(whole.run_id, [*write(tmp_path), "absent.wav"]))
    assert [bool(answer.error) for answer in answers] == [False, False, True]
    assert all(answer.text for answer in answers[:2])
    if name == "speech_digits":
        assert answers[0].ranking
    elif name == "keyword_spotting":
        assert {"false_alarms", "recordings", "roc"} <= set(whole.figures)
    else:
        assert answers[0].picture.shape[-1] == 4
        assert {"decoded", "confusion_matrix"} <= set(whole.figures)
    with interrupted_after(5), pytest.raises(KeyboardInterrupt):
        run(name)
    resumed = recipe_of(name).run(resume=stopped_run(), verbose=False)
    assert_equal(resumed, whole)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_stop_after_the_alignment_resumes_too(store):
    """Two epochs of four steps on equal parts, then the realigned states."""
    whole = run("acoustic_model")
    with interrupted_after(11), pytest.raises(KeyboardInterrupt):
        run("acoustic_model")
    assert_equal(recipe_of("acoustic_model").run(resume=stopped_run(), verbose=False), whole)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("name", "epochs", "most"), [("ctc_digits", 8, 0.8), ("acoustic_model", 4, 0.3)]
)
def test_strings_of_tones_are_learnt(store, name, epochs, most):
    """Frame labels teach within a minute; CTC leaves its blanks slowly, from an error of 1."""
    result = run(name, strings=400, longest=3, epochs=epochs)
    assert result.metrics["test/label_error"] < most
