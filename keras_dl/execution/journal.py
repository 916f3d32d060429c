"""A search on disk: its definition, and every suggestion and result as one line each.

The lines are appended and flushed before anything is told to MLflow, so that a kill at any moment
loses no finished trial, and telling them again to a fresh oracle brings back its state.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keras_dl.utils.files import locked, write_atomically

__all__ = ["Journal", "Trial", "opened"]


@dataclass
class Trial:
    """One setting and what became of it.

    Attributes:
        number: from 0.
        raw: values as the oracle wrote them.
        values: all active hyperparameters.
        epochs: how long it may train.
        warm_start: number of the trial it continues, or None.
        status: "running", "done", "stopped" (early) or "failed".
        score: mean objective over the seeds; None unless done or stopped.
        spread: standard deviation of the objective over the seeds; 0 for one seed.
        reason: "diverged", "out_of_memory", …; or "patience", "median" where stopped.
        message: one line about the failure.
        seconds: wall time, all seeds together.
        parameters: number of the model's parameters.
        curve: best objective so far after each epoch, mean over the seeds.
        rss: resident memory of the worker at the end, in MB.
        jit_compile: whether the steps were compiled.
    """

    number: int
    raw: dict[str, Any]
    values: dict[str, Any]
    epochs: int
    warm_start: int | None = None
    status: str = "running"
    score: float | None = None
    spread: float = 0.0
    reason: str = ""
    message: str = ""
    seconds: float = 0.0
    parameters: int = 0
    curve: list[float] = field(default_factory=list)
    rss: float = 0.0
    jit_compile: bool | None = None


class Journal:
    """The folder of one search.

    Attributes:
        folder: of the search.
        trials: all so far, by number.
        order: what happened, ("start" | "end", number) in the order of time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trials: dict[int, Trial] = {}
        self.order: list[tuple[str, int]] = []
        self._path = folder / "events.jsonl"
        self._read()

    def start(self, trial: Trial) -> None:
        """Notes a suggestion."""
        self.trials[trial.number] = trial
        self._append("start", trial)

    def end(self, trial: Trial) -> None:
        """Notes a result."""
        self._append("end", trial)

    def finished(self) -> list[Trial]:
        """Trials that have a score, in the order of their end."""
        ended = [self.trials[n] for event, n in self.order if event == "end"]
        return [t for t in ended if t.score is not None]

    def running(self) -> list[Trial]:
        """Trials without an end, as a kill leaves them."""
        return [t for t in self.trials.values() if t.status == "running"]

    def unit(self, number: int, seed: int) -> Path:
        """Folder of one training of a trial."""
        return self.folder / "trials" / f"{number:04d}" / f"s{seed}"

    def note(self, **values: Any) -> None:
        """Adds values to the search's `search.json`, atomically."""
        text = json.dumps(self.notes() | values, indent=1, default=str)
        write_atomically(self.folder / "search.json", text)

    def notes(self) -> dict[str, Any]:
        """What `note` has written."""
        path = self.folder / "search.json"
        return json.loads(path.read_text()) if path.is_file() else {}

    def _append(self, event: str, trial: Trial) -> None:
        self.order.append((event, trial.number))
        line = json.dumps({"event": event, **dataclasses.asdict(trial)})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> None:
        if not self._path.is_file():
            return
        text = self._path.read_bytes()
        whole = text.rpartition(b"\n")[0] + b"\n" if b"\n" in text else b""
        if whole != text:  # a kill in the middle of a line: the trial counts as not begun or ended
            self._path.write_bytes(whole)
        for line in whole.splitlines():
            event = json.loads(line)
            kind = event.pop("event")
            trial = Trial(**event)
            trial.values = {k: _tuples(v) for k, v in trial.values.items()}
            self.trials[trial.number] = trial
            self.order.append((kind, trial.number))


@contextlib.contextmanager
def opened(root: Path, name: str, definition: Mapping[str, Any], resume: bool) -> Iterator[Journal]:
    """Opens the folder of a search and holds it against other processes.

    Args:
        root: folder of all searches.
        name: readable part of the folder's name.
        definition: everything that the suggestions and results depend on.
        resume: take the latest search of this definition; more trials extend a finished one.

    Raises:
        ValueError: if the search to resume is under way in another process.
    """
    text = json.dumps(definition, sort_keys=True, default=str)
    stem = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    found = sorted(root.glob(f"{stem}-*"), key=lambda p: int(p.name.rpartition("-")[2]))
    folder = found[-1] if resume and found else _new(root, stem, len(found))
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(folder / ".lock", wait=False))
        except BlockingIOError:
            raise ValueError(
                "`resume` must name a search that no other process works on. "
                f"Received: {folder.name}"
            ) from None
        record = Journal(folder)
        record.note(definition=json.loads(text))
        yield record


def _new(root: Path, stem: str, count: int) -> Path:
    while True:
        folder = root / f"{stem}-{count}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:  # another process was faster
            count += 1
        else:
            return folder


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
