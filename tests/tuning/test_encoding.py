"""Codes of settings, and the settings of a grid."""

from typing import Annotated

import numpy as np
import pytest

from keras_dl import Choice, Range, Repeat
from keras_dl.space import When, hypers
from keras_dl.tuning.encoding import Space
from keras_dl.tuning.grid import Grid


def finite(
    *,
    kind: Annotated[str, Choice("a", "b")] = "b",
    size: Annotated[int, Range(2, 4), When("kind", "a")] = 3,
    share: Annotated[float, Range(0.0, 0.5, step=0.25)] = 0.25,
    units: Annotated[tuple[int, ...], Repeat(Choice(8, 16), 1, 2)] = (8,),
) -> None: ...


def wide(
    *,
    level: Annotated[int, Choice(10, 20, 40)] = 10,
    rate: Annotated[float, Range(1e-4, 1.0, log=True)] = 0.01,
    count: Annotated[int, Range(1, 100_000, log=True)] = 10,
    shape: Annotated[tuple[int, ...], Choice((3, 3), (5, 5))] = (5, 5),
) -> None: ...


def test_grid_lists_every_setting_once_in_order():
    space = Space(hypers(finite))
    grid = Grid(space.dimensions)
    assert grid.size == (3 + 1) * 3 * (2 + 4)
    settings = [grid.setting(i) for i in range(grid.size)]
    assert len({str(s) for s in settings}) == grid.size
    assert settings[0] == {"kind": "a", "size": 2, "share": 0.0, "units.length": 1, "units.0": 8}
    assert settings[1]["units.0"] == 16
    assert settings[-1] == {
        "kind": "b", "share": 0.5, "units.length": 2, "units.0": 16, "units.1": 16,
    }  # fmt: skip
    assert Grid(Space(hypers(wide)).dimensions).size is None


def test_codes_are_positions_on_the_scale_and_come_back():
    space = Space(hypers(wide))
    raw = {"level": 20, "rate": 0.01, "count": 316, "shape": "5,5"}
    codes = space.encode([raw])
    np.testing.assert_allclose(codes[0], [0.5, 0.5, 0.5, 1.0], atol=1e-3)
    assert space.decode(codes[0]) == raw
    assert list(space.columns) == [0, 1, 2, 3, 3]


def test_two_categories_have_distance_1_and_what_is_inactive_none():
    space = Space(hypers(finite))
    settings = [space.defaults(), {**space.defaults(), "kind": "a", "size": 3}]
    codes = space.encode(settings)
    assert np.isnan(codes[0, 1])
    assert codes[1, 1] == 0.5
    points = space.features(codes)
    assert ((points[0] - points[1]) ** 2).sum() == pytest.approx(1.0)


def test_drawn_settings_cover_all_values_equally():
    space = Space(hypers(finite))
    uniform = np.random.default_rng(0).uniform(size=(6000, len(space)))
    settings = [space.decode(row) for row in space.draw(uniform)]
    for name, values in {"share": (0.0, 0.25, 0.5), "units.length": (1, 2)}.items():
        shares = [np.mean([s[name] == v for s in settings]) for v in values]
        np.testing.assert_allclose(shares, 1 / len(values), atol=0.03)
    assert all(("size" in s) == (s["kind"] == "a") for s in settings)


def test_snapped_codes_are_codes_of_values():
    space = Space(hypers(wide))
    uniform = np.random.default_rng(0).uniform(-0.2, 1.2, size=(50, len(space)))
    snapped = space.snap(uniform)
    again = space.encode([space.decode(row) for row in snapped])
    np.testing.assert_allclose(again, snapped, atol=1e-9)
