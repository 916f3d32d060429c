"""Who searches: each side yields raw values and is sent their objective, which it minimizes."""

import tempfile
import warnings
from collections.abc import Generator
from typing import Any

import numpy as np

from benchmarks.search_functions import Function
from keras_dl.tuning import bayesian, parzen
from keras_dl.tuning.encoding import Space
from keras_dl.tuning.oracle import declare
from keras_dl.tuning.suggesters import ModelSearch, Record

__all__ = ["MARKS", "SIDES", "play"]

Searcher = Generator[dict[str, Any], float, None]
MARKS = (10, 20, 30, 60)  # trials after which the best value counts


def _ours(propose: Any, function: Function, seed: int) -> Searcher:
    search = ModelSearch(Space(function.searched), propose, seed, MARKS[-1])
    records: list[Record] = []
    while (raw := search.suggest(records)) is not None:
        score = yield raw
        records.append(Record(raw, True, -score))


def _random(function: Function, seed: int) -> Searcher:
    space, random = Space(function.searched), np.random.default_rng(seed)
    yield space.defaults()
    while True:
        yield space.decode(space.draw(random.uniform(size=(1, len(space))))[0])


def _optuna(kind: str, function: Function, seed: int) -> Searcher:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    if kind == "GP":
        import torch

        torch.set_num_threads(1)
        sampler: Any = optuna.samplers.GPSampler(seed=seed)
    else:
        sampler = optuna.samplers.TPESampler(seed=seed)
    space, study = Space(function.searched), optuna.create_study(sampler=sampler)
    first = space.defaults()
    codes = {
        d.name: d.values.index(first[d.name])
        for d in space.dimensions
        if d.name in first and d.values and not d.categorical
    }
    study.enqueue_trial(first | codes)
    while True:
        trial = study.ask()
        study.tell(trial, (yield _asked(trial, space)))


def _asked(trial: Any, space: Space) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    for d in space.dimensions:
        if d.parent is not None and raw.get(space.dimensions[d.parent].name) not in d.under:
            continue
        if d.categorical:
            raw[d.name] = trial.suggest_categorical(d.name, d.values)
        elif d.values:
            raw[d.name] = d.values[trial.suggest_int(d.name, 0, len(d.values) - 1)]
        else:
            ask = trial.suggest_int if d.integer else trial.suggest_float
            raw[d.name] = ask(d.name, d.low, d.high, log=d.log)
    return raw


def _kerastuner(function: Function, seed: int) -> Searcher:
    import keras_tuner as kt

    hp = kt.HyperParameters()
    declare(hp, function.searched)
    oracle = kt.oracles.BayesianOptimizationOracle(
        kt.Objective("objective", "min"), max_trials=10**9, hyperparameters=hp, seed=seed + 1
    )
    oracle.verbose = 0
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle._set_project_dir(folder, "oracle")
        while True:
            trial = oracle.create_trial(str(len(oracle.trials)))
            score = yield dict(trial.hyperparameters.values)
            oracle.update_trial(trial.trial_id, {"objective": score})
            trial.status = "COMPLETED"
            oracle.end_trial(trial)


SIDES = {
    "random": _random,
    "bayesian": lambda *a: _ours(bayesian.propose, *a),
    "tpe": lambda *a: _ours(parzen.propose, *a),
    "Optuna TPE": lambda *a: _optuna("TPE", *a),
    "Optuna GP": lambda *a: _optuna("GP", *a),
    "KerasTuner": _kerastuner,
}


def play(side: str, function: Function, seed: int, trials: int) -> list[float]:
    """Returns the objective without noise of the setting that looks best after each trial.

    Args:
        side: one of `SIDES`.
        function: what is searched.
        seed: of the side and of the noise.
        trials: number of trials.
    """
    searcher, random = SIDES[side](function, seed), np.random.default_rng((seed, 1))
    values, noisy = [], []
    raw = next(searcher)
    while True:
        values.append(function.value(raw))
        noisy.append(values[-1] + function.noise * random.normal())
        if len(values) == trials:
            return [values[int(np.argmin(noisy[: n + 1]))] for n in range(trials)]
        raw = searcher.send(noisy[-1])
