"""`predict`: answers in a file, scored where inputs carry their labels; and what it refuses."""

import csv
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from keras_dl.cli import main
from keras_dl.cli.predictions import print_predictions, write_table
from keras_dl.tasks.known_labels import score_predictions
from keras_dl.tasks.predicting import Prediction
from recipes import gpt, lenet5, mlp, word2vec

SMALL = {"epochs": 1, "seed": 0, "verbose": False}


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def flowers(store):
    """A table of two classes on disk, and the run of a perceptron on it."""
    random = np.random.default_rng(0)
    x = random.normal(size=(60, 2))
    frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "kind": np.where(x[:, 0] > 0, "up", "down")})
    frame.to_csv("flowers.csv", index=False)
    return mlp.run(dataset="flowers.csv", units=(32,), **SMALL | {"epochs": 30})


def test_answers_of_a_table_go_into_a_file_with_probabilities_and_score(flowers, capsys):
    assert main(["predict", flowers.run_id, "flowers.csv", "--out", "answers.csv"]) == 0
    rows = rows_of("answers.csv")
    assert list(rows[0]) == ["input", "row", "class", "p(down)", "p(up)", "truth"]
    assert [row["row"] for row in rows[:2]] == ["2", "3"]  # lines of the file
    assert float(rows[0]["p(up)"]) + float(rows[0]["p(down)"]) == pytest.approx(1, abs=1e-5)
    share = np.mean([row["class"] == row["truth"] for row in rows])
    out = capsys.readouterr().out
    assert f"Accuracy {share:.4f}" in out
    assert "60 of 60 inputs with a known answer" in out
    assert "flowers.csv:2" not in out


def test_rows_without_the_target_have_no_score(flowers, capsys):
    pd.read_csv("flowers.csv").drop(columns="kind").to_csv("new.csv", index=False)
    assert main(["predict", flowers.run_id, "new.csv"]) == 0
    assert "Accuracy" not in capsys.readouterr().out


def test_regression_is_scored_in_its_unit(store, capsys):
    x = np.random.default_rng(0).normal(size=(60, 3))
    table = np.column_stack([x, 1000 * x[:, 0]])
    np.savetxt("plain.csv", table, delimiter=",")
    run = mlp.run(dataset="plain.csv", header=False, units=(32,), **SMALL | {"epochs": 40})
    assert main(["predict", run.run_id, "plain.csv", "--no-header", "--out", "a.csv"]) == 0
    rows = rows_of("a.csv")
    predicted = np.array([float(row["prediction"]) for row in rows])
    truth = np.array([float(row["truth"]) for row in rows])
    np.testing.assert_allclose(truth, table[:, 3], rtol=1e-6)
    out = capsys.readouterr().out
    assert f"Mean absolute error {np.abs(predicted - truth).mean():.4g}"[:24] in out
    assert "R²" in out


def test_folders_named_as_classes_are_the_labels_of_images(store, capsys):
    for name, level in (("dark", 10), ("light", 240)):
        (store / "photos" / name).mkdir(parents=True)
        for i in range(12):
            pixels = np.full((28, 28), level + i % 3, np.uint8)
            Image.fromarray(pixels).save(store / "photos" / name / f"{i}.png")
    run = lenet5.run(dataset="photos", **SMALL | {"epochs": 4})
    (store / "photos" / "light" / "broken.png").write_bytes(b"x")
    assert main(["predict", run.run_id, "photos", "--out", "answers.csv"]) == 1
    rows = rows_of("answers.csv")
    assert rows[0]["input"].endswith("photos/dark/0.png")
    assert (rows[0]["truth"], rows[-1]["class"]) == ("dark", "")
    assert "broken" in rows[-1]["input"]
    assert rows[-1]["error"]
    assert "24 of 24 inputs with a known answer" in capsys.readouterr().out


def test_score_counts_known_answers_only():
    answers = [
        Prediction("a", "cat", ranking=(("cat", 0.9),), truth="cat"),
        Prediction("b", "cat", ranking=(("cat", 0.9),), truth="dog"),
        Prediction("c", "cat", ranking=(("cat", 0.9),)),
    ]
    assert score_predictions(answers).startswith("Accuracy 0.5000: 1 of 2 right (2 of 3 inputs")
    assert score_predictions(answers[2:]) == ""


def test_other_answers_have_their_text_in_the_file(tmp_path):
    write_table([Prediction("a, b", "x\ny"), Prediction("c", "", error="none")], tmp_path / "a.csv")
    assert rows_of(tmp_path / "a.csv") == [
        {"input": "a, b", "prediction": "x\ny", "error": ""},
        {"input": "c", "prediction": "", "error": "none"},
    ]


def test_one_bad_word_or_prompt_is_named_and_the_rest_answered(store, capsys):
    text = ["the cat sat on the mat and the dog sat on the log "] * 40
    vectors = word2vec.run(data=text, min_count=1, dim=25, **SMALL)
    assert main(["predict", vectors.run_id, "cat", "unicorn", "dog"]) == 1
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 2
    assert "unicorn" in captured.err
    writer = gpt.run(data=text, context=16, layers=1, width=64, **SMALL | {"steps_per_epoch": 2})
    assert main(["predict", writer.run_id, "the cat", "Ω", "--length", "3"]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("the cat")
    assert "Ω" in captured.err


@pytest.mark.slow
def test_search_is_refused_before_keras_is_loaded_and_names_its_best_training(store):
    search = mlp.tune(dataset="digits", trials=2, search=("dropout",), budget="smoke",
                      workers=0, verbose=False)  # fmt: skip
    code = (
        "import sys; from keras_dl.cli import main\n"
        "status = main(['predict', sys.argv[1], 'a.png'])\n"
        "print(status, 'keras' in sys.modules, 'tensorflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, search.run_id], capture_output=True, text=True
    )
    assert done.stdout.split() == ["2", "False", "False"]
    assert "`run_id` must name a single training; its best training is" in done.stderr
    best = done.stderr.partition("best training is ")[2].split()[0]
    np.savez("x.npz", x=np.zeros((1, 8, 8), np.uint8))
    assert main(["predict", best, "x.npz"]) == 0


def test_json_of_run_show_report_describe_and_doctor(store, capsys):
    def read(*words):
        assert main(list(words)) in (0, 1)
        return json.loads(capsys.readouterr().out)

    shown = read("show", "lenet5", "--json")
    assert shown["hyperparameters"]["dropout"]["default"] == 0.0
    run = read("run", "mlp", "--dataset", "iris", "--epochs", "1", "--units", "32", "--json")
    assert run["metrics"]["test/accuracy"] >= 0
    assert run["values"]["units"] == [32]
    assert {"mlp", "lenet5"} <= {row["recipe"] for row in read("report", "--json")}
    assert read("data", "describe", "iris", "--json")["examples"]["train"] > 100
    assert {"subject", "works", "details"} == set(read("doctor", "--json")[0])


def test_unknown_recipes_and_data_sets_of_runs_get_a_suggestion(store, capsys):
    mlp.run(dataset="iris", units=(32,), **SMALL)
    assert main(["runs", "--recipe", "lenet"]) == 2
    assert "did you mean 'lenet5'" in capsys.readouterr().err.lower()
    assert main(["runs", "--dataset", "irs"]) == 2
    assert "iris" in capsys.readouterr().err
    assert main(["runs", "--recipe", "lenet5"]) == 0


def test_nothing_is_written_where_no_folder_is_named(capsys):
    print_predictions([Prediction("a", "cat")], None)
    assert capsys.readouterr().out == "a: cat\n"
