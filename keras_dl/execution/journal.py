"""The folder of a search, comparison or ablation: notes, suggestions and results.

Each suggestion and result is one line, flushed to disk before MLflow gets it: a kill at any moment
loses no finished trial, and replaying the lines restores the state of an oracle.
"""

import contextlib
import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keras_dl.errors import DiskFull, Inaccessible, Unreachable, WorkerDied, WorkerNotStarted
from keras_dl.training.identity import describe_differences
from keras_dl.utils.files import append_line, drop_torn_line, locked, write_atomically

__all__ = ["Journal", "Trial", "open_journal"]

# Reasons of failures that say nothing about the setting: a resumed search tries it again.
INCIDENTAL = frozenset(
    kind.reason for kind in (DiskFull, Inaccessible, Unreachable, WorkerDied, WorkerNotStarted)
)
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
        resumed: whether an earlier process began it.
    """

    def __init__(self, folder: Path, *, resumed: bool = False) -> None:
        self.folder, self.resumed = folder, resumed
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

    def training_folder(self, number: int, part: int) -> Path:
        """Returns the folder of one training of a trial."""
        return self.folder / "trials" / f"{number:04d}" / f"s{part}"

    def confirm(self, digest: str) -> None:
        """Records the digest of the data, or compares it with that of the earlier process.

        Raises:
            ValueError: if the data are others than those of the trainings in the folder.
        """
        earlier = self.read_notes().get("digest", digest)
        if earlier != digest:
            differences = describe_differences({"data": earlier}, {"data": digest})
            raise _refusal(self.folder.name, differences)
        self.write_notes(digest=digest)

    def write_notes(self, **values: object) -> None:
        """Adds values to `notes.json`, atomically."""
        text = json.dumps(self.read_notes() | values, indent=1, default=str)
        write_atomically(self.folder / NOTES, text)

    def read_notes(self) -> dict[str, Any]:
        """Returns the values of `notes.json`, empty without one."""
        path = self.folder / NOTES
        return json.loads(path.read_text()) if path.is_file() else {}

    def _append(self, event: str, trial: Trial) -> None:
        self._note(event, trial.number)
        line = json.dumps({"event": event, **dataclasses.asdict(trial)})
        append_line(self._path, line, sync=True)

    def _note(self, event: str, number: int) -> None:
        # A trial that is tried again ends where it ended first, as the oracle learned it.
        if event == "start" or (event, number) not in self.order:
            self.order.append((event, number))

    def _read(self) -> None:
        if not self._path.is_file():
            return
        drop_torn_line(self._path)  # the trial counts as not begun or not ended
        for line in self._path.read_bytes().splitlines():
            event = json.loads(line)
            kind = event.pop("event")
            trial = Trial(**event)
            trial.values = {k: _as_tuple(v) for k, v in trial.values.items()}
            if trial.reason not in INCIDENTAL:  # else it is still to be trained
                self.trials[trial.number] = trial
            self._note(kind, trial.number)


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
        ValueError: if another process holds the folder to resume, or the folders of this recipe
            are all of other definitions.
    """
    text = json.dumps(definition, sort_keys=True, default=str)
    stem = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    earlier = sorted(root.glob(f"{stem}-*"), key=_number)
    if resume and not earlier:
        _refuse_others(root, json.loads(text))
    folder = earlier[-1] if resume and earlier else _create(root, stem, len(earlier))
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(folder / ".lock", wait=False))
        except BlockingIOError:
            raise ValueError(
                "`resume` must name a search that no other process works on. "
                f"Received: {folder.name}"
            ) from None
        journal = Journal(folder, resumed=resume and bool(earlier))
        journal.write_notes(definition=json.loads(text))
        yield journal


def _refuse_others(root: Path, definition: Mapping[str, object]) -> None:
    """Refuses to begin a search under `resume` where there are others of the same recipe.

    Raises:
        ValueError: names what differs from the most similar one.
    """
    candidates = []
    for folder in sorted(root.glob("*"), key=_number):
        notes = Journal(folder).read_notes()
        other = notes.get("definition", {})
        if "run_id" in notes and other.get("recipe") == definition.get("recipe"):
            candidates.append((describe_differences(other, definition), folder.name))
    if candidates:
        differences, name = min(reversed(candidates), key=lambda candidate: len(candidate[0]))
        raise _refusal(name, differences)


def _refusal(name: str, differences: list[str]) -> ValueError:
    return ValueError(
        f"`resume` must continue the same work; {name} differs in {', '.join(differences)}. "
        "Leave out `resume` to start anew. Received: resume=True"
    )


def _number(folder: Path) -> int:
    number = folder.name.rpartition("-")[2]
    return int(number) if number.isdigit() else -1


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
