"""Links to MLflow's run table with selected rows, columns and charts.

By default the page shows neither hyperparameters nor the objective. MLflow's "share view" stores
such settings as a tag of the experiment; the tag is written here. MLflow has no default view, so
the experiment's description, which stands above its table, links to a view of all runs.
"""

import json
from collections.abc import Sequence
from typing import Any

from keras_dl.recipe import Recipe
from keras_dl.tracking import store
from keras_dl.tracking.links import in_page, page_url

__all__ = ["View", "describe_experiment", "view"]

ALL_RUNS = "all-runs"  # key of the view of an experiment's runs
DESCRIPTION = "mlflow.note.content"
MOST = 16  # columns of hyperparameters in it
LAYOUT: dict[str, Any] = {
    "startTime": "ALL",
    "lifecycleFilter": "Active",
    "modelVersionFilter": "All Runs",
    "datasetsFilter": [],
    "runsExpanded": {},
    "runsPinned": [],
    "runsHidden": [],
    "runsHiddenMode": "SHOWALL",
    "runsVisibilityMap": {},
    "viewMaximized": False,
    "runListHidden": False,
    "isAccordionReordered": False,
    "groupBy": None,
    "groupsExpanded": {},
    "useGroupedValuesInCharts": True,
    "hideEmptyCharts": True,
    "globalLineChartConfig": {
        "xAxisKey": "step",
        "lineSmoothness": 0,
        "selectedXAxisMetricKey": "",
    },
    "autoRefreshEnabled": False,
}
_described: set[tuple[str, str, str]] = set()  # by this process


class View(tuple[str, str]):
    """Two links: to the table of runs, and to their parallel coordinates."""

    @property
    def table(self) -> str:
        """Returns the link to the rows, best first."""
        return self[0]

    @property
    def chart(self) -> str:
        """Returns the link to the parallel coordinates."""
        return self[1]


def view(
    experiment_id: str,
    key: str,
    condition: str,
    direction: str,
    params: Sequence[str],
    metrics: Sequence[str] = ("objective",),
) -> View:
    """Stores a view in an experiment and returns its links.

    Args:
        experiment_id: experiment of the runs.
        key: of the view, unique in the experiment.
        condition: MLflow's filter of runs.
        direction: "max" shows the highest objective first, "min" the lowest.
        params: columns and axes.
        metrics: further columns; the first colours the lines.
    """
    chart = {
        "uuid": "coordinates",
        "type": "PARALLEL",
        "runsCountToCompare": 100,
        "deleted": False,
        "isGenerated": False,
        "metricSectionId": "trials",
        "selectedParams": list(params),
        "selectedMetrics": list(metrics[:1]),
        "showAllRuns": True,
    }
    section = {
        "uuid": "trials",
        "name": "Parallel coordinates of all trials",
        "display": True,
        "isReordered": False,
        "deleted": False,
        "isGenerated": False,
        "columns": 1,
        "cardHeight": 480,
    }
    state = LAYOUT | {
        "searchFilter": condition,
        "orderByKey": "metrics.`objective`",
        "orderByAsc": direction == "min",
        "selectedColumns": [
            *(f"metrics.`{m}`" for m in metrics),
            *(f"params.`{p}`" for p in params),
            "attributes.`Duration`",
        ],
        "compareRunCharts": [chart],
        "compareRunSections": [section],
    }
    store.client().set_experiment_tag(experiment_id, _tag(key), json.dumps(state))
    link = page_url(f"experiments/{experiment_id}/runs?viewStateShareKey={key}")
    return View((link, f"{link}&compareRunsMode=CHART"))


def describe_experiment(experiment_id: str, recipe: Recipe) -> None:
    """Adds a recipe's hyperparameters to the view of all runs, and links to it in the description.

    A description that somebody has written stays.

    Args:
        experiment_id: experiment of the runs.
        recipe: recipe of a run in it.
    """
    key = (store.uri(), experiment_id, recipe.name)
    if key in _described:
        return
    client = store.client()
    with store.lock("views"):  # another process may add those of another recipe
        tags = client.get_experiment(experiment_id).tags
        earlier = _columns(tags.get(_tag(ALL_RUNS), "{}"))
        params = list(dict.fromkeys([*earlier["params"], *recipe.space()]))[:MOST]
        metrics = list(dict.fromkeys(["objective", recipe.final_score.name, *earlier["metrics"]]))
        direction = recipe.objective.direction
        links = view(experiment_id, ALL_RUNS, "", direction, params, metrics)
        if DESCRIPTION not in tags:
            text = (
                f"[All runs with objective, score and hyperparameters]({in_page(links.table)}) · "
                f"[side by side]({in_page(links.chart)})"
            )
            client.set_experiment_tag(experiment_id, DESCRIPTION, text)
    _described.add(key)


def _columns(state: str) -> dict[str, list[str]]:
    """Returns the names of metrics and parameters among the columns of a stored view."""
    names: dict[str, list[str]] = {"metrics": [], "params": []}
    for column in json.loads(state).get("selectedColumns", ()):
        kind, _, name = column.partition(".")
        if kind in names:
            names[kind].append(name.strip("`"))
    return names


def _tag(key: str) -> str:
    return f"mlflow.sharedViewState.{key}"
