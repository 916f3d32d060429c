"""Result of a search: ranked trials, importance of hyperparameters, figures."""

import math
from collections.abc import Mapping, Sequence
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
from keras_dl.tuning.leaderboard import leaderboard, rank
from keras_dl.tuning.pareto import cost_of, front, front_table
from keras_dl.utils.notebook import figures_to_html, table_to_html, text_to_html, to_html
from keras_dl.utils.text import plural

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from keras_dl.comparing import Comparison

__all__ = [
    "Importance",
    "Search",
    "draw_figures",
    "permutation_importance",
    "rank",
    "set_result",
]

MINIMUM = 10  # trials below which a forest's importances are noise
FOLDS, SHUFFLES = 5, 20
LEAST_R2 = 0.1  # share of the variance of held-out scores that a forest has to explain


@dataclass(frozen=True)
class Importance:
    """Permutation importance of each hyperparameter.

    Attributes:
        names: most important first.
        means: loss of R² of held-out trials when the hyperparameter's values are shuffled.
        spreads: standard deviation of that loss over the shuffles.
        r2: R² of the predictions for held-out trials.
    """

    names: list[str]
    means: list[float]
    spreads: list[float]
    r2: float


@dataclass
class Search:
    """Result of `tune`.

    Attributes:
        best: hyperparameters of the best trial, ready for `recipe.run(**search.best)`.
        score: objective of the best trial.
        objective: name and direction.
        trials: all trials, in the order of their numbers.
        searched: searched hyperparameters by name.
        importance: importance of the hyperparameters; None where the trials do not show it.
        final_comparison: winner against defaults on the test set; None with `final_seeds=0`.
        figures: matplotlib figures by name.
        run_id: id of the parent run in MLflow.
        url: link to the table of trials in the UI.
        folder: folder of the search's state.
        cost: second objective, "parameters" or "seconds"; None without one.
    """

    best: dict[str, Any]
    score: float
    objective: Objective
    trials: list[Trial] = field(repr=False)
    searched: Mapping[str, Hyper] = field(repr=False)
    importance: Importance | None = field(repr=False)
    final_comparison: "Comparison | None" = field(repr=False)
    figures: "dict[str, Figure]" = field(repr=False)
    run_id: str
    url: str
    folder: Path
    cost: str | None = None

    @property
    def front(self) -> list[Trial]:
        """The trials on the Pareto front of objective and cost, the cheapest first.

        Raises:
            ValueError: if the search had no cost.
        """
        if self.cost is None:
            raise ValueError("`cost` must be given to the search for a front. Received: cost=None")
        return front(self.trials, self.objective, self.cost)

    def to_dataframe(self) -> "pd.DataFrame":
        """Returns one row per trial, best first; failed ones last with their reason."""
        import pandas as pd

        optimal = {} if self.cost is None else {t.number: True for t in self.front}
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
                **({} if self.cost is None else {"on_front": optimal.get(t.number, False)}),
                **{k: format_value(v) if isinstance(v, tuple) else v for k, v in t.values.items()},
            }
            for t in rank(self.trials, self.objective)
        ]
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        final = self.final_comparison
        parts = [table_to_html(leaderboard(self.trials, self.objective, self.searched))]
        if self.cost is not None:
            table = front_table(self.trials, self.objective, self.cost, self.searched)
            parts.append(table_to_html(table))
        if final is not None:
            parts += [text_to_html(final.verdict), table_to_html(final.table())]
        parts.append(figures_to_html(self.figures))
        count = plural(len(self.trials), "trial", "trials")
        title = f"Search of {count}: best {self.objective.name} {self.score:.4f}"
        return to_html(title, parts, self.url)


def set_result(trial: Trial, results: Sequence[Outcome | Failure], objective: Objective) -> None:
    """Sets status, score and curve of a trial from its trainings; one failure fails the trial.

    Args:
        trial: changed in place.
        results: outcomes or failures, one per seed.
        objective: metric whose best values make the curve.
    """
    failures = [r for r in results if isinstance(r, Failure)]
    outcomes = [r for r in results if isinstance(r, Outcome)]
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


def permutation_importance(trials: list[Trial], searched: Mapping[str, Hyper]) -> Importance | None:
    """Computes permutation importance in random forests that predict scores of held-out trials.

    Five forests each leave out a fifth of the trials; a hyperparameter's importance is what the R²
    of the predictions for these loses when its values are shuffled among them.

    Args:
        trials: failed ones are left out.
        searched: hyperparameters, whose domains define the encoding of values.

    Returns:
        None with fewer than ten trials, or where the forests explain less than a tenth of the
        variance: importances would be noise.
    """
    done = [t for t in trials if t.score is not None]
    scores = np.array([t.score for t in done], dtype=float)
    if len(done) < MINIMUM or np.ptp(scores) == 0:
        return None
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import KFold

    names, random = list(searched), np.random.default_rng(0)
    table = np.array([[_encode(searched[n], t.values.get(n)) for n in names] for t in done])
    predicted = np.zeros((1 + len(names) * SHUFFLES, len(done)))
    for train, held_out in KFold(FOLDS, shuffle=True, random_state=0).split(table):
        forest = RandomForestRegressor(n_estimators=200, random_state=0)
        forest.fit(table[train], scores[train])
        variants = [table[held_out]]
        for column in np.repeat(np.arange(len(names)), SHUFFLES):
            shuffled = table[held_out].copy()
            shuffled[:, column] = random.permutation(shuffled[:, column])
            variants.append(shuffled)
        predicted[:, held_out] = forest.predict(np.concatenate(variants)).reshape(len(variants), -1)
    r2 = 1 - ((predicted - scores) ** 2).sum(axis=1) / ((scores - scores.mean()) ** 2).sum()
    if r2[0] < LEAST_R2:
        return None
    losses = r2[0] - r2[1:].reshape(len(names), SHUFFLES)
    order = np.argsort(-losses.mean(axis=1))
    return Importance(
        [names[i] for i in order],
        [float(losses[i].mean()) for i in order],
        [float(losses[i].std()) for i in order],
        float(r2[0]),
    )


def draw_figures(
    trials: list[Trial],
    objective: Objective,
    importance: Importance | None,
    title: str,
    searched: Mapping[str, Hyper],
    cost: str | None = None,
) -> "dict[str, Figure]":
    """Draws the history of the search, parallel coordinates and, unless None, importance and front.

    Args:
        trials: all trials.
        objective: name and direction of the score.
        importance: importance of the hyperparameters.
        title: recipe and data set, written above each figure.
        searched: hyperparameters by name, the axes of the coordinates.
        cost: "parameters" or "seconds" for the Pareto front of objective and cost.
    """
    ordered = sorted(trials, key=lambda t: t.number)
    scores = [t.score for t in ordered]
    axes = [
        plots.Axis(n, [t.values.get(n) for t in ordered], bool(getattr(h.domain, "log", False)))
        for n, h in searched.items()
    ]
    figures = {
        "search_history": plots.search_history(scores, objective.direction, objective.name),
        "parallel_coordinates": plots.parallel_coordinates(
            axes, scores, objective.direction, objective.name
        ),
    }
    if importance is not None:
        figures["importance"] = plots.importance(
            importance.names, importance.means, importance.spreads
        )
    if cost is not None:
        done = [t for t in ordered if t.score is not None]
        figures["pareto_front"] = plots.pareto_front(
            [cost_of(t, cost) or 0.0 for t in done],
            [t.score or 0.0 for t in done],
            [t.number for t in done],
            [t.number for t in front(done, objective, cost)],
            objective.direction,
            (cost, objective.name),
        )
    for figure in figures.values():
        plots.add_title(figure, title)
    return figures


def _encode(hyper: Hyper, value: Any) -> float:
    """Returns a number for a tree to split on; -1 where the hyperparameter was inactive."""
    domain = hyper.domain
    if value is None:
        return -1.0
    if isinstance(domain, Choice):
        return float(domain.values.index(value))
    if isinstance(domain, Repeat):
        return float(sum(value)) if all(isinstance(v, (int, float)) for v in value) else len(value)
    return math.log(value) if isinstance(domain, Range) and domain.log else float(value)
