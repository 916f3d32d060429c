"""The table of recipes: from whole default runs alone, the latest of each seed."""

from pathlib import Path

import pytest

from keras_dl.catalog import read
from keras_dl.tracking import report, runs

TOY = '''"""Toy: a net.

Paper: Ada, 1990, Nets.
"""
from typing import Annotated
from keras_dl import Objective, Range, Recipe, Score

def data(*, dataset: str = "iris"): ...

def build(data, *, dropout: Annotated[float, Range(0.0, 0.5)] = 0.1): ...

recipe = Recipe(name="toy", data=data, build=build, epochs=4,
                score=Score("test/accuracy", "max", published=0.95),
                objective=Objective("val_accuracy", "max"))
'''


@pytest.fixture
def entry(tmp_path):
    path = tmp_path / "toy.py"
    path.write_text(TOY, encoding="utf-8")
    return read(path)


class Toy:
    name, task_name = "toy", "classification"

    class objective:  # noqa: N801
        name, direction = "val_accuracy", "max"

    build = None


def tracked(score, seed=0, kind="run", status="FINISHED", **params):
    known = {"dataset": "iris", "dropout": 0.1, "epochs": 4, "budget": "full", "seed": seed}
    run = runs.start(Toy, "iris-classification", "toy", kind, {**known, **params})
    run.tags({"dataset": "iris"})
    run.metrics({"test/accuracy": score, "parameters": 51, "fit_seconds": 12.0})
    run.end(status)


def test_mean_and_spread_of_whole_default_runs(store, entry):
    tracked(0.5, seed=0)  # the later run of the same seed counts
    tracked(0.90, seed=0)
    tracked(0.92, seed=1, kind="final")
    tracked(0.1, seed=2, dropout=0.2)
    tracked(0.1, seed=3, epochs=2)
    tracked(0.1, seed=4, budget="quick")
    tracked(0.1, seed=5, steps_per_epoch=3)
    tracked(0.1, seed=6, kind="trial")
    tracked(0.1, seed=7, status="FAILED")
    tracked(0.1, seed=8, precision="mixed_bfloat16")
    line = report.make_report([entry]).splitlines()[-1]
    assert line == (
        "| `toy` | Toy: a net | iris | 51 | 9.00 ± 1.41 % errors, 2 seeds | 5.00 % errors | 12 s |"
    )


def test_draws_of_the_data_count_like_seeds(store, tmp_path):
    path = tmp_path / "toy.py"
    path.write_text(TOY.replace('"iris")', '"iris", draw: int = 0)'), encoding="utf-8")
    tracked(0.90, seed=0, draw=0)
    tracked(0.92, seed=0, draw=1)
    line = report.make_report([read(path)]).splitlines()[-1]
    assert "9.00 ± 1.41 % errors, 2 seeds" in line


def test_score_names_the_metric(store, tmp_path):
    path = tmp_path / "toy.py"
    path.write_text(TOY.replace("test/accuracy", "parameters"), encoding="utf-8")
    tracked(0.9)
    assert "| 51 parameters, 1 seed |" in report.make_report([read(path)])


def test_recipe_without_runs_says_so(store, entry):
    line = report.make_report([entry]).splitlines()[-1]
    assert line == "| `toy` | Toy: a net | – | – | not yet | 5.00 % errors | – |"


def test_table_takes_its_place_in_a_page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"above\n\n{report.BEGIN}\nold\n{report.END}\nbelow\n", encoding="utf-8")
    for table in ("| a |", "| b |"):
        report.write_report(table, page)
    expected = f"above\n\n{report.BEGIN}\n| b |\n{report.END}\nbelow\n"
    assert page.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("text", [None, "no place", "<!-- keras-dl report --> no end"])
def test_page_without_a_place_is_refused_and_left_alone(tmp_path, text):
    page = Path(tmp_path / "page.md")
    if text is not None:
        page.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="`write` must name a file with the lines"):
        report.write_report("| a |", page)
    assert (page.read_text(encoding="utf-8") if text is not None else None) == text
