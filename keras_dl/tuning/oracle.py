"""KerasTuner's oracles, and our own, behind ask and tell.

KerasTuner's `Tuner` is not used: it leaks memory, swallows errors and ignores mixed precision. Its
oracles for random search and Hyperband are sound; a search is resumed by replaying the journal into
a new oracle.
"""

import contextlib
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import keras
import keras_tuner as kt
from keras_tuner import oracles

from keras_dl.execution.journal import Journal
from keras_dl.recipe import Objective, Recipe
from keras_dl.space import Choice, Domain, Hyper, Range, Repeat, is_active
from keras_dl.tuning import bayesian, parzen
from keras_dl.tuning.dimensions import label
from keras_dl.tuning.encoding import Space
from keras_dl.tuning.halving import EPOCHS, FACTOR, PAST, Halving
from keras_dl.tuning.pareto import cost_of
from keras_dl.tuning.plan import SearchPlan
from keras_dl.tuning.suggesters import GridSearch, ModelSearch, Suggester
from keras_dl.tuning.suggesting_oracle import SuggestingOracle
from keras_dl.utils import scratch

__all__ = ["WAIT", "OracleAdapter", "Suggestion", "declare", "decode", "hypermodel"]

WAIT = "wait"
MANY = 10**9


@dataclass(frozen=True)
class Suggestion:
    """A setting to try.

    Attributes:
        number: number of the trial, from 0.
        raw: values as the oracle wrote them, for the journal.
        epochs: epochs to train for; None: those of a full training.
        warm_start: number of the trial whose checkpoint to continue, or None.
    """

    number: int
    raw: dict[str, Any]
    epochs: int | None = None
    warm_start: int | None = None


class OracleAdapter:
    """An oracle that suggests settings and learns from their scores.

    Args:
        searched: hyperparameters to search, parents before their children.
        algorithm: "bayesian", "tpe", "random", "grid", "hyperband" or "asha".
        objective: gives the direction.
        seed: any integer from 0; the same seed gives the same suggestions.
        trials: number of trials wanted, at most.
        epochs: epochs of a full training.
    """

    def __init__(
        self,
        searched: Mapping[str, Hyper],
        algorithm: str,
        objective: Objective,
        seed: int,
        trials: int,
        epochs: int,
    ) -> None:
        space = kt.HyperParameters()
        declare(space, searched)
        common: dict[str, Any] = {
            "objective": kt.Objective("objective", objective.direction),
            "hyperparameters": space,
            "seed": seed + 1,  # KerasTuner takes 0 for "none" and draws one
            "tune_new_entries": False,
            "allow_new_entries": False,
            "max_consecutive_failed_trials": MANY,  # the search goes on whatever fails
        }
        if algorithm == "hyperband":
            rounds = hyperband_rounds(epochs)
            common |= {"max_epochs": epochs, "factor": FACTOR}
            common |= {"hyperband_iterations": -(-trials // max(1, len(rounds)))}
            self._oracle: Any = oracles.HyperbandOracle(**common)
        elif algorithm == "random":
            self._oracle = oracles.RandomSearchOracle(max_trials=MANY, **common)
        else:
            suggester = _suggester(Space(searched), algorithm, seed, trials, epochs)
            self._oracle = SuggestingOracle(suggester, max_trials=MANY, **common)
        self._oracle.verbose = 0
        self._folder = tempfile.TemporaryDirectory(dir=scratch.folder())
        self._oracle._set_project_dir(self._folder.name, "oracle")

    @classmethod
    def restore(cls, plan: SearchPlan, journal: Journal) -> Self:
        """Builds the oracle of a search and replays its journal."""
        options, goal = plan.options, plan.recipe.objective
        algorithm, seed, trials = options["algorithm"], options["seed"], options["trials"]
        oracle = cls(plan.searched, algorithm, goal, seed, trials, plan.epochs)
        for event, number in journal.order:
            trial = journal.trials[number]
            if event == "start":
                oracle.ask(force=trial.raw)
            else:
                oracle.tell(number, trial.score, cost_of(trial, options["cost"]))
        return oracle

    def ask(self, force: Mapping[str, Any] | None = None) -> Suggestion | str | None:
        """Returns the next setting, `WAIT` if running trials must end first, None when exhausted.

        Args:
            force: raw values of a trial in the journal, which replace those of the oracle.
        """
        if force is not None and isinstance(self._oracle, SuggestingOracle):
            self._oracle.recorded = dict(force)  # nothing is computed
        with _quiet():
            trial = self._oracle.create_trial(f"slot-{len(self._oracle.trials)}")
        if trial.status == "IDLE":
            return WAIT
        if trial.status != "RUNNING":
            return None
        if force is not None:
            trial.hyperparameters.values = dict(force)
        raw = dict(trial.hyperparameters.values)
        if isinstance(self._oracle, SuggestingOracle):
            raw = self._oracle.raw[trial.trial_id]
        epochs, past = raw.get(EPOCHS), raw.get(PAST)
        return Suggestion(int(trial.trial_id), raw, epochs, None if past is None else int(past))

    def promotable(self) -> set[int]:
        """Returns the trials that a later round of Hyperband may continue, should there be more."""
        trials: set[int] = set()
        for bracket in getattr(self._oracle, "_brackets", ()):
            for number, (past, following) in enumerate(pairwise(bracket["rounds"]), 1):
                if len(following) < self._oracle._get_size(bracket["bracket_num"], number):
                    continued = {info["past_id"] for info in following}
                    trials |= {int(i["id"]) for i in past if i["id"] not in continued}
        return trials

    def tell(self, number: int, score: float | None, cost: float | None = None) -> None:
        """Ends a trial with its score, or as failed with None; a failed one may get a score later.

        Args:
            number: number of the trial.
            score: mean objective, or None.
            cost: second objective, positive, smaller is better; None without one.
        """
        trial_id = next(i for i in self._oracle.trials if int(i) == number)
        if cost is not None and isinstance(self._oracle, SuggestingOracle):
            self._oracle.costs[trial_id] = cost
        trial = self._oracle.trials[trial_id]
        ended = trial_id in self._oracle.end_order
        with _quiet():
            if score is None:
                trial.status = "FAILED"
            else:
                self._oracle.update_trial(trial_id, {"objective": score})
                trial.status = "COMPLETED"
            if not ended:
                self._oracle.end_trial(trial)
            elif score is not None:
                self._oracle.score_trial(trial)


def _suggester(space: Space, algorithm: str, seed: int, trials: int, epochs: int) -> Suggester:
    """Returns the suggester of an algorithm of ours."""
    if algorithm == "grid":
        return GridSearch(space)
    if algorithm == "asha":
        return Halving(space, seed, epochs)
    propose = bayesian.propose if algorithm == "bayesian" else parzen.propose
    return ModelSearch(space, propose, seed, trials)


def hyperband_rounds(epochs: int) -> list[int]:
    """Returns the epochs of each trial of one full Hyperband pass, in the order of the brackets."""
    with _quiet():
        oracle = oracles.HyperbandOracle(
            kt.Objective("objective", "max"), max_epochs=epochs, factor=FACTOR
        )
        return [
            oracle._get_epochs(bracket, number)
            for bracket in reversed(range(oracle._get_num_brackets()))
            for number in range(oracle._get_num_rounds(bracket))
            for _ in range(oracle._get_size(bracket, number))
        ]


def declare(hp: kt.HyperParameters, searched: Mapping[str, Hyper]) -> None:
    """Declares hyperparameters to KerasTuner, which samples children only in their scopes."""
    for hyper in searched.values():
        with contextlib.ExitStack() as scopes:
            if hyper.when is not None and hyper.when.name in searched:
                parent = searched[hyper.when.name]
                values = [label(parent, v) for v in hyper.when.values]
                scopes.enter_context(hp.conditional_scope(hyper.when.name, values))
            _declare_one(hp, hyper)


def _declare_one(hp: kt.HyperParameters, hyper: Hyper) -> None:
    domain = hyper.domain
    if not isinstance(domain, Repeat):
        _item(hp, hyper.name, hyper.kind, domain, hyper.default, hyper)
        return
    default = hyper.default or ()
    lengths = list(range(domain.low, domain.high + 1))
    length = f"{hyper.name}.length"
    hp.Choice(length, lengths, default=len(default))
    for i in range(domain.high):
        longer = [n for n in lengths if n > i]
        with hp.conditional_scope(length, longer):
            first = default[i] if i < len(default) else None
            _item(hp, f"{hyper.name}.{i}", hyper.item or float, domain.item, first, None)


def _item(
    hp: kt.HyperParameters,
    name: str,
    kind: type,
    domain: Domain | None,
    default: Any,
    hyper: Hyper | None,
) -> None:
    """Declares a choice or a range; `hyper` is None for an item of a `Repeat`."""
    if isinstance(domain, Choice):
        labels = [v if hyper is None else label(hyper, v) for v in domain.values]
        own = default if hyper is None or default is None else label(hyper, default)
        hp.Choice(name, labels, default=own if own in labels else labels[0])
        return
    assert isinstance(domain, Range)
    number = int if kind is int else float
    declare_number = hp.Int if kind is int else hp.Float
    declare_number(
        name,
        number(domain.low),
        number(domain.high),
        step=None if domain.step is None else number(domain.step),
        sampling="log" if domain.log else "linear",
        default=default if domain.holds(default) else number(domain.low),
    )


def decode(searched: Mapping[str, Hyper], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Converts an oracle's values to the active hyperparameters."""
    values: dict[str, Any] = {}
    for name, hyper in searched.items():
        domain = hyper.domain
        if isinstance(domain, Repeat):
            count = raw.get(f"{name}.length")
            if count is not None:
                values[name] = tuple(_clip(domain.item, raw[f"{name}.{i}"]) for i in range(count))
        elif name in raw:
            if isinstance(domain, Choice):
                values[name] = next(v for v in domain.values if label(hyper, v) == raw[name])
            else:
                values[name] = _clip(domain, raw[name])
    return {n: v for n, v in values.items() if _holds(searched, n, values)}


def _holds(searched: Mapping[str, Hyper], name: str, values: Mapping[str, Any]) -> bool:
    when = searched[name].when
    return when is None or when.name not in searched or is_active(searched[name], values)


def _clip(domain: Domain | None, value: Any) -> Any:
    """Clips a value: rounding can leave a logarithmic integer range by one at its upper end."""
    if isinstance(domain, Range):
        return type(value)(min(max(value, domain.low), domain.high))
    return value


def hypermodel(recipe: Recipe, **fixed: Any) -> kt.HyperModel:
    """Returns the recipe as a plain `keras_tuner.HyperModel`, for use with any KerasTuner tuner.

    Args:
        recipe: recipe to tune.
        **fixed: hyperparameters to hold fixed; `epochs=` in the tuner's `search` sets the length.
    """
    from keras_dl.backend.batches import Batches, EpochOrder
    from keras_dl.space import resolve
    from keras_dl.training.job import Job, arguments, recipe_data

    space = recipe.space()
    searched = {n: h for n, h in space.items() if h.domain is not None and n not in fixed}

    class RecipeModel(kt.HyperModel):
        def build(self, hp: kt.HyperParameters) -> keras.Model:
            declare(hp, searched)
            self.values = resolve(space, {**fixed, **decode(searched, hp.values)})
            self.data = recipe_data(Job(recipe, self.values, 0, 1, Path()))
            return recipe.build(self.data, **arguments(recipe.build, self.values))

        def fit(self, hp: kt.HyperParameters, model: keras.Model, **kwargs: Any) -> Any:
            train = Batches(self.data.train, self.data.batch_size, seed=0)
            held_out = Batches(self.data.validation, self.data.batch_size, seed=None)
            watching = [*kwargs.pop("callbacks", []), EpochOrder(train)]
            return model.fit(
                train, validation_data=held_out, shuffle=False, callbacks=watching, **kwargs
            )

    return RecipeModel(name=recipe.name)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threading.currentThread in KerasTuner
        yield
