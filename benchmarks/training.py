"""Steady training: ours beside plain Keras, PyTorch and NumPy, all from memory, in turn.

The first epoch of each side, with its compilation, is not timed. All train the same net, with the
same optimizer, as long, and are judged after as many epochs; both Keras sides begin with the same
weights.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import ceiling, machine
from benchmarks.sides import Side
from benchmarks.table import Row, compared, missing
from benchmarks.works import WORKS, Work, arrays

__all__ = ["rows"]

LEAST, PATIENCE = 2, 90.0  # rounds of a net, and seconds after which no further one begins
SIDES = ("ours", "stock", "stock_without_onednn", "pytorch", "pytorch_default", "numpy")


def rows(works: tuple[str, ...] = tuple(WORKS)) -> Iterator[Row]:
    """A row for each net and each side beside ours."""
    sides = {name: Side(name) for name in SIDES}
    most = ceiling.known()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name in works:
                file, data = arrays(WORKS[name], Path(folder))
                yield from _rows(name, str(file), data, sides, most)
    finally:
        for side in sides.values():
            side.close()


def _rows(
    name: str, file: str, data: str, sides: dict[str, Side], most: ceiling.Ceiling
) -> Iterator[Row]:
    work = WORKS[name]
    taking = {s: side for s, side in sides.items() if s == "ours" or s in work.goals}
    begun = {s: side.ask("begin", work=name, file=file) for s, side in taking.items()}
    lacking = {s: answer["missing"] for s, answer in begun.items() if "missing" in answer}
    found = _taken(work, [side for s, side in taking.items() if s not in lacking])
    speeds = {s: [work.train / a["seconds"] for a in epochs] for s, epochs in found.items()}
    middle = {s: statistics.median(values) for s, values in speeds.items()}
    judged = {s: _score(work, epochs[-1]["score"]) for s, epochs in found.items()}
    ours = (
        f"{work.title} on {data}, batch {work.batch}: {_figure(middle['ours'])} examples/s, "
        f"{judged['ours']} after {len(speeds['ours']) + 1} epochs of {work.train:,}"
    )
    for side, goal in work.goals.items():
        if side in lacking:
            yield missing(ours, lacking[side], goal)
            continue
        yield Row(
            ours,
            f"{_named(name, side)}: {_figure(middle[side])}, {judged[side]}",
            goal=goal,
            ceiling=most.share(begun["ours"]["flops"] * middle["ours"]),
            **compared(speeds["ours"], speeds[side]),
        )


def _named(work: str, side: str) -> str:
    """The other side in words."""
    if side == "stock" and "AVX512-VNNI" in machine.sets():
        return (
            "plain Keras; this processor has AVX512-VNNI, so TensorFlow turns oneDNN on by itself"
        )
    kind = " with channels last" if work == "resnet20" else ""
    return {
        "stock": "plain Keras; TensorFlow decides on oneDNN by itself",
        "stock_without_onednn": "plain Keras without oneDNN, as TensorFlow comes on processors "
        "with AVX2 only",
        "pytorch": f"PyTorch, eager, fused Adam, data in memory{kind}",
        "pytorch_default": "PyTorch, the same with its default Adam",
        "numpy": "NumPy",
    }[side]


def _taken(work: Work, sides: list[Side]) -> dict[str, list[dict[str, Any]]]:
    """Each side's timed epochs, after one that is not; every other round in reverse."""
    found: dict[str, list[dict[str, Any]]] = {side.name: [] for side in sides}
    start = time.monotonic()
    for number in range(work.rounds + 1):
        if number > LEAST and time.monotonic() - start > PATIENCE:
            break
        for side in sides[:: 1 if number % 2 else -1]:
            found[side.name].append(side.ask("epoch"))
    for side in sides:
        side.ask("end")
    return {name: epochs[1:] for name, epochs in found.items()}


def _score(work: Work, value: float) -> str:
    if work.score == "val_accuracy":
        return f"accuracy {value:.4f}"
    return f"{work.score.removeprefix('val_').replace('_', ' ')} {value:.3f}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
