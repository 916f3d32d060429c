"""Removal of tracked runs: first from MLflow's pages, then for good."""

import shutil
import subprocess
import sys
from collections.abc import Sequence

from mlflow.entities import Run

from keras_dl.tracking import models, store
from keras_dl.utils.files import folder_size, remove_folder

__all__ = ["clean", "delete"]

FOLDERS = ("searches", "comparisons", "ablations")  # journals, each named by its run's tag `folder`


def delete(run_ids: Sequence[str]) -> list[Run]:
    """Deletes runs with all runs below them; MLflow keeps them until `clean`.

    Args:
        run_ids: ids, or their first characters.

    Returns:
        The deleted runs.

    Raises:
        ValueError: if an id names no run or several, or a run is still running.
    """
    named = [store.find_run(run_id) for run_id in run_ids]
    for run in named:
        if run.info.status == "RUNNING":
            raise ValueError(f"`RUN_ID` must not be running. Received: {run.info.run_id}")
    below = [child for run in named for child in _below(run)]
    deleted = list({run.info.run_id: run for run in (*named, *below)}.values())
    for run in deleted:
        for model in models.logged_models(run):
            store.client().delete_logged_model(model.model_id)
        store.client().delete_run(run.info.run_id)
    return deleted


def clean() -> int:
    """Removes deleted runs for good, with their files, checkpoints and journals.

    Returns:
        Bytes that became free in this folder.

    Raises:
        ValueError: if the store is a server's, or MLflow fails.
    """
    if store.uri().startswith("http"):
        raise ValueError(
            "`MLFLOW_TRACKING_URI` must not name a server, whose own machine removes its files. "
            f"Received: {store.uri()}"
        )
    before = folder_size(store.root())
    address = ["--backend-store-uri", store.uri(), "--tracking-uri", store.uri()]
    words = [sys.executable, "-P", "-m", "mlflow", "gc", *address]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().rpartition("\n")[2]
        raise ValueError(f"MLflow could not remove the deleted runs: {reason}")
    experiments = [e.experiment_id for e in store.client().search_experiments()]
    remaining = store.search(experiments, "") if experiments else []
    ids = {run.info.run_id for run in remaining}
    journals = {run.data.tags.get("folder") for run in remaining}
    for folder in (store.root() / "checkpoints").glob("[!.]*"):
        if folder.name not in ids:
            remove_folder(folder)
    for folder in (f for place in FOLDERS for f in (store.root() / place).glob("[!.]*")):
        if folder.is_dir() and folder.name not in journals:
            shutil.rmtree(folder, ignore_errors=True)
    for path in sorted((store.root() / "artifacts").rglob("*"), reverse=True):  # inner ones first
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return max(0, before - folder_size(store.root()))


def _below(run: Run) -> list[Run]:
    where = f"tags.mlflow.parentRunId = '{run.info.run_id}'"
    children = store.search(run.info.experiment_id, where)
    return children + [grandchild for child in children for grandchild in _below(child)]
