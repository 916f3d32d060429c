"""Makes the table of trained settings: `python -m benchmarks.search_table RECIPE COUNT [FILE]`.

Each setting is trained for one epoch on 4,000 images of MNIST and judged on 2,000 others. Two
thirds are drawn at random, one third lies near the best ones so far, where a search spends most of
its trials. Results are appended to `search_RECIPE.csv` as they come; the same command goes on where
it stopped. The tables of this folder hold 320 settings each.
"""

import csv
import importlib
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from keras_dl.data import Data, load
from keras_dl.execution.run_job import run_job
from keras_dl.tuning.encoding import Space
from keras_dl.tuning.oracle import decode
from keras_dl.tuning.plan import SearchPlan, make_plan

__all__ = ["extend", "searched_space"]

TRAIN, HELD_OUT = 4_000, 2_000
ELITE, EVERY = 15, 3  # every third setting is a neighbour of one of the best fifteen
FIELDS = ("number", "score", "seconds", "parameters", "raw")


def extend(name: str, count: int, path: Path) -> None:
    """Trains settings of a recipe until the file holds `count` of them.

    Args:
        name: "lenet5" or "mlp".
        count: number of settings.
        path: file with one setting a line.
    """
    rows = _read(path)
    with tempfile.TemporaryDirectory() as folder, path.open("a", newline="") as file:
        data = Path(folder) / "few.npz"
        few = _few_images()
        np.savez(data, **few)
        recipe = importlib.import_module(f"recipes.{name}").recipe
        plan = make_plan(recipe, data, {"epochs": 1})
        space = Space(plan.searched)
        writer = csv.writer(file)
        for number in range(len(rows), count):
            raw = _setting(space, rows, number)
            rows.append(_trained(plan, raw, number, Path(folder)))
            writer.writerow(rows[-1])
            file.flush()
            print(name, number, *rows[-1][1:4], flush=True)


def searched_space(name: str) -> Space:
    """Returns the space of a table's settings."""
    recipe = importlib.import_module(f"recipes.{name}").recipe
    return Space(make_plan(recipe, None, {}).searched)


def _setting(space: Space, rows: list[list[str]], number: int) -> dict[str, object]:
    if number == 0:
        return space.defaults()
    random = np.random.default_rng((7, number))
    codes = space.draw(random.uniform(size=(1, len(space))))
    scored = sorted((r for r in rows if r[1]), key=lambda r: -float(r[1]))[:ELITE]
    if number % EVERY or len(scored) < ELITE or number < 60:
        return space.decode(codes[0])
    near = space.encode([json.loads(scored[random.integers(ELITE)][4])])
    taken = random.uniform(size=near.shape) < 0.3
    shaken = near + 0.15 * random.normal(size=near.shape)
    names = [d.categorical for d in space.dimensions]
    moved = np.where(np.isnan(near) | np.array(names), codes, shaken)
    return space.decode(space.snap(np.where(taken | np.isnan(near), moved, near))[0])


def _trained(plan: SearchPlan, raw: dict[str, object], number: int, folder: Path) -> list[str]:
    values = plan.values(decode(plan.searched, raw))
    start = time.monotonic()
    try:
        outcome = run_job(plan.job(values, number, folder / str(number)))
        score, parameters = f"{outcome.score:.5f}", str(outcome.parameters)
    except Exception as error:
        print(error)
        score, parameters = "", ""
    return [str(number), score, f"{time.monotonic() - start:.2f}", parameters, json.dumps(raw)]


def _few_images() -> dict[str, np.ndarray]:
    data: Data = load("mnist")
    arrays = {}
    for split, size in (("train", TRAIN), ("validation", HELD_OUT), ("test", 500)):
        part = getattr(data, split)
        few = part.take(np.random.default_rng(0).permutation(part.num_examples)[:size])
        arrays |= {f"x_{split}": few.x, f"y_{split}": few.y}
    return arrays


def _read(path: Path) -> list[list[str]]:
    if not path.is_file():
        return []
    with path.open(newline="") as file:
        return list(csv.reader(file))


if __name__ == "__main__":
    name, count = sys.argv[1], int(sys.argv[2])
    extend(name, count, Path(sys.argv[3]) if len(sys.argv) > 3 else Path(f"search_{name}.csv"))
