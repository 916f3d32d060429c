"""`runs`, `rerun`, `export` and `register` on real runs."""

import json
import os
import tomllib
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from keras_dl.cli import main
from keras_dl.tracking import listing, records, store
from keras_dl.tracking.export import export
from recipes import mlp
from tests.newcomers.checks import interrupted_after

RUN = {"dataset": "digits", "units": (64, 32), "budget": "smoke", "verbose": False}


@pytest.fixture(scope="module")
def trained(tmp_path_factory, empty_store):
    """A store with two runs of one recipe, and a search of two trials."""
    import shutil

    folder, before = tmp_path_factory.mktemp("runs"), os.getcwd()
    (folder / "mlruns").mkdir()
    shutil.copy(empty_store, folder / "mlruns" / "mlflow.db")
    os.chdir(folder)
    try:
        results = [mlp.run(**RUN, seed=0), mlp.run(**RUN, seed=1, max_norm=None)]
        options = {**RUN, "units": (64,), "workers": 0, "final_seeds": 0}
        search = mlp.tune(**options, learning_rate=[0.001, 0.01], trials=2, algorithm="grid")
        yield folder, results, search
    finally:
        os.chdir(before)


def test_runs_are_listed_latest_first(trained, capsys):
    _, results, search = trained
    rows = listing.list_runs()
    assert [row.run_id for row in rows[:3]] == [search.run_id, results[1].run_id, results[0].run_id]
    assert rows[1].score == f"test/accuracy {results[1].metrics['test/accuracy']:.4f}"
    assert rows[1].size > 10_000  # the model
    assert {row.kind for row in listing.list_runs(kind="trial")} == {"trial"}
    assert listing.list_runs(dataset="mnist") == []
    assert main(["runs", "--kind", "run", "--json", "--limit", "1"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["run_id"] == rows[1].run_id
    assert main(["runs"]) == 0
    assert rows[2].run_id[:8] in capsys.readouterr().out


def test_best_runs_come_first(trained):
    values = [row.value for row in listing.list_runs(best=True, kind="run")]
    assert len(values) >= 2
    assert values == sorted(values, reverse=True)


def test_a_run_is_repeated_from_its_record(trained, capsys):
    _, results, _ = trained
    assert main(["rerun", results[1].run_id[:12], "--no-verbose"]) == 0
    again = store.find_run(capsys.readouterr().out.strip())
    first = store.find_run(results[1].run_id)
    assert again.data.params == first.data.params
    for name in ("objective", "test/loss"):
        assert again.data.metrics[name] == first.data.metrics[name]


@pytest.mark.slow
def test_a_stopped_run_goes_on_without_the_name_of_its_recipe(trained, capsys):
    words = ["run", "mlp", "--dataset", "iris", "--epochs", "3", "--no-verbose"]
    with interrupted_after(2):
        assert main(words) == 130
    stopped = next(row for row in listing.list_runs() if row.status == "KILLED")
    capsys.readouterr()
    assert main(["run", "--resume", stopped.run_id[:12], "--no-verbose"]) == 0
    assert capsys.readouterr().out.strip() == stopped.run_id
    assert store.find_run(stopped.run_id).info.status == "FINISHED"


def test_flags_change_the_repeated_run(trained, capsys):
    _, results, _ = trained
    assert main(["rerun", results[0].run_id, "--seed", "7", "--no-verbose"]) == 0
    again = store.find_run(capsys.readouterr().out.strip())
    assert again.data.params["seed"] == "7"
    assert again.data.params["units"] == "64,32"


def test_a_trial_and_its_search_can_be_repeated(trained, capsys):
    _, _, search = trained
    trial = listing.list_runs(kind="trial")[0]
    assert main(["rerun", trial.run_id, "--no-verbose"]) == 0
    again = store.find_run(capsys.readouterr().out.strip())
    assert again.data.metrics["objective"] == trial.value
    record = records.read(search.run_id)
    assert record.command == "tune"
    assert record.values["learning_rate"] == "0.001,0.01"
    assert record.values["trials"] == 2
    assert record.values["units"] == "64"


def test_other_data_than_the_repeated_run_s_are_told(trained, capsys):
    _, results, _ = trained
    assert main(["rerun", results[0].run_id, "--image-size", "9", "--no-verbose"]) == 0
    printed = capsys.readouterr()
    assert printed.err.startswith("! The data are not those of the repeated run")
    tags = store.find_run(printed.out.strip()).data.tags
    assert tags["repeats"] == results[0].run_id


def test_config_of_a_run_names_all_its_arguments(trained):
    folder, results, _ = trained
    run = store.find_run(results[0].run_id)
    path = store.client().download_artifacts(run.info.run_id, "config.toml", str(folder))
    with open(path, "rb") as file:
        config = tomllib.load(file)
    assert config["command"] == "run"
    assert config["recipe"] == ["mlp"]
    assert config["seed"] == 0
    assert config["max_norm"] == "none"


@pytest.mark.parametrize("to", ["savedmodel", "litert"])
def test_exported_models_give_the_same_outputs(trained, tmp_path, to):
    if to == "litert" and keras.backend.backend() != "tensorflow":
        pytest.skip("litert needs the TensorFlow backend")
    _, results, _ = trained
    name = tmp_path / ("net.tflite" if to == "litert" else "net")
    exported = export(results[0].run_id, to=to, out=name)
    assert exported.path.exists()
    assert exported.difference < 1e-5


@pytest.mark.slow
def test_onnx_gives_the_same_outputs(trained, tmp_path):
    pytest.importorskip("tf2onnx")
    pytest.importorskip("onnxruntime")
    _, results, _ = trained
    assert export(results[0].run_id, to="onnx", out=tmp_path / "net.onnx").difference < 1e-5


def test_wrong_exports_are_refused(trained, tmp_path):
    run_id = trained[1][0].run_id
    for options, message in (
        ({"to": "tar"}, "`to` must be one of savedmodel, onnx"),
        ({"to": "onnx", "out": tmp_path / "net"}, "`out` must end in .onnx"),
        ({"to": "savedmodel", "out": tmp_path}, "`out` must not exist yet"),
        ({"to": "torch"}, "set KERAS_BACKEND=torch"),
    ):
        with pytest.raises(ValueError, match=message):
            export(run_id, **options)


@pytest.mark.slow
def test_a_registered_model_answers_with_names_and_probabilities(trained, capsys):
    import mlflow

    _, results, _ = trained
    for version in (1, 2):
        assert main(["register", results[0].run_id, "digits-net"]) == 0
        assert f"models:/digits-net/{version}: mlflow models serve" in capsys.readouterr().out
    x = results[0].data.test.x[:5].astype("float32")
    answers = mlflow.pyfunc.load_model("models:/digits-net/2").predict(x)
    logits = results[0].model.predict(x, verbose=0)
    assert list(answers["class"]) == [str(i) for i in logits.argmax(axis=1)]
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(answers["probability"], shares.max(axis=1), rtol=1e-5)
    np.testing.assert_allclose(answers["3"], shares[:, 3], rtol=1e-4)
    assert main(["register", results[0].run_id, "a/b"]) == 2


@pytest.mark.parametrize("activation", ["softmax", None])
def test_served_answers_are_probabilities(tmp_path, activation):
    from keras_dl.tracking.served_model import ServedModel

    layers = [keras.Input((4,)), keras.layers.Dense(3, activation)]
    model = keras.Sequential(layers)
    model.save(tmp_path / "model.keras")
    (tmp_path / "data.json").write_text('{"class_names": ["a", "b", "c"]}')
    artifacts = {"model": str(tmp_path / "model.keras"), "spec": str(tmp_path / "data.json")}
    served, x = ServedModel(), np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    served.load_context(SimpleNamespace(artifacts=artifacts))
    answers = served.predict(None, x)
    outputs = model.predict(x, verbose=0)
    expected = outputs if activation else np.exp(outputs) / np.exp(outputs).sum(1, keepdims=True)
    np.testing.assert_allclose(answers[["a", "b", "c"]], expected, rtol=1e-5)
    assert list(answers["class"]) == ["abc"[i] for i in outputs.argmax(axis=1)]


@pytest.mark.slow
def test_deleted_runs_are_gone_after_clean(trained, capsys):
    folder, _, search = trained
    extra = mlp.run(**RUN, seed=9)
    artifacts = folder / "mlruns" / "artifacts"
    assert main(["runs", "delete", extra.run_id[:10], search.run_id]) == 0
    assert "Files stay until" in capsys.readouterr().out
    remaining = {row.run_id for row in listing.list_runs()}
    assert not {extra.run_id, search.run_id} & remaining
    assert listing.list_runs(kind="trial") == []
    assert list(artifacts.rglob(extra.run_id))
    assert main(["runs", "clean"]) == 0
    assert "freed" in capsys.readouterr().out
    assert not list(artifacts.rglob(extra.run_id))
    assert not any((folder / "mlruns" / "searches").glob("[!.]*"))
    assert {row.run_id for row in listing.list_runs()} == remaining


def test_wrong_words_are_refused(trained, capsys):
    for line, message in (
        ("runs delete", "RUN_ID must be given to `delete`"),
        ("runs clean abc", "RUN_ID must be given to `delete`"),
        ("runs delete zzz", "`run_id` must name one run"),
        ("runs remove", "'remove' is not an action of runs"),
        ("runs clean --json", "--json is a flag of runs list only"),
        ("rerun", "RUN_ID must be given"),
        ("rerun zzz", "`run_id` must name one run"),
        ("export zzz", "`run_id` must name one run"),
        ("register zzz net", "`run_id` must name one run"),
    ):
        assert main(line.split()) == 2, line
        assert message in capsys.readouterr().err, line
