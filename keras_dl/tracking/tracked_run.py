"""One tracked run: parameters, metrics by epoch, figures, data set, final status with a reason."""

import contextlib
import json
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, Run, RunTag
from mlflow.exceptions import MlflowException

from keras_dl.space import format_value
from keras_dl.tracking import links, records, store

if TYPE_CHECKING:
    from matplotlib.figure import Figure

P = ParamSpec("P")

__all__ = ["SAMPLES", "TrackedRun", "format_param", "metric_name"]

NOTE_LENGTH = 5000  # characters that MLflow stores in a tag
SAMPLES = "samples"  # name of the images that a generator produces after each epoch
# Writing an epoch's metrics to SQLite takes 20 ms and more; a thread does it during the training.
_writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tracking")


class TrackedRun:
    """A run that is being written; metrics and images are written in the background.

    Args:
        run: MLflow's run.
        resumed: whether an earlier process has written to it; what stands there already is not
            written again.

    Attributes:
        run: MLflow's run.
        id: its id.
        url: link to its page.
        resumed: whether an earlier process has written to it.
    """

    def __init__(self, run: Run, *, resumed: bool = False) -> None:
        self.run, self.id, self.url = run, run.info.run_id, links.run_url(run)
        self.resumed = resumed
        self._pending: list[Future[object]] = []
        self._data_note = ""
        self._logged: dict[str, dict[int, float]] = {}  # by metric and step
        self._images: dict[str, set[int]] = {}  # steps by series

    def epoch(self, epoch: int, values: Mapping[str, float], when: float | None = None) -> None:
        """Logs an epoch's metrics, `loss` as `train/loss`, `val_loss` as `val/loss`.

        Args:
            epoch: the step, from 1.
            values: by Keras' names.
            when: seconds since 1970; None: now.
        """
        self.metrics({metric_name(n): v for n, v in values.items()}, step=epoch, when=when)

    def metrics(
        self, values: Mapping[str, float], step: int = 0, when: float | None = None
    ) -> None:
        """Logs numbers by name, except those that the run has at this step already.

        Args:
            values: by MLflow's names.
            step: of all values.
            when: seconds since 1970; None: now.
        """
        stamp = int((time.time() if when is None else when) * 1000)
        new = {n: float(v) for n, v in values.items() if not self._has(n, float(v), step)}
        for name, value in new.items():
            self._logged[name][step] = value
        rows = [Metric(name, value, stamp, step) for name, value in new.items()]
        if rows:
            self._later(store.client().log_batch, self.id, metrics=rows)

    def _has(self, name: str, value: float, step: int) -> bool:
        if name not in self._logged:
            # The history, because the latest value alone does not tell which steps are missing.
            earlier = store.client().get_metric_history(self.id, name) if self.resumed else ()
            self._logged[name] = {m.step: m.value for m in earlier}
        logged = self._logged[name].get(step)
        return logged is not None and (logged == value or (logged != logged and value != value))

    def params(self, values: Mapping[str, Any]) -> None:
        """Logs parameters, except those that are None or that the run has already.

        MLflow keeps the first value of a parameter; another one, such as more trials of a resumed
        search, becomes the tag `present_NAME`.
        """
        earlier, tags = self.run.data.params, self.run.data.tags
        rows = _params(values)
        new = [row for row in rows if row.key not in earlier]
        self._later(store.client().log_batch, self.id, params=new)
        present = {r.key: tags.get(f"present_{r.key}", earlier.get(r.key, r.value)) for r in rows}
        changed = {f"present_{r.key}": r.value for r in rows if present[r.key] != r.value}
        if changed:
            self.tags(changed)

    def tags(self, values: Mapping[str, Any]) -> None:
        """Sets tags."""
        rows = [RunTag(name, str(value)) for name, value in values.items()]
        self._later(store.client().log_batch, self.id, tags=rows)

    def figure(self, figure: "Figure", name: str) -> None:
        """Stores a matplotlib figure as `figures/NAME.png`."""
        store.client().log_figure(self.id, figure, f"figures/{name}.png")

    def image(self, image: np.ndarray, name: str, step: int) -> None:
        """Logs an image of a series that MLflow's page shows by step, unless the run has it.

        Args:
            image: (height, width) or (height, width, 1 or 3) uint8.
            name: of the series.
            step: epoch, from 1.
        """
        if step not in self._image_steps(name):
            self._images[name].add(step)
            self._later(store.client().log_image, self.id, image, key=name, step=step)

    def _image_steps(self, name: str) -> set[int]:
        if name not in self._images:
            files = store.client().list_artifacts(self.id, "images") if self.resumed else ()
            pattern = re.compile(rf"images/{re.escape(name)}[+%]step[+%](\d+)[+%]")
            matches = (pattern.match(file.path) for file in files)
            self._images[name] = {int(match[1]) for match in matches if match}
        return self._images[name]

    def text(self, text: str, file: str) -> None:
        """Stores a text file."""
        store.client().log_text(self.id, text, file)

    def dataset(self, facts: Mapping[str, Any]) -> None:
        """Logs the data set of the run, with its fingerprint.

        Args:
            facts: name, source, digest and sizes, as in `Data.facts`.
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
        """Stores the facts of the data as `data.json`, which predictions read, and their summary.

        The summary is the artifact `data.txt`, and stands in the description of the run's page.
        """
        lines = facts["summary"]
        self.text(json.dumps(facts, indent=1), "data.json")
        self.text("\n".join(lines), "data.txt")
        # Notices first: the page shows five lines before a click.
        first = next((i for i, line in enumerate(lines) if line.startswith("! ")), len(lines))
        ordered = [*lines[first:], *lines[:first]]
        self._data_note = "".join(f"    {line}\n" for line in ordered)  # code in Markdown
        self.note("")
        self._note_repetition(facts["digest"])

    def _note_repetition(self, digest: str) -> None:
        """Tags the run with the one that it repeats, and tells if the data are others."""
        record = records.repeated.get()
        if record is None:
            return
        records.repeated.set(None)  # the runs below this one are parts of the repetition
        self.tags({"repeats": record.run_id})
        if record.digest not in ("", digest):
            print(
                f"! The data are not those of the repeated run: {record.digest[:8]} → {digest[:8]}",
                file=sys.stderr,
                flush=True,
            )

    def notices(self, texts: Sequence[str]) -> None:
        """Stores sentences on a doubtful result as the tag `notices` and in the description."""
        if texts:
            self.tags({"notices": " ".join(texts)})
            self.note("\n\n".join(f"**{text}**" for text in texts))

    def note(self, text: str) -> None:
        """Sets the description of the run's page, in Markdown, above the summary of the data."""
        parts = [part for part in (text, self._data_note) if part]
        self.tags({"mlflow.note.content": "\n\n".join(parts)[:NOTE_LENGTH]})

    def flush(self) -> None:
        """Waits until everything is written; raises the first error of the background."""
        pending, self._pending = self._pending, []
        for future in pending:
            future.result()

    def try_to_end(self, status: str, **tags: object) -> None:
        """Ends the run after an error; without its store it stays open.

        The next process on this machine ends it, see `store.close_orphaned_runs`.
        """
        self._pending.clear()
        with contextlib.suppress(MlflowException, OSError):
            self.end(status, **tags)

    def end(self, status: str = "FINISHED", **tags: object) -> None:
        """Ends the run: FINISHED, FAILED or KILLED, with tags for the reason."""
        if tags:
            self.tags(tags)
        try:
            self.flush()
        finally:
            store.client().set_terminated(self.id, status)

    def end_later(self, status: str, **tags: object) -> None:
        """Ends the run in the background, after all other writing; `flush` waits for it."""
        self.tags(tags)
        self._later(store.client().set_terminated, self.id, status)

    def _later(self, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        while self._pending and self._pending[0].done():  # a training does not outlive its store
            self._pending.pop(0).result()
        self._pending.append(_writer.submit(function, *args, **kwargs))


def _params(values: Mapping[str, Any]) -> list[Param]:
    return [Param(k, format_param(v)) for k, v in values.items() if v is not None]


def metric_name(name: str) -> str:
    """Returns MLflow's name of a Keras metric; the part before the slash groups the charts."""
    if name == "objective" or "/" in name:  # metrics of further stages bear the stage's name
        return name
    return f"val/{name[4:]}" if name.startswith("val_") else f"train/{name}"


def format_param(value: object) -> str:
    """Formats a parameter: numbers with full precision, tuples as `512,256`."""
    return repr(value) if isinstance(value, float) else format_value(value)
