"""What a search found: leaderboard, importance of hyperparameters, figures."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_dl import plots
from keras_dl.errors import Failure
from keras_dl.execution.journal import Trial
from keras_dl.recipe import Objective
from keras_dl.space import Choice, Hyper, Range, Repeat, format_value
from keras_dl.training.job import Outcome

if TYPE_CHECKING:
    import pandas as pd

    from keras_dl.comparing import Comparison

__all__ = ["Importance", "Search", "conclude", "figures", "importance", "ranked"]

ENOUGH = 8  # trials below which a forest's importances are noise


@dataclass(frozen=True)
class Importance:
    """How much the score hangs on each hyperparameter.

    Attributes:
        names: most important first.
        means: loss of R² when the hyperparameter's values are shuffled.
        spreads: its standard deviation over the shuffles.
    """

    names: list[str]
    means: list[float]
    spreads: list[float]


@dataclass
class Search:
    """What `tune` gives back.

    Attributes:
        best: hyperparameters of the best trial, ready for `recipe.run(**search.best)`.
        score: its objective.
        objective: name and direction.
        trials: all of them, in the order of their numbers.
        searched: what was searched, by name.
        importance: of the hyperparameters; None with fewer than eight finished trials.
        final: winner against defaults on the test set; None with `final_seeds=0`.
        figures: matplotlib figures by name.
        run_id: of the parent run in MLflow.
        url: table of the trials in the UI.
        folder: where the search's state lies.
    """

    best: dict[str, Any]
    score: float
    objective: Objective
    trials: list[Trial]
    searched: Mapping[str, Hyper]
    importance: Importance | None
    final: "Comparison | None"
    figures: dict[str, Any] = field(repr=False)
    run_id: str
    url: str
    folder: Path

    def to_dataframe(self) -> "pd.DataFrame":
        """One row a trial, best first; failed ones last with their reason."""
        import pandas as pd

        rows = [
            {
                "trial": t.number,
                self.objective.name: t.score,
                "spread": t.spread,
                "status": t.status,
                "reason": t.reason,
                "epochs": len(t.curve),
                "seconds": round(t.seconds, 3),
                "parameters": t.parameters,
                **{k: format_value(v) if isinstance(v, tuple) else v for k, v in t.values.items()},
            }
            for t in ranked(self.trials, self.objective)
        ]
        return pd.DataFrame(rows)


def ranked(trials: list[Trial], objective: Objective) -> list[Trial]:
    """Best first; trials without a score last, in the order of their numbers."""
    sign = -1.0 if objective.direction == "max" else 1.0
    return sorted(trials, key=lambda t: (t.score is None, sign * (t.score or 0.0), t.number))


def conclude(trial: Trial, ended: list[Outcome | Failure], objective: Objective) -> None:
    """Fills in what became of a trial from its trainings; one failure fails the trial."""
    failures = [e for e in ended if isinstance(e, Failure)]
    outcomes = [e for e in ended if isinstance(e, Outcome)]
    trial.seconds = sum(o.seconds for o in outcomes)
    if outcomes:
        trial.parameters = outcomes[0].parameters
        trial.rss = max(o.rss for o in outcomes)
        trial.jit_compile = outcomes[0].jit_compile
        trial.curve = _mean_curve(outcomes, objective)
    if failures:
        trial.status, trial.reason = "failed", failures[0].reason
        trial.message = str(failures[0])[:500]
        return
    scores = [o.score for o in outcomes]
    trial.score, trial.spread = float(np.mean(scores)), float(np.std(scores, ddof=len(scores) > 1))
    stopped = {o.stopped for o in outcomes} - {""}
    trial.status = "stopped" if stopped else "done"
    trial.reason = " and ".join(sorted(stopped))


def _mean_curve(outcomes: list[Outcome], objective: Objective) -> list[float]:
    best = np.fmax if objective.direction == "max" else np.fmin
    curves = [best.accumulate(o.history.get(objective.name, [])) for o in outcomes]
    length = min(len(c) for c in curves)
    return [float(v) for v in np.mean([c[:length] for c in curves], axis=0)] if length else []


def importance(trials: list[Trial], searched: Mapping[str, Hyper]) -> Importance | None:
    """Permutation importance in a random forest that predicts the score.

    Args:
        trials: failed ones are left out.
        searched: hyperparameters, whose domains say how to encode values.

    Returns:
        None with fewer than eight trials or where all scores are equal.
    """
    done = [t for t in trials if t.score is not None]
    scores = np.array([t.score for t in done], dtype=float)
    if len(done) < ENOUGH or np.ptp(scores) == 0:
        return None
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance

    names = list(searched)
    table = np.array([[_encoded(searched[n], t.values.get(n)) for n in names] for t in done])
    forest = RandomForestRegressor(n_estimators=200, random_state=0).fit(table, scores)
    found: Any = permutation_importance(forest, table, scores, n_repeats=20, random_state=0)
    order = np.argsort(-found.importances_mean)
    return Importance(
        [names[i] for i in order],
        [float(found.importances_mean[i]) for i in order],
        [float(found.importances_std[i]) for i in order],
    )


def figures(trials: list[Trial], objective: Objective, found: Importance | None) -> dict[str, Any]:
    """History of the search and, where known, importance."""
    ordered = sorted(trials, key=lambda t: t.number)
    made = {
        "search_history": plots.search_history(
            [t.score for t in ordered], objective.direction, objective.name
        )
    }
    if found is not None:
        made["importance"] = plots.importance(found.names, found.means, found.spreads)
    return made


def _encoded(hyper: Hyper, value: Any) -> float:
    """A number for a tree to split on; -1 where the hyperparameter was inactive."""
    domain = hyper.domain
    if value is None:
        return -1.0
    if isinstance(domain, Choice):
        return float(domain.values.index(value))
    if isinstance(domain, Repeat):
        return float(sum(value)) if all(isinstance(v, (int, float)) for v in value) else len(value)
    return math.log(value) if isinstance(domain, Range) and domain.log else float(value)
