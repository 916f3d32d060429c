"""Effects against hand-made truths and against statsmodels."""

import numpy as np
import pytest

from keras_dl.comparing.design import factorial
from keras_dl.comparing.effects import estimate_effects

LEVELS = {"a": ("x", "y"), "b": (0.0, 0.5, 0.9), "c": (False, True)}


def trainings(noise, seeds=3, truth=None):
    """Settings, seeds and scores: y gains 0.05, b=0.9 loses 0.02, y with c gains 0.03 more."""
    random = np.random.default_rng(0)
    luck = random.normal(0, noise, seeds)
    rows = [(s, seed) for s in factorial(LEVELS) for seed in range(seeds)]
    truth = truth or (lambda s: 0.05 * (s["a"] == "y") - 0.02 * (s["b"] == 0.9)
                      + 0.03 * (s["a"] == "y" and s["c"]))  # fmt: skip
    scores = [0.9 + truth(s) + luck[seed] + random.normal(0, noise) for s, seed in rows]
    return [s for s, _ in rows], [seed for _, seed in rows], scores


def test_noiseless_effects_are_found_exactly():
    told = estimate_effects(LEVELS, *trainings(noise=0.0))
    gains = {(e.factor, e.level): e.gain for e in told.main}
    assert gains["a", "y"] == pytest.approx(0.05 + 0.03 / 2)  # over both levels of c
    assert gains["b", 0.5] == pytest.approx(0.0, abs=1e-12)
    assert gains["b", 0.9] == pytest.approx(-0.02)
    joint = {i.levels: i.gain for i in told.interactions if i.factors == ("a", "c")}
    assert joint == {("y", True): pytest.approx(0.03)}
    assert sum(told.shares.values()) == pytest.approx(1.0)


def test_equal_scores_give_no_evidence():
    told = estimate_effects(LEVELS, *trainings(noise=0.0, truth=lambda s: 0.0))
    assert all(e.p in (None, 1.0) for e in told.main)
    assert all(i.p == 1.0 for i in told.interactions)


def test_effects_equal_those_of_statsmodels():
    pandas = pytest.importorskip("pandas")
    api = pytest.importorskip("statsmodels.formula.api", reason="statsmodels is the reference")
    settings, seeds, scores = trainings(noise=0.01)
    lost = 7  # unbalanced: one training failed
    rows = [r for i, r in enumerate(zip(settings, seeds, scores, strict=True)) if i != lost]
    told = estimate_effects(LEVELS, *map(list, zip(*rows, strict=True)))
    frame = pandas.DataFrame([{**s, "seed": k, "score": y} for s, k, y in rows])
    model = api.ols("score ~ (C(a, Sum) + C(b, Sum) + C(c, Sum))**2 + C(seed, Sum)", frame).fit()
    assert told.residual == pytest.approx(np.sqrt(model.mse_resid))
    grid = pandas.DataFrame([{**s, "seed": k} for s in factorial(LEVELS) for k in range(3)])
    predicted = model.predict(grid)
    for e in told.main:
        assert e.mean == pytest.approx(predicted[grid[e.factor] == e.level].mean())
    # Sum coding leaves out the last level: with two levels a's gain is minus twice its column.
    name = next(n for n in model.params.index if n.startswith("C(a") and ":" not in n)
    y = next(e for e in told.main if (e.factor, e.level) == ("a", "y"))
    assert y.gain == pytest.approx(-2 * model.params[name])
    low, high = model.conf_int().loc[name]
    assert (y.gain_low, y.gain_high) == pytest.approx((-2 * high, -2 * low))


def test_intervals_cover_the_truth_as_often_as_they_say():
    random, hits = np.random.default_rng(1), 0
    settings = [s for s in factorial({"a": (0, 1), "b": (0, 1)}) for _ in range(3)]
    for _ in range(500):
        scores = [0.02 * s["a"] + random.normal(0, 0.01) for s in settings]
        told = estimate_effects({"a": (0, 1), "b": (0, 1)}, settings, [0, 1, 2] * 4, scores)
        gain = next(e for e in told.main if e.p is not None and e.factor == "a")
        hits += gain.gain_low <= 0.02 <= gain.gain_high
    assert 460 <= hits <= 490  # 475 expected, standard deviation 4.9


def test_intervals_of_proportions_stay_within_their_bounds():
    settings = [{"a": level} for level in (0, 0, 0, 1, 1, 1)]
    scores, seeds = [0.98, 1.0, 0.99, 0.9, 1.0, 0.7], [0, 1, 2] * 2
    free = estimate_effects({"a": (0, 1)}, settings, seeds, scores)
    assert max(e.high for e in free.main) > 1
    bounded = estimate_effects({"a": (0, 1)}, settings, seeds, scores, proportion=True)
    assert all(0 <= e.low <= e.mean <= e.high <= 1 for e in bounded.main)


def test_one_factor_and_one_seed_suffice():
    settings = [{"a": level} for level in ("x", "x", "y", "y")]
    told = estimate_effects({"a": ("x", "y")}, settings, [0] * 4, [1.0, 1.2, 2.0, 2.2])
    assert told.interactions == []
    assert told.main[1].gain == pytest.approx(1.0)


@pytest.mark.slow
def test_inert_factors_of_a_fraction_are_significant_in_at_most_a_twentieth_of_experiments():
    """16 of 64 settings, five seeds; factors a to c interact in pairs, d to f do nothing."""
    levels = dict.fromkeys("abcdef", (0, 1))
    design, random, count = factorial(levels, 16), np.random.default_rng(0), 400
    settings = [s for s in design for _ in range(5)]
    false = 0
    for _ in range(count):
        ab, ac, bc = random.normal(0, 0.03, (3, 2, 2))
        scores = [
            0.9 + ab[s["a"], s["b"]] + ac[s["a"], s["c"]] + bc[s["b"], s["c"]]
            + random.normal(0, 0.005)
            for s in settings
        ]  # fmt: skip
        found = estimate_effects(levels, settings, [0, 1, 2, 3, 4] * 16, scores)
        assert found.is_fraction
        false += any(e.p is not None and e.p < 0.05 for e in found.main if e.factor in "def")
    assert false / count <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / count)


def test_trainings_of_a_setting_are_one_observation_in_a_fraction():
    levels = dict.fromkeys("abcd", (0, 1))
    design, random = factorial(levels, 8), np.random.default_rng(0)
    scores = list(random.random(8))
    once = estimate_effects(levels, design, [0] * 8, scores)
    copies = estimate_effects(levels, design * 9, np.repeat(range(9), 8), scores * 9)
    assert [e.p for e in copies.main] == pytest.approx([e.p for e in once.main], nan_ok=True)
    assert (copies.settings, copies.combinations) == (8, 16)


def test_without_room_for_interactions_main_effects_remain():
    chosen = factorial(LEVELS, 6)
    told = estimate_effects(LEVELS, chosen, [0] * 6, np.arange(6.0))
    assert told.interactions == []
    assert len(told.main) == 7


def test_too_few_trainings_are_refused():
    with pytest.raises(ValueError, match="more finished trainings"):
        estimate_effects(LEVELS, factorial(LEVELS)[:4], [0] * 4, [1.0, 2.0, 3.0, 4.0])
