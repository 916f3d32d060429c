"""The folder of a search, comparison or ablation: notes, suggestions and results.

Each suggestion and result is one line, flushed to disk before MLflow gets it: a kill at any moment
loses no finished trial, and replaying the lines restores the state of an oracle.
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

__all__ = ["Journal", "Trial", "open_journal"]

EVENTS, NOTES = "events.jsonl", "notes.json"


@dataclass
class Trial:
    """One setting of a search and its result.

    Attributes:
        number: number of the trial, from 0.
        raw: values as the oracle wrote them.
        values: all active hyperparameters.
        epochs: epochs it trains for, at most.
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
    """The folder of one search, comparison or ablation.

    Attributes:
        folder: path of the folder.
        trials: all trials so far, by number; only searches have trials.
        order: events ("start" | "end", number) in the order of time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trials: dict[int, Trial] = {}
        self.order: list[tuple[str, int]] = []
        self._path = folder / EVENTS
        self._read()

    def start(self, trial: Trial) -> None:
        """Appends a suggestion."""
        self.trials[trial.number] = trial
        self._append("start", trial)

    def end(self, trial: Trial) -> None:
        """Appends a result."""
        self._append("end", trial)

    def finished(self) -> list[Trial]:
        """Returns the trials that have a score, in the order of their end."""
        ended = [self.trials[n] for event, n in self.order if event == "end"]
        return [t for t in ended if t.score is not None]

    def running(self) -> list[Trial]:
        """Returns the trials without an end, as a kill leaves them."""
        return [t for t in self.trials.values() if t.status == "running"]

    def training_folder(self, number: int, seed: int) -> Path:
        """Returns the folder of one training of a trial."""
        return self.folder / "trials" / f"{number:04d}" / f"s{seed}"

    def write_notes(self, **values: object) -> None:
        """Adds values to `notes.json`, atomically."""
        text = json.dumps(self.read_notes() | values, indent=1, default=str)
        write_atomically(self.folder / NOTES, text)

    def read_notes(self) -> dict[str, Any]:
        """Returns the values of `notes.json`, empty without one."""
        path = self.folder / NOTES
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
            trial.values = {k: _as_tuple(v) for k, v in trial.values.items()}
            self.trials[trial.number] = trial
            self.order.append((kind, trial.number))


@contextlib.contextmanager
def open_journal(
    root: Path, name: str, definition: Mapping[str, object], resume: bool
) -> Iterator[Journal]:
    """Opens a folder for a definition and locks it against other processes.

    Args:
        root: parent of all such folders.
        name: readable part of the folder's name.
        definition: everything that the results depend on.
        resume: whether to take the latest folder of this definition, if there is one.

    Raises:
        ValueError: if another process holds the folder to resume.
    """
    text = json.dumps(definition, sort_keys=True, default=str)
    stem = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    earlier = sorted(root.glob(f"{stem}-*"), key=lambda p: int(p.name.rpartition("-")[2]))
    folder = earlier[-1] if resume and earlier else _create(root, stem, len(earlier))
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(folder / ".lock", wait=False))
        except BlockingIOError:
            raise ValueError(
                "`resume` must name a search that no other process works on. "
                f"Received: {folder.name}"
            ) from None
        journal = Journal(folder)
        journal.write_notes(definition=json.loads(text))
        yield journal


def _create(root: Path, stem: str, count: int) -> Path:
    while True:
        folder = root / f"{stem}-{count}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:  # another process was faster
            count += 1
        else:
            return folder


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
