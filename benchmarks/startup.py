"""From the command to the first finished epoch, memory, and the commands that train nothing.

`keras-dl run lenet5` beside a script of plain Keras that trains a small convnet, each a fresh
process, in turn; the clock stops when the first epoch's line, with its validation, is printed. Both
go through MNIST once: ours 54,000 images to learn from and 6,000 to validate, as the script.
"""

import os
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
from benchmarks.trials import FLOPS
from keras_dl.data import DatasetUnavailable, load

__all__ = ["rows"]

ROUNDS, SHORT = 3, 7
RUN = ["-m", "keras_dl", "run", "lenet5", "--epochs", "1"]


class Seen(NamedTuple):
    """Of a process: seconds to the first epoch's end and to its own, largest memory in MiB."""

    first: float
    whole: float
    memory: float


def rows() -> Iterator[Row]:
    """Time to the first epoch, peak memory, `import keras_dl`, `keras-dl list`."""
    with tempfile.TemporaryDirectory() as folder:
        file = _examples(Path(folder))
        if file is None:
            yield Row("keras-dl run lenet5", "MNIST, which is not at hand", "-", rounds="0")
        else:
            yield from _trainings(Path(folder), file)
        yield from _short(Path(folder))


def _examples(folder: Path) -> Path | None:
    try:
        data = load("mnist")
    except DatasetUnavailable:
        return None
    path = folder / "mnist.npz"
    x = np.concatenate([data.train.x, data.validation.x])
    y = np.concatenate([data.train.y, data.validation.y])
    np.savez(path, x_train=x[..., 0], y_train=y)
    return path


def _trainings(folder: Path, file: Path) -> Iterator[Row]:
    script = ["-m", "benchmarks.sides.convnet", str(file)]
    ours, plain = [], []
    for _ in range(ROUNDS):
        ours.append(_watched(RUN, folder))
        plain.append(_watched(script, folder))
    lenet = _watched([*script, "lenet5"], folder)
    times = [[seen.first for seen in side] for side in (plain, ours)]
    middle = [statistics.median(side) for side in times]
    whole = statistics.median(seen.whole for seen in ours)
    yield Row(
        f"keras-dl run lenet5: {middle[1]:.1f} s to the end of its first epoch (with one epoch, "
        f"test, figures and stored model {whole:.1f} s)",
        f"a script with Keras' small convnet: {middle[0]:.1f} s; with LeNet-5 {lenet.first:.1f} s",
        goal="at most 1 of the convnet's time",
        ceiling=ceiling.known().share(FLOPS * 54_000 / middle[1]),
        **_inverse(compared(times[1], times[0])),
    )
    peaks = [[seen.memory for seen in side] for side in (ours, plain)]
    yield Row(
        f"keras-dl run lenet5: {statistics.median(peaks[0]):,.0f} MiB at most",
        f"plain Keras with LeNet-5: {lenet.memory:,.0f} MiB; the convnet "
        f"{statistics.median(peaks[1]):,.0f} MiB",
        f"{statistics.median(peaks[0]) / lenet.memory:.2f} of LeNet-5's",
        f"{min(peaks[0]):,.0f} … {max(peaks[0]):,.0f} MiB",
        str(ROUNDS),
        goal="at most 950 MiB",
    )


def _inverse(words: dict[str, str]) -> dict[str, str]:
    return {**words, "ratio": f"{words['ratio']} of its time"}


def _watched(words: list[str], folder: Path) -> Seen:
    """Runs a command until its end, and notes when it prints an epoch's metrics."""
    start, first, told = time.monotonic(), 0.0, b""
    process = subprocess.Popen(
        [sys.executable, "-u", *words],
        cwd=folder,
        env=untouched(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    while piece := os.read(process.stdout.fileno(), 65536):
        told += piece
        if not first and b"val_loss" in told:
            first = time.monotonic() - start
    process.stdout.close()
    _, code, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode or not first:
        raise RuntimeError(f"{' '.join(words)}: {told[-3000:].decode(errors='replace')}")
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    return Seen(first, time.monotonic() - start, used.ru_maxrss * unit / 2**20)


def _short(folder: Path) -> Iterator[Row]:
    """Commands that a person waits for; Python's own start is the other side."""
    kinds = {
        "nothing": ["-c", "pass"],
        "import keras_dl": ["-c", "import keras_dl"],
        "keras-dl list": ["-m", "keras_dl", "list"],
    }
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(SHORT):
        for kind, words in kinds.items():
            times[kind].append(_seconds(words, folder))
    empty = statistics.median(times["nothing"])
    for kind, goal, base in (("import keras_dl", 0.1, empty), ("keras-dl list", 0.3, 0.0)):
        spread = [seconds - base for seconds in times[kind]]
        yield Row(
            f"{kind}: {statistics.median(spread):.3f} s" + (" beyond Python's own" if base else ""),
            f"Python with nothing to do: {empty:.3f} s",
            "-",
            f"{min(spread):.3f} … {max(spread):.3f} s",
            str(SHORT),
            goal=f"at most {goal} s",
        )


def _seconds(words: list[str], folder: Path) -> float:
    start = time.monotonic()
    subprocess.run(
        [sys.executable, *words], cwd=folder, env=untouched(), check=True, capture_output=True
    )
    return time.monotonic() - start
