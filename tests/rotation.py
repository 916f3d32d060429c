"""Tests of many alike cases, of which successive versions run different parts."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def rotation() -> int | None:
    """Number that selects a part of such tests; KERAS_DL_ROTATION=all selects all.

    By default it is the number of commits: successive versions run different parts.
    """
    given = os.environ.get("KERAS_DL_ROTATION", "")
    if given == "all":
        return None
    if given:
        return int(given)
    count = ["git", "-C", str(Path(__file__).parent), "rev-list", "--count", "HEAD"]
    found = subprocess.run(count, capture_output=True, text=True, check=False)
    return int(found.stdout or 0)


def in_turn(cases: Sequence[T], parts: int) -> list[T]:
    """Every `parts`-th case, another one first in each version; all of them with "all"."""
    turn = rotation()
    return list(cases) if turn is None else list(cases)[turn % parts :: parts]
