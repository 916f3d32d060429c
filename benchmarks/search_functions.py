"""Functions to search: three with a formula, two that trained settings stand behind."""

import csv
import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from keras_dl.space import Choice, Hyper, Range, When, hypers
from keras_dl.tuning.encoding import Space
from keras_dl.tuning.oracle import decode

__all__ = ["Function", "formulas", "surrogate"]


@dataclass(frozen=True)
class Function:
    """An objective to minimize.

    Attributes:
        name: name in the table.
        searched: its hyperparameters.
        value: objective of raw values, without noise.
        noise: standard deviation of what a trial adds.
    """

    name: str
    searched: dict[str, Hyper]
    value: Callable[[Mapping[str, Any]], float]
    noise: float = 0.0


def branin(
    *,
    x: Annotated[float, Range(-5.0, 10.0)] = 2.5,
    y: Annotated[float, Range(0.0, 15.0)] = 7.5,
    shape: Annotated[str, Choice("plain", "lifted", "bent")] = "lifted",
    bend: Annotated[float, Range(0.0, 1.0), When("shape", "bent")] = 0.0,
) -> float:
    """Branin's function; the global minimum, -5, needs `bent` with a bend of 0.7."""
    curve = y - 5.1 / (4 * np.pi**2) * x**2 + 5 / np.pi * x - 6
    value = curve**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10 - 0.397887
    offset = {"plain": 0.0, "lifted": 10.0, "bent": 60 * (bend - 0.7) ** 2 - 5}
    return float(value + offset[shape])


A = np.array([
    [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14],
])  # fmt: skip
P = 1e-4 * np.array([
    [1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381],
])  # fmt: skip


def hartmann(
    *,
    a: Annotated[float, Range(0.0, 1.0)] = 0.5,
    b: Annotated[float, Range(0.0, 1.0)] = 0.5,
    c: Annotated[float, Range(0.0, 1.0)] = 0.5,
    d: Annotated[float, Range(0.0, 1.0)] = 0.5,
    e: Annotated[float, Range(0.0, 1.0)] = 0.5,
    f: Annotated[float, Range(0.0, 1.0)] = 0.5,
) -> float:
    """Hartmann's function of six numbers; the minimum is -3.32."""
    distances = (A * (np.array([a, b, c, d, e, f]) - P) ** 2).sum(axis=1)
    return float(-np.array([1.0, 1.2, 3.0, 3.2]) @ np.exp(-distances))


def rosenbrock(
    *,
    a: Annotated[float, Range(1e-3, 1e3, log=True)] = 1.0,
    b: Annotated[float, Range(1e-3, 1e3, log=True)] = 1.0,
    c: Annotated[float, Range(1e-3, 1e3, log=True)] = 1.0,
    d: Annotated[int, Range(1, 1024, log=True)] = 32,
) -> float:
    """Rosenbrock's valley in logarithms; the minimum, log10 of 1 + 0, is 0."""
    x = np.array([*(2 * np.log10([a, b, c]) / 3), np.log2(d) / 5 - 0.5])
    return float(np.log10(1 + (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()))


def formulas() -> list[Function]:
    """Returns the functions with a formula."""
    return [
        Function(f.__name__, hypers(f), lambda raw, f=f: f(**decode(hypers(f), raw)))
        for f in (branin, hartmann, rosenbrock)
    ]


def surrogate(name: str, path: Path, searched: dict[str, Hyper]) -> tuple[Function, float]:
    """Returns the error of a recipe as extremely randomized trees predict it from trained settings.

    Args:
        name: of the recipe.
        path: table that `benchmarks.search_table` has made.
        searched: hyperparameters of the recipe.

    Returns:
        The function, and R² of the trees for settings that they have not seen.
    """
    from sklearn.ensemble import ExtraTreesRegressor
    from sklearn.model_selection import cross_val_predict

    space = Space(searched)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", newline="") as file:
        rows = [row for row in csv.reader(file) if row[1]]
    points = _filled(space, space.encode([json.loads(row[4]) for row in rows]))
    errors = 1 - np.array([float(row[1]) for row in rows])
    trees = ExtraTreesRegressor(200, min_samples_leaf=1, max_features=0.7, random_state=0)
    targets = np.log(errors)
    predicted = cross_val_predict(trees, points, targets, cv=10)
    r2 = 1 - ((predicted - targets) ** 2).sum() / ((targets - targets.mean()) ** 2).sum()
    grown = [tree.tree_ for tree in trees.fit(points, targets).estimators_]

    def value(raw: Mapping[str, Any]) -> float:
        point = _filled(space, space.encode([raw])).astype(np.float32)
        return float(np.exp(np.mean([tree.predict(point)[0, 0] for tree in grown])))

    return Function(f"{name} (trained)", searched, value, 0.004), r2


def _filled(space: Space, codes: np.ndarray) -> np.ndarray:
    """Features for trees: one column for each category, -1 where a dimension is inactive."""
    gaps = np.isnan(codes)[:, space.columns]
    return np.where(gaps, -1.0, space.features(codes))
