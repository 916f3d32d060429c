"""Suggestions: the defaults first, valid, reproducible, and better than chance."""

import warnings
from typing import Annotated

import numpy as np
import pytest

from keras_dl import Choice, Objective, Range, Repeat
from keras_dl.execution.journal import Journal, Trial
from keras_dl.space import When, hypers
from keras_dl.tuning import bayesian, parzen
from keras_dl.tuning.encoding import Space
from keras_dl.tuning.oracle import WAIT, OracleAdapter, decode
from keras_dl.tuning.plan import make_plan
from keras_dl.tuning.suggesters import ModelSearch, Record
from tests.toys import conditional

BEST = Objective("score", "max")
MODELS = {"bayesian": bayesian.propose, "tpe": parzen.propose}


def mixed(
    *,
    optimizer: Annotated[str, Choice("adam", "sgd", "rmsprop")] = "adam",
    rate: Annotated[float, Range(1e-4, 1.0, log=True)] = 0.5,
    momentum: Annotated[float, Range(0.0, 0.99), When("optimizer", "sgd")] = 0.9,
    units: Annotated[tuple[int, ...], Repeat(Range(8, 128, log=True, step=2), 1, 3)] = (16, 16),
    batch: Annotated[int, Range(1, 64)] = 3,
    norm: Annotated[float | None, Range(0.5, 4.0)] = None,
    flag: Annotated[bool, Choice(False, True)] = False,
) -> None: ...


def goal(values):
    """Largest, 0, for sgd with a rate of 0.01 and momentum of 0.8, two layers of 64."""
    away = abs(np.log10(values["rate"]) + 2) + 0.3 * abs(len(values["units"]) - 2)
    away += 0.2 * abs(np.log2(values["units"][0]) - 6) + values["flag"] + values["batch"] / 64
    return -away - (abs(values["momentum"] - 0.8) if values["optimizer"] == "sgd" else 1.0)


def search(algorithm, seed, trials, searched=None, score=goal, ahead=0):
    """Runs a search, with so many trials still pending at each suggestion."""
    searched = hypers(mixed) if searched is None else searched
    oracle = OracleAdapter(searched, algorithm, BEST, seed, trials, 9)
    settings, scores = [], []
    for number in range(trials):
        suggestion = oracle.ask()
        if suggestion in (None, WAIT):
            break
        assert suggestion.number == number
        settings.append(suggestion.raw)
        scores.append(score(decode(searched, suggestion.raw)))
        if number >= ahead:
            oracle.tell(number - ahead, scores[number - ahead])
    return settings, scores


@pytest.mark.parametrize("algorithm", MODELS)
def test_defaults_come_first_and_none_stays_none(algorithm):
    raw = search(algorithm, 0, 1)[0][0]
    assert decode(hypers(mixed), raw) == {
        "optimizer": "adam",
        "rate": 0.5,
        "units": (16, 16),
        "batch": 3,
        "flag": False,
    }


@pytest.mark.parametrize("algorithm", MODELS)
def test_third_at_most_goes_without_the_model(algorithm):
    for trials, expected in ((30, 6), (12, 4), (100, 6)):
        calls = []

        def propose(space, codes, scores, pending, random, calls=calls):
            calls.append(len(codes))
            return MODELS[algorithm](space, codes, scores, pending, random)

        suggester = ModelSearch(Space(hypers(mixed)), propose, 0, trials)
        records = []
        for _ in range(expected + 2):
            raw = suggester.suggest(records)
            records.append(Record(raw, True, goal(decode(hypers(mixed), raw))))
        assert calls == [expected, expected + 1]


@pytest.mark.parametrize("algorithm", [*MODELS, "asha"])
def test_settings_are_valid_whatever_their_conditions(algorithm):
    searched = hypers(mixed)
    for raw in search(algorithm, 3, 24)[0]:
        values = decode(searched, raw)
        assert ("momentum" in values) == (values["optimizer"] == "sgd")
        assert all(searched[n].domain.holds(v) for n, v in values.items())
        assert set(np.log2(values["units"])) <= {3.0, 4.0, 5.0, 6.0, 7.0}
        assert sum(n.startswith("units.") for n in raw) == 1 + len(values["units"])


@pytest.mark.parametrize("algorithm", [*MODELS, "asha", "random", "hyperband"])
def test_seed_decides(algorithm):
    assert search(algorithm, 0, 14)[0] == search(algorithm, 0, 14)[0]
    assert search(algorithm, 0, 14)[0][1:] != search(algorithm, 1, 14)[0][1:]


@pytest.mark.parametrize("algorithm", [*MODELS, "asha", "random", "hyperband", "grid"])
def test_replayed_search_goes_on_as_if_undisturbed(algorithm, monkeypatch):
    searched = {n: h for n, h in hypers(mixed).items() if n in ("optimizer", "units", "flag")}

    def score(values):
        return float(len(values["units"])) + values["flag"]

    settings, scores = search(algorithm, 5, 16, searched, score)
    again = OracleAdapter(searched, algorithm, BEST, 5, 16, 9)
    with monkeypatch.context() as patch:  # replaying suggests nothing
        patch.setattr(ModelSearch, "suggest", None)
        for number in range(12):
            again.ask(force=settings[number])
            again.tell(number, scores[number])
    for number in range(12, 16):
        assert again.ask().raw == settings[number]
        again.tell(number, scores[number])


@pytest.mark.parametrize("algorithm", MODELS)
def test_better_than_random_after_35_trials(algorithm):
    space, ours, theirs = Space(hypers(mixed)), [], []
    for seed in range(10):
        suggester, records = ModelSearch(space, MODELS[algorithm], seed, 35), []
        for _ in range(35):
            raw = suggester.suggest(records)
            records.append(Record(raw, True, goal(decode(hypers(mixed), raw))))
        ours.append(max(r.score for r in records))
        drawn = space.draw(np.random.default_rng(seed).uniform(size=(35, len(space))))
        theirs.append(max(goal(decode(hypers(mixed), space.decode(row))) for row in drawn))
    assert sum(a > b for a, b in zip(ours, theirs, strict=True)) >= 7
    assert np.median(ours) > np.median(theirs)


@pytest.mark.parametrize("algorithm", MODELS)
def test_failed_and_infinite_trials_are_avoided_and_warn_of_nothing(algorithm):
    def score(values):
        return None if values["rate"] > 0.03 else goal(values)

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        settings, scores = search(algorithm, 0, 30, score=score)
    assert not [w for w in warned if w.category is not ResourceWarning]
    assert scores[0] is None
    later = [raw["rate"] for raw in settings[15:]]
    assert np.mean([rate > 0.03 for rate in later]) < 0.3  # of all settings 0.38


@pytest.mark.parametrize("algorithm", MODELS)
def test_ties_and_trials_that_all_fail_are_survived(algorithm):
    for score in (lambda values: 1.0, lambda values: None):
        settings, _ = search(algorithm, 0, 14, score=score)
        assert len({str(raw) for raw in settings}) == 14


@pytest.mark.parametrize("algorithm", MODELS)
def test_pending_trials_are_not_suggested_again(algorithm):
    settings, _ = search(algorithm, 0, 24, ahead=4)
    points = Space(hypers(mixed)).encode(settings)
    assert len({row.round(6).tobytes() for row in points}) == 24


@pytest.mark.parametrize("algorithm", [*MODELS, "grid", "random"])
def test_finite_space_is_exhausted(algorithm):
    searched = {n: h for n, h in hypers(mixed).items() if n in ("optimizer", "flag")}
    settings, _ = search(algorithm, 0, 20, searched, lambda values: float(values["flag"]))
    assert len(settings) == 6
    assert len({str(sorted(raw.items())) for raw in settings}) == 6


def test_trial_that_gets_its_score_later_counts():
    searched = hypers(mixed)
    oracles = [OracleAdapter(searched, "bayesian", BEST, 0, 30, 9) for _ in range(2)]
    for number in range(12):
        for oracle in oracles:
            raw = oracle.ask().raw
            oracle.tell(number, None if oracle is oracles[1] else goal(decode(searched, raw)))
        if number < 6:  # the first six do not depend on scores
            oracles[1].tell(number, goal(decode(searched, raw)))
    assert oracles[0].ask().raw != oracles[1].ask().raw


def test_smaller_is_better_for_min():
    def run(direction, sign):
        oracle = OracleAdapter(hypers(mixed), "bayesian", Objective("score", direction), 0, 30, 9)
        for number in range(13):
            raw = oracle.ask().raw
            oracle.tell(number, sign * goal(decode(hypers(mixed), raw)))
        return raw

    assert run("max", 1.0) == run("min", -1.0)


@pytest.mark.parametrize("algorithm", [*MODELS, "asha"])
def test_search_restored_from_its_journal_goes_on_as_if_undisturbed(algorithm, tmp_path):
    plan = make_plan(conditional, None, {"algorithm": algorithm, "trials": 12})
    settings = []
    for number in range(12):  # a new oracle for each trial
        journal = Journal(tmp_path)
        oracle = OracleAdapter.restore(plan, journal)
        suggestion = oracle.ask()
        settings.append(suggestion.raw)
        trial = Trial(number, suggestion.raw, {}, 1, suggestion.warm_start)
        journal.start(trial)
        trial.score, trial.status = float(len(str(suggestion.raw)) % 7), "done"
        journal.end(trial)
    oracle = OracleAdapter.restore(plan, Journal(tmp_path / "new"))
    for number, raw in enumerate(settings):
        assert oracle.ask().raw == raw
        oracle.tell(number, float(len(str(raw)) % 7))
