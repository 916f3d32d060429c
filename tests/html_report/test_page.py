"""The page of tracked runs: its contents, its size, what it refuses, and that nothing escapes."""

import json
import os
import re
import shutil
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from keras_dl.cli import main
from keras_dl.html_report import charts, pictures, selection, write_page
from keras_dl.html_report.recipes import group_recipes
from keras_dl.plots.parallel import IDLE
from keras_dl.recipe import Score
from keras_dl.tracking import store
from keras_dl.tracking.report import Row
from tests.toys import conditional, toy

pytest.importorskip("vl_convert", reason="needs vl-convert-python (extra report)")
QUICK = {"epochs": 2, "verbose": False}


@pytest.fixture(scope="module")
def tracked(tmp_path_factory, empty_store):
    """A store with a search over a conditional hyperparameter, and two runs."""
    folder, before = tmp_path_factory.mktemp("page"), os.getcwd()
    (folder / "mlruns").mkdir()
    shutil.copy(empty_store, folder / "mlruns" / "mlflow.db")
    os.chdir(folder)
    try:
        search = conditional.tune(
            trials=6, algorithm="random", workers=0, final_seeds=0, prune=False, **QUICK
        )
        yield folder, search, [toy.run(seed=seed, **QUICK) for seed in (0, 1)]
    finally:
        os.chdir(before)


def parsed(path):
    text = path.read_text(encoding="utf-8")
    runs = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    return text, json.loads(runs[1])


def test_page_holds_all_runs_with_their_curves_and_figures(tracked, capsys):
    folder, search, results = tracked
    assert main(["report", "--html", "page.html"]) == 0
    assert re.match(r"page.html: 3 runs, \d\.\d MB", capsys.readouterr().out)
    text, runs = parsed(folder / "page.html")
    assert list(runs) == [results[1].run_id, results[0].run_id, search.run_id]
    run = runs[results[0].run_id]
    values = [value for _, value in run["curves"]["val/accuracy"]]
    assert values == pytest.approx(results[0].history["val_accuracy"])
    assert run["metrics"]["test/accuracy"] == results[0].metrics["test/accuracy"]
    assert {p["name"] for p in run["pictures"]} >= {"learning curves"}
    assert all(p["source"].startswith("data:image/webp;base64,") for p in run["pictures"])
    assert [part["name"] for part in runs[search.run_id]["parts"]] == [
        f"conditional-{n:03d}" for n in range(6)
    ]
    assert len(text.encode()) < 5_000_000


def test_page_loads_nothing(tracked):
    folder, _, _ = tracked
    write_page(folder / "page.html", verbose=False)
    text = (folder / "page.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    markup = re.sub(r"<script.*?</script>", "", text, flags=re.S)
    addresses = re.findall(r'(?:src|href)="([^"]*)"', markup)
    assert addresses
    assert all(a.startswith(("data:", "#", "http://127.0.0.1")) for a in addresses)


def test_selection_takes_ids_and_experiments(tracked):
    folder, search, results = tracked
    assert write_page(folder / "one.html", [results[0].run_id[:12]], verbose=False).runs == 1
    _, runs = parsed(folder / "one.html")
    assert list(runs) == [results[0].run_id]
    trial = selection.select([search.run_id]).below(store.find_run(search.run_id))[0]
    assert write_page(folder / "trial.html", [trial.info.run_id], verbose=False).runs == 1
    experiment = store.client().get_experiment(store.find_run(search.run_id).info.experiment_id)
    assert len(selection.select([experiment.name]).top) >= 1


def test_wrong_words_are_refused(tracked, capsys, tmp_path, monkeypatch):
    for words, message in (
        ("report zzz --html a.html", "`RUN` must be the id of a tracked run"),
        ("report --html nowhere/a.html", "`html` must name a file in an existing folder"),
        ("report --html mlruns", "`html` must name a file in an existing folder"),
        ("report zzz", "RUN needs --html FILE"),
        ("report --html a.html --json", "only one of --html, --write, --json can be given"),
    ):
        try:
            status = main(words.split())
        except SystemExit as stop:
            status = stop.code
        assert (status, message in capsys.readouterr().err) == (2, True), words
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    assert main(["report", "--html", "a.html"]) == 2
    assert "pip install 'keras-dl[report]'" in capsys.readouterr().err


def test_an_empty_store_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["report", "--html", "page.html"]) == 2
    assert "`html` must show a run or more" in capsys.readouterr().err
    assert not (tmp_path / "page.html").exists()


def test_texts_of_runs_cannot_become_code(tracked):
    folder, _, results = tracked
    attack = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    client = store.client()
    client.set_tag(results[0].run_id, "mlflow.runName", attack)
    client.set_tag(results[0].run_id, "kind", "comparison")
    client.set_tag(results[0].run_id, "mlflow.note.content", f"{attack} [x](javascript:alert(1))")
    try:
        write_page(folder / "page.html", [results[0].run_id], verbose=False)
        text, _ = parsed(folder / "page.html")
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert 'href="javascript' not in text
    finally:
        client.set_tag(results[0].run_id, "mlflow.runName", "toy-s0")
        client.set_tag(results[0].run_id, "kind", "run")


@pytest.mark.slow
def test_numbers_that_are_not_finite_are_left_out(tracked):
    folder, search, results = tracked
    client = store.client()
    for value in (float("inf"), float("nan")):
        client.log_metric(results[0].run_id, "odd", value)
        write_page(folder / "page.html", verbose=False)
        _, runs = parsed(folder / "page.html")
        assert "odd" not in runs[results[0].run_id]["metrics"]
    trial = selection.select([]).below(store.find_run(search.run_id))[0]
    client.log_metric(trial.info.run_id, "objective", float("inf"), step=99)
    write_page(folder / "page.html", verbose=False)
    text, _ = parsed(folder / "page.html")
    assert "Infinity" not in re.sub(r'<script type="module">.*?</script>', "", text, flags=re.S)


def test_every_trial_has_a_line_through_every_axis(tracked):
    _, search, _ = tracked
    runs = selection.select([search.run_id]).below(store.find_run(search.run_id))
    names = list(search.searched)
    chart = charts.parallel_coordinates(runs, names, "val_accuracy", "max")
    lines = chart["layer"][0]["data"]["values"]
    assert len(lines) == len(runs) * (len(names) + 1)
    idle = [point for point in lines if point["value"] == "idle"]
    assert idle  # the search has a conditional hyperparameter
    assert {point["height"] for point in idle} == {IDLE}


def test_figures_beyond_the_limit_are_counted(tracked):
    run = store.find_run(tracked[2][0].run_id)
    album = pictures.Album(10)
    assert album.figures(run) == []
    every = pictures.Album(10**8).figures(run)
    assert album.omitted == len(every) > 1
    # Those after one without a place are not read, small ones neither.
    first = len(every[0].source)
    album = pictures.Album(first + len(every[1].source) - 1)
    assert album.figures(run) == every[:1]
    assert album.figures(run) == []


def test_long_curves_are_thinned_and_keep_their_ends():
    curve = [(step, float(step)) for step in range(1, 5001)]
    thin = selection._thin(curve)
    assert len(thin) == selection.POINTS
    assert (thin[0], thin[-1]) == (curve[0], curve[-1])
    assert np.all(np.diff([step for step, _ in thin]) > 0)


def test_recipes_of_one_quantity_share_a_chart_in_their_order():
    score = Score("test/accuracy", "max", published=0.99, source="table 1")
    rows = [
        Row(SimpleNamespace(name=name, title=name), score, values, "mnist", ("d",), 100, 10, 1.0)
        for name, values in (("worse", (0.8, 0.82)), ("better", (0.9, 0.91, 0.92)))
    ]
    (group,) = group_recipes([*rows, Row(SimpleNamespace(name="none", title=""), score)])
    assert group.title == "mnist: test error"
    assert [row[0] for row in group.rows] == ["better", "worse"]
    assert group.rows[0][3] == "1.00 % (table 1)"
    values = group.chart["data"]["values"]
    assert values[0]["mean"] == pytest.approx(9.0)
    assert values[0]["published"] == pytest.approx(1.0)
    assert values[0]["low"] < values[0]["mean"] < values[0]["high"]
