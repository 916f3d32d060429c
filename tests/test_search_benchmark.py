"""The benchmark of searches: its functions, its tables, its sides."""

import csv
import gzip
import json

import numpy as np
import pytest

from benchmarks import search
from benchmarks.search_functions import branin, hartmann, rosenbrock, surrogate
from benchmarks.search_sides import play
from keras_dl.tuning.encoding import Space
from keras_dl.tuning.plan import make_plan


def test_minima_are_the_published_ones():
    assert branin(x=np.pi, y=2.275, shape="plain") == pytest.approx(0, abs=1e-4)
    assert branin(x=9.42478, y=2.475, shape="bent", bend=0.7) == pytest.approx(-5, abs=1e-4)
    best = (0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573)
    assert hartmann(**dict(zip("abcdef", best, strict=True))) == pytest.approx(-3.32237, abs=1e-4)
    peak = 10**1.5
    assert rosenbrock(a=peak, b=peak, c=peak, d=181) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("name", search.RECIPES)
def test_tables_hold_settings_of_the_recipe(name):
    from importlib import import_module

    path = search.TABLE.with_name(search.TABLE.name.format(name))
    assert path.stat().st_size < 200_000
    with gzip.open(path, "rt", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 320
    space = Space(make_plan(import_module(f"recipes.{name}").recipe, None, {}).searched)
    settings = [json.loads(row[4]) for row in rows]
    assert settings[0] == space.defaults()
    codes = space.encode(settings)
    assert np.nanmin(codes) >= 0
    assert np.nanmax(codes) <= max(len(d.values) for d in space.dimensions)


@pytest.mark.slow
def test_trees_predict_settings_that_they_have_not_seen():
    from recipes import mlp

    searched = make_plan(mlp.recipe, None, {}).searched
    function, r2 = surrogate("mlp", search.TABLE.with_name("search_mlp.csv.gz"), searched)
    assert r2 > 0.6
    assert 0 < function.value(Space(function.searched).defaults()) < 0.3


def test_sides_take_turns_and_stop_after_so_many_trials(tmp_path):
    (branin_function, *_) = search.formulas()
    for side in ("random", "bayesian", "tpe"):
        curve = play(side, branin_function, 0, 8)
        assert len(curve) == 8
        assert curve[0] == play("random", branin_function, 1, 1)[0]  # the defaults
        assert (np.diff(curve) <= 0).all()


def test_p_is_paired_and_counts_who_wins():
    ours = {seed: float(seed) for seed in range(20)}
    theirs = {seed: seed + 1.0 + seed / 100 for seed in range(25)}
    assert search._p(ours, theirs, "less") == "1e-06 (20 : 0)"
    assert search._p(ours, ours, "less") == "-"
