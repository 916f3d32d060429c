"""Runs that were stopped: their settings on disk, and what a resumed run must have in common.

The settings are on disk before the run exists: a kill at any moment leaves a run that goes on.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_dl import options
from keras_dl.recipe import Recipe
from keras_dl.tracking import store
from keras_dl.training.identity import describe_differences, source_digest
from keras_dl.training.job import Job, resolve_options
from keras_dl.utils.files import remove_folder, write_atomically

__all__ = ["StoppedRun", "claim_job", "folder_of", "read", "remove_leftovers", "store_job"]

SETTINGS = "job.json"
TOKEN = "job"  # tag of a run: name of its settings until they are in its folder


@dataclass(frozen=True)
class StoppedRun:
    """A run that was stopped before its end.

    Attributes:
        run: MLflow's run.
        digest: of its data.
        changed: how the code of the recipe differs from the run's, "" if it is the same.
    """

    run: store.Run
    digest: str
    changed: str

    def confirm(self, digest: str) -> None:
        """Compares the digest of the data with that of the stopped run.

        Raises:
            ValueError: if the data are others.
        """
        differences = describe_differences({"data": self.digest}, {"data": digest})
        if differences:
            raise ValueError(
                f"`resume` must continue the same work; the stopped run differs in "
                f"{differences[0]}. Received: resume={self.run.info.run_id!r}"
            )


def folder_of(run_id: str) -> Path:
    """Returns the folder of a run's checkpoints and settings, until it ends well."""
    return store.root() / "checkpoints" / run_id


def store_job(job: Job, facts: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """Writes the settings of a run that is about to be opened.

    Args:
        job: the training.
        facts: of its data.
        settings: options of `run`.

    Returns:
        A token; the run gets it as the tag `job`, and then `claim_job` moves the settings.
    """
    token = secrets.token_hex(8)
    stored = {
        "process": store.process_tag(),
        "recipe": job.recipe.name,
        "task": job.recipe.task_name,
        "values": job.values,
        "options": settings,
        "digest": facts["digest"],
        "source": source_digest(job.recipe),
    }
    write_atomically(_waiting(token) / SETTINGS, json.dumps(stored, indent=1))
    return token


def claim_job(token: str, run_id: str) -> None:
    """Moves the settings of a token into the folder of its run."""
    _waiting(token).rename(folder_of(run_id))


def _waiting(token: str) -> Path:
    return folder_of(f".new-{token}")


def read(
    recipe: Recipe, data: Any, arguments: Mapping[str, Any], callbacks: str = ""
) -> tuple[Job, dict[str, Any], StoppedRun]:
    """Returns the job of a stopped run, its options, and the run.

    Args:
        recipe: that of the run.
        data: the user's own data in place of the recipe's data set, or None.
        arguments: `resume` and `verbose`.
        callbacks: names of the callbacks' classes; they begin again.

    Raises:
        ValueError: if the run is another recipe's, has ended well or has no checkpoint here, or
            settings or callbacks other than the run's own were passed along with it.
    """
    stopped = store.find_run(arguments["resume"])
    path = folder_of(stopped.info.run_id) / SETTINGS
    if not path.is_file():
        raise ValueError(
            "`resume` must name a run of this folder that was stopped before its end; "
            f"{stopped.info.run_id} is {stopped.info.status} and has no checkpoint here"
        )
    if stopped.info.status == "RUNNING":
        raise ValueError(
            f"`resume` must name a stopped run; {stopped.info.run_id} is still running"
        )
    stored = json.loads(path.read_text())
    if stored["recipe"] != recipe.name:
        raise ValueError(f"`resume` must name a run of {recipe.name}. Received: {stored['recipe']}")
    before = stored["options"].pop("callbacks", "")
    if callbacks != before:
        raise ValueError(
            f"`callbacks` must be those of the stopped run: {before or 'none'}. "
            f"Received: {callbacks or 'none'}"
        )
    stored_arguments = {**stored["values"], **stored["options"]}
    _refuse_other_settings(recipe, stored_arguments, arguments)
    values, settings = resolve_options(recipe, stored_arguments, options.RUN)
    recipe = recipe.with_objective(settings["objective"])
    if stored.get("task", recipe.task_name) != recipe.task_name:
        recipe = recipe.for_numbers()
    job = Job.from_options(recipe, values, settings, path.parent, data=data)
    settings["callbacks"] = callbacks
    settings["verbose"] = arguments.get("verbose", True)
    changed = describe_differences(
        {"source": stored.get("source")}, {"source": source_digest(recipe)}
    )
    return job, settings, StoppedRun(stopped, stored["digest"], "".join(changed))


def _refuse_other_settings(
    recipe: Recipe, before: Mapping[str, Any], arguments: Mapping[str, Any]
) -> None:
    values, settings = resolve_options(recipe, arguments, options.RUN)
    given = json.loads(json.dumps({**values, **settings}, default=str))
    for name in sorted(set(arguments) - {"resume", "verbose"}):
        if given[name] != before.get(name):
            raise ValueError(
                f"`resume` takes the run's own settings; its {name} is {before.get(name)}. "
                f"Received: {name}={given[name]}"
            )


def remove_leftovers() -> None:
    """Removes the checkpoints of runs that were killed after their end.

    Settings of a run that was killed at its beginning go to its folder, those without a run away.
    """
    for folder in (store.root() / "checkpoints").glob(".new-*"):
        path = folder / SETTINGS
        if path.is_file() and store.is_alive(json.loads(path.read_text())["process"]):
            continue
        runs = store.all_runs(f"tags.{TOKEN} = '{folder.name.removeprefix('.new-')}'")
        if runs and not folder_of(runs[0].info.run_id).exists():
            folder.rename(folder_of(runs[0].info.run_id))
        else:
            remove_folder(folder)
    for folder in (store.root() / "checkpoints").glob("[!.]*"):
        if store.is_finished(folder.name):
            remove_folder(folder)
