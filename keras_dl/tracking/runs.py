"""One tracked run: parameters, metrics by epoch, figures, data set, an end with a reason."""

import importlib.metadata
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

from keras_dl import catalog, settings
from keras_dl.recipe import Recipe
from keras_dl.space import format_value
from keras_dl.tracking import store

__all__ = [
    "SAMPLES",
    "TrackedRun",
    "format_param",
    "metric_name",
    "reopen",
    "stamp",
    "start",
    "table",
]

SAMPLES = "samples"  # name of the images that a generator makes after each epoch
# Writing an epoch's metrics to SQLite takes 20 ms and more; one thread keeps that off the training.
_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tracking")


class TrackedRun:
    """A run that is being written. Metrics and images go out in the background; `end` waits.

    Attributes:
        run: MLflow's run.
        id: its id.
        url: link to its page.
    """

    def __init__(self, run: Any) -> None:
        self.run, self.id, self.url = run, run.info.run_id, store.run_url(run)
        self._pending: list[Future[Any]] = []

    def epoch(self, epoch: int, values: Mapping[str, float], when: float | None = None) -> None:
        """Logs an epoch's metrics, `loss` as `train/loss`, `val_loss` as `val/loss`.

        Args:
            epoch: the step, from 1.
            values: by Keras' names.
            when: seconds since 1970; writing the same values of the same time twice is harmless.
        """
        self.metrics({metric_name(n): v for n, v in values.items()}, step=epoch, when=when)

    def metrics(
        self, values: Mapping[str, float], step: int = 0, when: float | None = None
    ) -> None:
        """Logs numbers under the names given."""
        stamp = int((time.time() if when is None else when) * 1000)
        rows = [Metric(name, float(value), stamp, step) for name, value in values.items()]
        self._later(store.client().log_batch, self.id, metrics=rows)

    def params(self, values: Mapping[str, Any]) -> None:
        """Adds parameters, or repeats them as they are; None is left out."""
        self._later(store.client().log_batch, self.id, params=_params(values))

    def tags(self, values: Mapping[str, Any]) -> None:
        """Sets tags."""
        rows = [RunTag(name, str(value)) for name, value in values.items()]
        self._later(store.client().log_batch, self.id, tags=rows)

    def figure(self, figure: Any, name: str) -> None:
        """Stores a matplotlib figure as `figures/NAME.png`."""
        store.client().log_figure(self.id, figure, f"figures/{name}.png")

    def image(self, image: Any, name: str, step: int) -> None:
        """Shows an image among those of its name, which MLflow's page leafs through by step.

        Args:
            image: (height, width) or (height, width, 1 or 3) uint8.
            name: the same for all steps.
            step: epoch, from 1.
        """
        self._later(store.client().log_image, self.id, image, key=name, step=step)

    def text(self, text: str, file: str) -> None:
        """Stores a text file."""
        store.client().log_text(self.id, text, file)

    def dataset(self, facts: Mapping[str, Any]) -> None:
        """Notes which data the run has seen, with their fingerprint.

        Args:
            facts: as `Data.facts` gives them.
        """
        profile = {k: facts[k] for k in ("examples", "input_shape")}
        source = json.dumps({"source": facts["source"]})
        entity = Dataset(
            facts["name"], facts["digest"][:36], "local", source, profile=json.dumps(profile)
        )
        label = InputTag("mlflow.data.context", "training")
        self._later(store.client().log_inputs, self.id, [DatasetInput(entity, [label])])
        self.tags({"dataset": facts["name"], "dataset_digest": facts["digest"]})

    def expect(self, facts: Mapping[str, Any]) -> None:
        """Stores what the run's model takes and gives, for predictions, as `data.json`."""
        self.text(json.dumps(facts, indent=1), "data.json")

    def flush(self) -> None:
        """Waits until everything is written, and raises what went wrong."""
        pending, self._pending = self._pending, []
        for future in pending:
            future.result()

    def end(self, status: str = "FINISHED", **tags: Any) -> None:
        """Ends the run: FINISHED, FAILED or KILLED, with tags that say why."""
        if tags:
            self.tags(tags)
        try:
            self.flush()
        finally:
            store.client().set_terminated(self.id, status)

    def end_later(self, status: str, **tags: Any) -> None:
        """The same in the background, after all else; `flush` waits for it."""
        self.tags(tags)
        self._later(store.client().set_terminated, self.id, status)

    def _later(self, function: Any, *args: Any, **kwargs: Any) -> None:
        self._pending.append(_writer.submit(function, *args, **kwargs))


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
        recipe: gives tags recipe, family and the objective's name and direction.
        experiment: the experiment's name, `mnist-classification`.
        name: what the UI's table shows.
        kind: "run", "search", "trial", "seed", "comparison" or "final".
        params: hyperparameters and options; None is left out.
        parent: id of the parent run.
        tags: further tags.
    """
    known = {
        "recipe": recipe.name,
        "family": catalog.family(recipe.name),
        "kind": kind,
        "task": recipe.task_name,
        "backend": settings.backend(),
        "objective_name": recipe.objective.name,
        "objective_direction": recipe.objective.direction,
        "process": store.process_tag(),
        "versions": _versions(),
        **_commit(recipe),
        **(tags or {}),
    }
    if parent is not None:
        known["mlflow.parentRunId"] = parent
    run = store.client().create_run(
        store.experiment(experiment), run_name=name, tags={k: str(v) for k, v in known.items()}
    )
    made = TrackedRun(run)
    made.params(params)
    return made


def _params(values: Mapping[str, Any]) -> list[Param]:
    return [Param(k, format_param(v)) for k, v in values.items() if v is not None]


def reopen(run: Any) -> TrackedRun:
    """Takes up a run again that had ended or whose process had died."""
    client = store.client()
    client.update_run(run.info.run_id, status="RUNNING")
    client.set_tag(run.info.run_id, "process", store.process_tag())
    if "reason" in run.data.tags:
        client.delete_tag(run.info.run_id, "reason")
    return TrackedRun(client.get_run(run.info.run_id))


def metric_name(name: str) -> str:
    """MLflow's name of a Keras metric: the part before the slash groups the charts."""
    if name == "objective" or "/" in name:  # metrics of further stages bear the stage's name
        return name
    return f"val/{name[4:]}" if name.startswith("val_") else f"train/{name}"


def format_param(value: Any) -> str:
    """Writes a parameter so that numbers stay numbers: full precision, tuples as `512,256`."""
    return repr(value) if isinstance(value, float) else format_value(value)


def stamp() -> str:
    """A folder's name from time and process, unlike any other's."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"


def table(tracked: TrackedRun, csv: str, name: str) -> None:
    """Stores a CSV text as `NAME.csv`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.csv"
        path.write_text(csv, encoding="utf-8")
        store.client().log_artifact(tracked.id, str(path))


@cache
def _versions() -> str:
    names = ("keras_dl", "keras", "tensorflow", "jax", "torch", "keras-tuner", "mlflow", "numpy")
    found = []
    for name in names:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def _commit(recipe: Recipe) -> dict[str, str]:
    """The git commit of the recipe's own repository, marked where files differ from it."""
    file = Path(getattr(recipe.build, "__code__", _commit.__code__).co_filename)
    if not file.is_file():
        return {}
    return _commit_of(file.parent)


@cache
def _commit_of(folder: Path) -> dict[str, str]:
    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, text=True, timeout=10
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        commit = git("rev-parse", "HEAD")
        changed = "-changed" if commit and git("status", "--porcelain", "-uno") else ""
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return {}
    return {"git_commit": commit + changed} if commit else {}
