"""What each stage of a training may use of a limit in steps or seconds."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from keras_dl.budget import Limit
from keras_dl.utils.files import write_atomically
from keras_dl.utils.text import clock

__all__ = ["Allotment", "StageLength", "allot", "describe_allotment"]

FILE = "allotment.json"


@dataclass(frozen=True)
class Allotment:
    """Parts of a limit by stage, which a resumed training finds in its folder.

    Attributes:
        unit: "steps" or "seconds".
        stages: how many of them each stage may use, by name.
        share: part of the full recipe that the limit is; each stage trains this part of its own.
        planned_steps: optimizer steps that schedules are made for; under a limit of seconds those
            at the measured speed, while learning rates follow the clock.
    """

    unit: str
    stages: dict[str, float]
    share: float
    planned_steps: int

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Reads what `save` wrote; None where there is no file."""
        path = folder / FILE
        return cls(**json.loads(path.read_text())) if path.is_file() else None

    def save(self, folder: Path) -> None:
        """Writes the allotment into the folder of a training."""
        write_atomically(folder / FILE, json.dumps(asdict(self)))

    def of(self, stage: str) -> float:
        """Returns what a stage may use.

        Raises:
            ValueError: if the stage was not there when the limit was divided.
        """
        if stage not in self.stages:
            raise ValueError(
                "`train` must have the same stages each time under a budget of steps or time: "
                f"{', '.join(self.stages)}. Received: stage={stage!r}"
            )
        return self.stages[stage]


@dataclass(frozen=True)
class StageLength:
    """Length of a stage in the full recipe, and its speed.

    Attributes:
        epochs: passes over its training set.
        steps: optimizer steps of an epoch; 0 for a loop of the recipe's own.
        seconds: seconds of an epoch, validation included; 0 where they were not measured.
    """

    epochs: int
    steps: int
    seconds: float = 0.0


def allot(limit: Limit, lengths: Mapping[str, StageLength], main: str) -> Allotment:
    """Divides a limit so that each stage trains the same part of its full length.

    Args:
        limit: steps or seconds.
        lengths: of the stages by name, in their order.
        main: name of the stage whose steps the schedules are planned for; the last one where there
            is none of this name.

    Raises:
        ValueError: if there are fewer steps than stages.
    """
    planned = lengths.get(main) or list(lengths.values())[-1]
    if limit.steps is not None:
        if limit.steps < len(lengths):
            raise ValueError(
                f"`budget` must be a step or more for each of the stages {', '.join(lengths)}. "
                f"Received: {limit}"
            )
        whole = sum(length.epochs * length.steps for length in lengths.values())
        share = limit.steps / whole
        parts = {n: share * length.epochs * length.steps for n, length in lengths.items()}
        stages = _whole_numbers(limit.steps, parts)
        steps = stages.get(main, list(stages.values())[-1])
        return Allotment("steps", dict(stages), share, steps)
    assert limit.seconds is not None
    share = limit.seconds / sum(length.epochs * length.seconds for length in lengths.values())
    seconds = {n: share * length.epochs * length.seconds for n, length in lengths.items()}
    steps = _two_digits(share * planned.epochs * planned.steps)
    return Allotment("seconds", seconds, share, max(1, steps))


def describe_allotment(allotment: Allotment, limit: Limit | None, epochs: int) -> str:
    """Returns a sentence for the screen.

    Args:
        allotment: of the training.
        limit: of all stages together.
        epochs: those of the full recipe.
    """
    text = f"Budget {limit}: {allotment.share * epochs:.3g} of the recipe's {epochs} epochs"
    if allotment.unit == "seconds":
        text += (
            f" at the measured speed, about {allotment.planned_steps:,} steps; learning-rate "
            "schedules follow the clock"
        )
    if len(allotment.stages) > 1:
        show = clock if allotment.unit == "seconds" else "{:,.0f} steps".format
        text += f"; {', '.join(f'{name} {show(part)}' for name, part in allotment.stages.items())}"
    return text


def _whole_numbers(total: int, parts: Mapping[str, float]) -> dict[str, int]:
    """Rounds parts to whole numbers from 1 that add up to the total."""
    rounded = {name: max(1, int(part)) for name, part in parts.items()}
    rounded[max(parts, key=lambda name: parts[name])] += total - sum(rounded.values())
    return rounded


def _two_digits(number: float) -> int:
    """Rounds to two digits: speeds are not measured better, and equal schedules share traces."""
    return int(float(f"{number:.1e}"))
