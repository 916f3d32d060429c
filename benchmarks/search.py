"""Best value after so many trials: `tune` beside random search, Optuna and KerasTuner.

Three functions have a formula; two are the validation errors of LeNet-5 and the MLP, as trees
predict them from settings that were really trained (`benchmarks.search_table`), with the noise of a
seed on each trial. All sides but KerasTuner begin with the recipe's defaults. What counts is the
objective without noise of the setting that looks best. Sides are compared seed by seed (Wilcoxon).

`python -m benchmarks.search FILE SEEDS SIDE …` plays and appends each search to FILE;
`SEARCH_CURVES=FILE python -m benchmarks search` makes rows of it. Without FILE it plays five seeds.
"""

import csv
import importlib
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import wilcoxon

from benchmarks.search_functions import Function, formulas, surrogate
from benchmarks.search_sides import MARKS, SIDES, play
from benchmarks.table import Row
from keras_dl.recipe import Objective
from keras_dl.space import Hyper, Range
from keras_dl.tuning.oracle import OracleAdapter
from keras_dl.tuning.plan import make_plan

__all__ = ["extend", "rows"]

RECIPES = ("lenet5", "mlp")
TABLE = Path(__file__).parent / "search_{}.csv.gz"
SEEDS, QUICK = 50, ("random", "bayesian", "tpe")
Curves = dict[tuple[str, str], dict[int, np.ndarray]]  # by function and side, then by seed


def rows() -> Iterator[Row]:
    """A row for each function and number of trials, then the time of a suggestion."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(os.environ.get("SEARCH_CURVES", Path(folder) / "curves.csv"))
        if not path.is_file():
            extend(path, 5, QUICK)
        curves = _read(path)
    for name in dict.fromkeys(name for name, _ in curves):
        for trials in MARKS:
            yield _row(curves, name, trials)
    for trials in (50, 200, 500):
        yield _timed(trials)


def functions() -> list[Function]:
    """Returns the functions to search."""
    trained = []
    for name in RECIPES:
        plan = make_plan(importlib.import_module(f"recipes.{name}").recipe, None, {})
        table = TABLE.with_name(TABLE.name.format(name))
        searched = {n: _with_number(h) for n, h in plan.searched.items()}
        trained.append(surrogate(name, table, searched)[0])
    return [*formulas(), *trained]


def _with_number(hyper: Hyper) -> Hyper:
    """Returns a default of None, which other packages cannot begin with, as the upper end."""
    if hyper.default is None and isinstance(hyper.domain, Range):
        return replace(hyper, default=hyper.domain.high)
    return hyper


def extend(path: Path, seeds: int, sides: Sequence[str]) -> None:
    """Plays the searches that a file lacks, one line each.

    Args:
        path: file of the curves.
        seeds: number of seeds.
        sides: names of `SIDES`.
    """
    done, listed = _read(path), functions()
    for seed in range(seeds):
        for side in sides:
            for function in listed:
                if seed not in done.get((function.name, side), {}):
                    curve = play(side, function, seed, MARKS[-1])
                    with path.open("a", newline="") as file:
                        values = [f"{value:.6g}" for value in curve]
                        csv.writer(file).writerow([function.name, side, seed, *values])


def _read(path: Path) -> Curves:
    curves: Curves = defaultdict(dict)
    if path.is_file():
        with path.open(newline="") as file:
            for name, side, seed, *values in csv.reader(file):
                curves[name, side][int(seed)] = np.array(values, dtype=float)
    return curves


def _row(curves: Curves, name: str, trials: int) -> Row:
    sides = {side: _at(curves, name, side, trials) for side in SIDES if curves.get((name, side))}
    medians = {side: np.median(list(values.values())) for side, values in sides.items() if values}
    texts = {
        side: f"{side} {median:.4g}" + _count(len(sides[side])) for side, median in medians.items()
    }
    ours = sides["bayesian"]
    rivals = [side for side in medians if side.startswith("Optuna")]
    against = [f"{side} p {_p(sides[side], sides['random'], 'less')}" for side in QUICK[1:]]
    verdicts = [f"{side} p {_p(ours, sides[side], 'two-sided')}" for side in rivals]
    others = [texts[side] for side in texts if side not in ("bayesian", "tpe")]
    return Row(
        f"{name}, best of {trials} trials: {texts['bayesian']}, {texts.get('tpe', '')}",
        "; ".join(others),
        "; ".join(against),
        "; ".join(verdicts) or "-",
        str(len(ours)),
        "p < 0.01" if trials >= 20 else "-",
    )


def _count(count: int) -> str:
    return "" if count >= SEEDS else f" ({count} seeds)"


def _at(curves: Curves, name: str, side: str, trials: int) -> dict[int, float]:
    every = curves[name, side].items()
    return {seed: float(curve[trials - 1]) for seed, curve in every if len(curve) >= trials}


def _p(ours: dict[int, float], theirs: dict[int, float], alternative: str) -> str:
    """Returns p of Wilcoxon's signed-rank test over common seeds; who is better unless obvious."""
    common = sorted(set(ours) & set(theirs))
    gaps = np.array([ours[seed] - theirs[seed] for seed in common])
    if len(gaps) < 5 or not gaps.any():
        return "-"
    p = wilcoxon(gaps, alternative=alternative).pvalue
    wins, losses = int((gaps < 0).sum()), int((gaps > 0).sum())
    return f"{p:.0e} ({wins} : {losses})"


def _timed(trials: int) -> Row:
    """Returns the processor time of a suggestion after so many trials in the MLP's space."""
    plan = make_plan(importlib.import_module("recipes.mlp").recipe, None, {})
    times: dict[str, list[float]] = {}
    for algorithm in ("bayesian", "tpe"):
        goal = Objective("score", "max")
        oracle = OracleAdapter(plan.searched, algorithm, goal, 0, trials + 12, 12)
        random, drawn = (
            np.random.default_rng(0),
            OracleAdapter(plan.searched, "random", goal, 0, trials, 12),
        )
        for number in range(trials):
            oracle.ask(force=drawn.ask().raw)
            oracle.tell(number, float(random.normal()))
        times[algorithm] = []
        for number in range(trials, trials + 12):
            begun = time.process_time()
            oracle.ask()
            times[algorithm].append(1000 * (time.process_time() - begun))
            oracle.tell(number, float(random.normal()))
    texts = [f"{name} {np.median(ms):.0f} ms (at most {max(ms):.0f})" for name, ms in times.items()]
    work = f"a suggestion after {trials} trials of the MLP's 17 dimensions: {', '.join(texts)}"
    return Row(work, "processor time", "-", rounds="12", goal="at most 50 ms")


if __name__ == "__main__":
    extend(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
