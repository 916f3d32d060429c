"""Models of texts are asked in words, here and in a fresh process."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import keras_dl
from keras_dl.cli import main
from keras_dl.tasks.predicting import load_run, options, predictions, task_of
from keras_dl.tasks.word_vectors import vectors_of
from recipes import bag_of_words, text_classification, word2vec

HERE = Path(__file__).resolve().parents[2]
TEXTS = (["good fine film", "bad awful film"] * 40, ["up", "down"] * 40)


def test_texts_and_files_get_classes(store, capsys):
    result = bag_of_words.recipe.run(data=TEXTS, epochs=5, min_count=1, verbose=False)
    (store / "reviews").mkdir()
    (store / "reviews" / "a.txt").write_text("Awful!\nJust bad.")
    answers = list(predictions(result.run_id, ["a good one", "reviews"], top=2))
    assert [answer.source for answer in answers] == ["a good one", "reviews/a.txt"]
    assert [answer.ranking[0][0] for answer in answers] == ["up", "down"]
    assert sum(share for _, share in answers[0].ranking) == pytest.approx(1)
    assert task_of(result.run_id).name == "text_classification"
    assert set(options(result.run_id)) == {"text", "header", "delimiter", "encoding"}
    assert main(["predict", result.run_id[:8], "fine, fine, fine"]) == 0
    assert "up" in capsys.readouterr().out
    with pytest.raises(ValueError, match="must name a run that trained word vectors"):
        vectors_of(load_run(result.run_id))


@pytest.mark.slow
def test_model_of_texts_comes_back_in_a_fresh_process_with_what_reads_them(store):
    result = text_classification.recipe.run(data=TEXTS, epochs=1, length=20, verbose=False)
    code = (
        "import sys, numpy as np, keras_dl\n"
        "model, read = keras_dl.load_model(sys.argv[1]), keras_dl.load_preprocessor(sys.argv[1])\n"
        "np.save('y.npy', model.predict(read(['good film', 'unknown']), verbose=0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, result.run_id[:12]],
        env=os.environ | {"PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    read = result.data.preprocessor
    expected = result.model.predict(read(["good film", "unknown"]), verbose=0)
    np.testing.assert_allclose(np.load("y.npy"), expected, rtol=1e-5, atol=1e-5)


def test_words_get_their_neighbours(store, capsys):
    words = [f"w{i}" for i in range(9)]
    text = " ".join(np.random.default_rng(0).choice(words, 3000))
    result = word2vec.recipe.run(
        data=[text], budget="smoke", batch_size=16, dim=25, jit_compile=False, verbose=False
    )
    known = vectors_of(load_run(result.run_id))
    np.testing.assert_allclose(
        known.matrix, word2vec.vectors(result.model, result.data).matrix, rtol=1e-6
    )
    (answer,) = predictions(result.run_id, ["W3"], top=2)
    assert (answer.source, list(answer.ranking)) == ("W3", known.neighbours("w3", 2))
    assert keras_dl.load_preprocessor(result.run_id).words == known.words
    assert main(["predict", result.run_id, "w1", "--top", "1"]) == 0
    assert "w1: w" in capsys.readouterr().out
    wrong, right = predictions(result.run_id, ["elsewhere", "w2"])
    assert "`word` must be in the vocabulary" in wrong.error
    assert right.ranking


def test_runs_without_texts_have_no_reader(store):
    from tests.toys import toy

    result = toy.run(epochs=1, verbose=False)
    with pytest.raises(ValueError, match="must name a run with a preprocessor"):
        keras_dl.load_preprocessor(result.run_id)
    (picture,) = predictions_of_images(store, result.run_id)
    assert picture.source.endswith("a.npz[0]")


def predictions_of_images(store, run_id):
    (answer,) = predictions(run_id, ["a.png"])  # a classifier of table rows
    assert "must exist" in answer.error
    image_run = digits_run()
    np.savez(store / "a.npz", x=image_run.data.test.x[:1])
    return list(predictions(image_run.run_id, [str(store / "a.npz")], top=2))


def digits_run():
    from tests.toys import toy

    return toy.run(dataset="digits", epochs=1, verbose=False)


def test_rows_of_a_table_are_classified_and_regressed(store, capsys):
    from recipes import linear_regression
    from tests.toys import toy

    classes = toy.run(dataset="iris", epochs=1, verbose=False)
    names = "petal width (cm),sepal length (cm),petal length (cm),sepal width (cm),note"
    (store / "rows.csv").write_text(f"{names}\n0.2,5.1,1.4,3.5,x\n,5,1,3,y\n1.8,5.9,5.1,3,z\n")
    assert main(["predict", classes.run_id, "rows.csv", "--top", "1"]) == 1
    shown = capsys.readouterr()
    assert [line.split(": ")[0] for line in shown.out.splitlines()] == ["rows.csv:2", "rows.csv:4"]
    assert "rows.csv:3: `dataset` must hold a number in every feature" in shown.err
    assert "1 of 3 inputs has no prediction" in shown.err
    expected = classes.model.predict(np.array([[5.1, 3.5, 1.4, 0.2]], "float32"), verbose=0)[0]
    answers = list(predictions(classes.run_id, ["rows.csv"]))
    assert answers[0].ranking[0][0] == classes.data.class_names[expected.argmax()]
    (store / "few.csv").write_text("sepal length (cm),note\n5,x\n")
    assert main(["predict", classes.run_id, "few.csv"]) == 2
    assert "3 of 4 are missing: sepal width (cm), petal length" in capsys.readouterr().err
    numbers = linear_regression.recipe.run(epochs=1, verbose=False)
    np.savez(store / "x.npz", x=numbers.data.test.x[:2])
    first, second = predictions(numbers.run_id, ["x.npz"])
    expected = numbers.model.predict(numbers.data.test.x[:2], verbose=0).ravel()
    np.testing.assert_allclose([float(first.text), float(second.text)], expected, rtol=1e-4)


def test_files_that_cannot_be_read_do_not_stop_the_others(store, capsys):
    from PIL import Image

    run = digits_run()
    (store / "pictures").mkdir()
    Image.fromarray(run.data.test.x[0, ..., 0]).save(store / "pictures" / "good.png")
    (store / "pictures" / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    words = ["predict", run.run_id, "pictures", "nowhere.png", "pictures/good.png"]
    assert main(words) == 1
    shown = capsys.readouterr()
    lines = [line.split(": ")[0] for line in shown.out.splitlines()]
    assert lines == ["pictures/good.png", "pictures/good.png"]
    assert "keras-dl: pictures/torn.png: `dataset` must hold images that can be" in shown.err
    assert "keras-dl: nowhere.png: `paths` must exist" in shown.err
    assert "2 of 4 inputs have no prediction" in shown.err
    assert main(["predict", run.run_id, "pictures/torn.png"]) == 2
    assert "1 of 1 input has no prediction" in capsys.readouterr().err
