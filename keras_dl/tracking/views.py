"""Links to MLflow's run table with selected rows, columns and charts.

By default the page shows neither hyperparameters nor the objective. MLflow's "share view" stores
such settings as a tag of the experiment; the tag is written here.
"""

import json
from collections.abc import Sequence
from typing import Any

from keras_dl.tracking import store
from keras_dl.tracking.links import page_url

__all__ = ["View", "view"]

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
    tag = f"mlflow.sharedViewState.{key}"
    store.client().set_experiment_tag(experiment_id, tag, json.dumps(state))
    link = page_url(f"experiments/{experiment_id}/runs?viewStateShareKey={key}")
    return View((link, f"{link}&compareRunsMode=CHART"))
