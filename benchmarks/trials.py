"""Trials a minute of a search: `keras-dl tune lenet5` beside KerasTuner's random search.

Each search is a process of its own that draws learning rate and dropout at random from the same
ranges and trains LeNet-5 for an epoch on the same 6,000 images, with 1,000 to judge by. Start-up is
counted apart: all from the command to the end of the first trial (of the first of each worker). The
rate is that of all trials after it, with whatever lies between them: suggesting, building, tracing,
training, judging and writing down; ours are also written to MLflow.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks import ceiling
from benchmarks.sides import untouched
from benchmarks.table import Row, compared
from keras_dl.data import DatasetUnavailable, load

__all__ = ["examples", "rows", "search"]

ROUNDS = 2
TRIALS = {"kerastuner": 6, "ours": 14, "two workers": 18}
WITHOUT_REUSE = 8
GOALS = {"ours": "≥ 4.5, aim 6", "two workers": "≥ 8"}
TRAIN, HELD_OUT = 6_000, 1_000
FLOPS = 2_263_920  # of a step of LeNet-5 for one image; a test holds it to the layers


class Found(NamedTuple):
    """What a search did: seconds until it ran steadily, trials a minute then, accuracies."""

    startup: float
    speed: float
    accuracies: list[float]


def rows() -> Iterator[Row]:
    """A row for the search in one process, and one for two workers."""
    found: dict[str, list[Found]] = {side: [] for side in TRIALS}
    with tempfile.TemporaryDirectory() as folder:
        file, data = examples(Path(folder))
        for number in range(ROUNDS):
            for side, seen in found.items():
                own = Path(folder) / f"{side.replace(' ', '-')}-{number}"
                own.mkdir()
                seen.append(search(side, file, own))
    most = ceiling.known()
    speeds = {side: [f.speed for f in seen] for side, seen in found.items()}
    for side, goal in GOALS.items():
        rate = statistics.median(speeds[side])
        yield Row(
            f"trials of LeNet-5 on {TRAIN:,} images of {data}, {_named(side)}: "
            + _words(found[side], rate),
            "KerasTuner: " + _words(found["kerastuner"], statistics.median(speeds["kerastuner"])),
            goal=goal,
            ceiling=most.share(FLOPS * TRAIN * rate / 60),
            **compared(speeds[side], speeds["kerastuner"]),
        )


def _named(side: str) -> str:
    return "2 workers" if side == "two workers" else "one process"


def _words(found: list[Found], rate: float) -> str:
    startup = statistics.median(f.startup for f in found)
    accuracy = statistics.median(a for f in found for a in f.accuracies)
    count = sum(len(f.accuracies) for f in found)
    return (
        f"{rate:.0f} trials/min, start-up {startup:.1f} s, median accuracy {accuracy:.3f} of "
        f"{count} trials"
    )


def examples(folder: Path) -> tuple[Path, str]:
    """Writes the images of all sides to an .npz file; returns it and the data set's name."""
    try:
        data = load("mnist")
    except DatasetUnavailable:
        data = load("digits", at_least=28)
    sizes = {"train": TRAIN, "validation": HELD_OUT, "test": HELD_OUT}
    arrays = {}
    for split, count in sizes.items():
        part = getattr(data, split)
        order = np.random.default_rng(0).permutation(len(part.x))
        few = part.take(np.resize(order, count))
        arrays |= {f"x_{split}": few.x, f"y_{split}": few.y}
    path = folder / "examples.npz"
    np.savez(path, **arrays)
    return path, data.name


def search(side: str, file: Path, folder: Path) -> Found:
    """Runs one search: "ours", "two workers", "without reuse" or "kerastuner"."""
    trials = TRIALS.get(side, WITHOUT_REUSE)
    if side == "kerastuner":
        words = ["-m", "benchmarks.sides.kerastuner", str(file), str(trials)]
    else:
        workers = 2 if side == "two workers" else 0
        words = [*("-m", "keras_dl", "tune", "lenet5", "--dataset", str(file))]
        words += ["--trials", str(trials), "--workers", str(workers), "--epochs", "1"]
        words += ["--search", "learning_rate,dropout", "--algorithm", "random"]
        words += ["--seed", "1", "--final-seeds", "0"]
    command, start = [sys.executable, *words], time.time()
    reuse = {"KERAS_DL_MODEL_CACHE": "0"} if side == "without reuse" else {}
    environment = {**untouched(), **reuse}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{side}: {done.stderr[-3000:]}")
    ends = _by_kerastuner(folder) if side == "kerastuner" else _by_us(folder)
    if len(ends) != trials:
        raise RuntimeError(f"{side}: {len(ends)} of {trials} trials: {done.stdout[-2000:]}")
    first = 1 if side == "two workers" else 0  # the first of the second worker
    times = [end for end, _ in ends]
    rate = 60 * (trials - 1 - first) / (times[-1] - times[first])
    return Found(times[first] - start, rate, [accuracy for _, accuracy in ends])


def _by_kerastuner(folder: Path) -> list[tuple[float, float]]:
    files = folder.glob("kerastuner/lenet5/trial_*/trial.json")
    return sorted((p.stat().st_mtime, json.loads(p.read_text())["score"]) for p in files)


def _by_us(folder: Path) -> list[tuple[float, float]]:
    files = folder.glob("mlruns/searches/*/trials/*/s1/result.json")
    return sorted((p.stat().st_mtime, json.loads(p.read_text())["score"]) for p in files)
