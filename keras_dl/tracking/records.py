"""The record of a run, from which it can be repeated."""

import tempfile
import tomllib
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_dl import options, settings
from keras_dl.tracking import provenance, store
from keras_dl.utils import scratch

__all__ = ["CONFIG", "Record", "read", "repeated"]

CONFIG = "config.toml"  # arguments of the command, among the artifacts of a run
SWITCHES = {"true": True, "false": False}


@dataclass(frozen=True)
class Record:
    """Arguments of a tracked run.

    Attributes:
        run_id: MLflow's id.
        command: "run", "tune", "compare" or "ablate".
        values: recipes, hyperparameters and options, as in `config.toml`.
        tags: of the run.
    """

    run_id: str
    command: str
    values: Mapping[str, Any]
    tags: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Digest of the run's data; "" if none is stored."""
        return self.tags.get("dataset_digest", "")

    def differences(self) -> list[str]:
        """Returns sentences on what is not as it was: versions, commit and backend."""
        before = set(self.tags.get("versions", "").split(", "))
        now = set(provenance.versions().split(", "))
        sentences = []
        if before != {""} and before != now:
            changed = ", ".join(sorted(before - now)) or "without " + ", ".join(
                sorted(now - before)
            )
            sentences.append(f"The run had other versions: {changed}")
        backend = self.tags.get("backend", settings.backend())
        if backend != settings.backend():
            sentences.append(f"The run had the backend {backend}, now it is {settings.backend()}")
        return sentences


# The record that is repeated, until its repetition is tracked.
repeated: ContextVar[Record | None] = ContextVar("repeated", default=None)


def read(run_id: str) -> Record:
    """Reads the record of a run; of a training below another one, from its parameters.

    Args:
        run_id: id of the run, or its first characters.

    Raises:
        ValueError: if there is no such run, or it has no record.
    """
    run, client = store.find_run(run_id), store.client()
    tags = run.data.tags
    if "recipe" not in tags:
        raise ValueError(f"`RUN_ID` must name a run of a recipe. Received: {run.info.run_id}")
    if CONFIG in [file.path for file in client.list_artifacts(run.info.run_id)]:
        with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
            path = client.download_artifacts(run.info.run_id, CONFIG, folder)
            values = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        return Record(run.info.run_id, values["command"], values, tags)
    if tags.get("kind") == "fold":
        raise ValueError(
            "`RUN_ID` must name the run above a fold, which repeats all folds. "
            f"Received: {run.info.run_id}, below {tags.get('mlflow.parentRunId', 'none')}"
        )
    if tags.get("kind") not in ("trial", "seed", "final"):
        raise ValueError(
            f"`RUN_ID` must name a run with a {CONFIG}; versions before kept none. "
            f"Received: {run.info.run_id}"
        )
    parent = tags.get("mlflow.parentRunId")
    above = read(parent).values if parent else {}
    absent = {name: above[name] for name in ("data", "callbacks", "model") if name in above}
    unknown = {"timeout", "max_parameters"} - set(options.RUN)
    params = {n: SWITCHES.get(v, v) for n, v in run.data.params.items() if n not in unknown}
    values = {"recipe": above.get("recipe", [tags["recipe"]]), **params, **absent}
    return Record(run.info.run_id, "run", values, tags)
