"""The table of recipes: from whole default runs alone, the latest of each seed."""

from dataclasses import replace
from pathlib import Path

import pytest

from keras_dl import Score
from keras_dl.catalog import read
from keras_dl.tracking import report, runs
from keras_dl.utils.intervals import interval_over_seeds

TOY = '''"""Toy: a net.

Paper: Ada, 1990, Nets.
"""
from typing import Annotated
from keras_dl import Objective, Range, Recipe, Score

def data(*, dataset: str = "iris"): ...

def build(data, *, dropout: Annotated[float, Range(0.0, 0.5)] = 0.1): ...

recipe = Recipe(name="toy", data=data, build=build, epochs=4,
                score=Score("test/accuracy", "max", published=0.95, source="table 1"),
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


def tracked(
    score, seed=0, kind="run", status="FINISHED", digest="abcdef0123", fit_seconds=12.0, **params
):
    known = {"dataset": "iris", "dropout": 0.1, "epochs": 4, "budget": "full", "seed": seed}
    run = runs.start(Toy, "iris-classification", "toy", kind, {**known, **params})
    examples = {"train": 100, "validation": 20, "test": 30}
    run.dataset(
        {"name": "iris", "source": "", "digest": digest, "examples": examples, "input_shape": (4,)}
    )
    metrics = {"test/accuracy": score, "test/majority_share": 0.3}
    run.metrics({**metrics, "parameters": 51, "fit_seconds": fit_seconds})
    run.end(status)


def measured(line):
    return line.split(" | ")[5]


def test_mean_and_interval_of_whole_default_runs(store, entry):
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
    low, high = interval_over_seeds(0.91, 0.02 / 2**0.5, 2, proportion=True, test_examples=30)
    assert 0.8 > low > 0.6
    assert line == (
        "| iris | `toy` | Toy: a net | 51 | test error | "
        f"9.00 % ({100 * (1 - high):.2f} to {100 * (1 - low):.2f}), 2 seeds | 5.00 % (table 1) | "
        "12 s |"
    )


def test_recipe_without_default_runs_has_those_of_the_nearest_settings(store, entry):
    tracked(0.1, seed=0, budget="smoke", epochs=1)
    assert "not yet" in report.make_report([entry])
    tracked(0.6, seed=0, dropout=0.2)
    assert "| 40.00 %, 1 seed, `--dropout 0.2` |" in report.make_report([entry])
    tracked(0.3, seed=0, epochs=2, fit_seconds=3.0)
    tracked(0.7, seed=0, epochs=3, steps_per_epoch=20, kind="trial")
    shown = "| 30.00 %, 1 seed, `--epochs 3 --steps-per-epoch 20` |"
    assert shown in report.make_report([entry])
    tracked(0.8, seed=0, epochs=1, budget="quick", fit_seconds=20.0)
    assert "| 20.00 %, 1 seed, `--budget quick` |" in report.make_report([entry])
    tracked(0.9, seed=0)
    assert "| 10.00 %, 1 seed |" in report.make_report([entry])


def test_settings_name_what_was_dropped_and_leave_out_what_has_no_effect(store, tmp_path):
    path = tmp_path / "toy.py"
    space = """dropout: Annotated[float | None, Range(0.0, 0.5)] = 0.1, flip: bool = True,
          momentum: Annotated[float, Range(0.0, 1.0), When("flip", True)] = 0.9): ..."""
    toy = TOY.replace("dropout: Annotated[float, Range(0.0, 0.5)] = 0.1): ...", space)
    path.write_text(toy.replace("Recipe, Score", "Recipe, Score, When"), encoding="utf-8")
    tracked(0.9, dropout=None, flip=False)
    settings = report.make_rows([read(path)])[0].settings
    assert settings == "--no-flip --dropout none"


def test_draws_of_the_data_count_like_seeds(store, tmp_path):
    path = tmp_path / "toy.py"
    path.write_text(TOY.replace('"iris")', '"iris", draw: int = 0)'), encoding="utf-8")
    tracked(0.90, seed=0, draw=0, digest="aaaaaaaa")
    tracked(0.92, seed=0, draw=1, digest="bbbbbbbb")
    line = report.make_report([read(path)]).splitlines()[-1]
    assert line.startswith("| iris, 2 draws | `toy`")
    low, high = interval_over_seeds(0.91, 0.02 / 2**0.5, 2, proportion=True)  # of two test sets
    assert f"9.00 % ({100 * (1 - high):.2f} to {100 * (1 - low):.2f}), 2 seeds" in line


def test_score_names_the_metric(store, tmp_path):
    path = tmp_path / "toy.py"
    path.write_text(TOY.replace("test/accuracy", "parameters"), encoding="utf-8")
    tracked(0.9)
    table = report.make_report([read(path)])
    assert "| parameters | 51, 1 seed |" in table
    label = 'table 1", label="error under FGSM, ε = 0.25"'
    path.write_text(TOY.replace('table 1"', label), encoding="utf-8")
    assert "| error under FGSM, ε = 0.25 | 10.00 %, 1 seed |" in report.make_report([read(path)])


def test_like_stands_beside_like_and_digests_tell_data_apart(entry):
    def row(name, digest, dataset="mnist", scores=(0.9, 0.91, 0.92), **score):
        own = Score("test/accuracy", "max", **score)
        return report.Row(replace(entry, name=name), own, scores, dataset, (digest,), 100, 1, 1.0)

    rows = [row("a", "111111ff"), row("b", "222222ff"), row("c", "111111ff"), row("d", "", "xor")]
    rows += [row("e", "333333ff", "iris", label="z"), row("f", "333333ff", "iris", label="y")]
    rows += [report.Row(replace(entry, name="none"), Score("test/loss", "min"))]
    lines = [line.split(" | ") for line in report.format_rows(rows).splitlines()[2:]]
    assert [(line[0].strip("| "), line[1]) for line in lines] == [
        ("iris", "`f`"), ("iris", "`e`"), ("mnist `111111`", "`a`"), ("mnist `111111`", "`c`"),
        ("mnist `222222`", "`b`"), ("xor", "`d`"), ("–", "`none`"),
    ]  # fmt: skip
    assert measured(report.format_rows([rows[0]]).splitlines()[-1]).startswith("9.00 % (")


def test_interval_of_a_positive_score_is_positive(entry):
    score = Score("test/loss", "min")
    row = report.Row(entry, score, (0.1, 0.2, 0.9), "iris", ("a",), 0, 1, 1.0)
    low, high = (
        float(t) for t in report.format_rows([row]).split("(")[1].split(")")[0].split(" to ")
    )
    assert 0 < low < 0.4 < high


def test_recipe_without_runs_says_so(store, entry):
    line = report.make_report([entry]).splitlines()[-1]
    row = "| – | `toy` | Toy: a net | – | test error | not yet | 5.00 % (table 1) | – |"
    assert line == row


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
