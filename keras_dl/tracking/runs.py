"""Opens tracked runs, new ones and those of earlier processes."""

from collections.abc import Mapping
from typing import Any

from mlflow.entities import Run

from keras_dl import catalog, settings
from keras_dl.recipe import Recipe
from keras_dl.tracking import provenance, store
from keras_dl.tracking.tracked_run import TrackedRun

__all__ = ["reopen", "start"]

ENDED = ("reason", "message", "trial_status")  # tags of the end of a run


def start(
    recipe: Recipe,
    experiment: str,
    name: str,
    kind: str,
    params: Mapping[str, Any],
    *,
    parent: str | None = None,
    tags: Mapping[str, Any] | None = None,
) -> TrackedRun:
    """Opens a run.

    Args:
        recipe: for the tags recipe, family, and the objective's name and direction.
        experiment: the experiment's name, `mnist-classification`.
        name: of the run, in the UI's table.
        kind: "run", "search", "trial", "seed", "comparison", "final" or "fold".
        params: hyperparameters and options; None is left out.
        parent: id of the parent run.
        tags: further tags.
    """
    all_tags = {
        "recipe": recipe.name,
        "family": catalog.family(recipe.name),
        "kind": kind,
        "task": recipe.task_name,
        "backend": settings.backend(),
        "objective_name": recipe.objective.name,
        "objective_direction": recipe.objective.direction,
        "process": store.process_tag(),
        "versions": provenance.versions(),
        **provenance.commit(recipe),
        **(tags or {}),
    }
    if parent is not None:
        all_tags["mlflow.parentRunId"] = parent
    run = store.client().create_run(
        store.experiment(experiment), run_name=name, tags={k: str(v) for k, v in all_tags.items()}
    )
    tracked = TrackedRun(run)
    tracked.params(params)
    if parent is None:
        tracked.text(provenance.requirements(), "requirements.txt")
        if source := provenance.source(recipe):
            tracked.text(source, "recipe.py")
    return tracked


def reopen(
    run: Run, params: Mapping[str, Any], facts: Mapping[str, Any], *, serves: bool = False
) -> TrackedRun:
    """Continues a run that has ended or whose process has died.

    Args:
        run: MLflow's run.
        params: hyperparameters and options; a kill may have left some unwritten.
        facts: of the data, which may be unwritten too.
        serves: whether the run gets a model, for whose predictions the facts are stored.
    """
    client = store.client()
    client.update_run(run.info.run_id, status="RUNNING")
    client.set_tag(run.info.run_id, "process", store.process_tag())
    for tag in ENDED:
        if tag in run.data.tags:
            client.delete_tag(run.info.run_id, tag)
    tracked = TrackedRun(client.get_run(run.info.run_id), resumed=True)
    tracked.params(params)
    if tracked.run.inputs is None or not tracked.run.inputs.dataset_inputs:
        tracked.dataset(facts)
    if serves:
        tracked.expect(facts)
    return tracked
