"""Settings of a search space as rows of codes, for models that suggest the next one.

An inactive dimension, or one without a value, has the code NaN.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import qmc

from keras_dl.space import Hyper
from keras_dl.tuning.dimensions import Dimension, dimensions

__all__ = ["Space"]

IDLE = 0.5  # feature of an inactive number: all settings where it is inactive are equal in it


class Space:
    """The space of the hyperparameters of a search.

    Args:
        searched: hyperparameters by name, parents before their children.

    Attributes:
        dimensions: its dimensions.
        columns: index of the dimension that each feature belongs to.
    """

    def __init__(self, searched: Mapping[str, Hyper]) -> None:
        self.dimensions: tuple[Dimension, ...] = dimensions(searched)
        widths = [len(d.values) if d.categorical else 1 for d in self.dimensions]
        self.columns = np.repeat(np.arange(len(widths)), widths)

    def __len__(self) -> int:
        return len(self.dimensions)

    def defaults(self) -> dict[str, Any]:
        """Returns the raw values of the recipe's defaults, without those that are None."""
        codes = [np.nan if d.default is None else d.encode(d.default) for d in self.dimensions]
        active = self._with_gaps(np.array([codes]))[0]
        return {
            d.name: d.default
            for d, code in zip(self.dimensions, active, strict=True)
            if not np.isnan(code)
        }

    def encode(self, settings: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Returns the codes of raw values, (settings, dimensions)."""
        codes = np.full((len(settings), len(self)), np.nan)
        for row, raw in zip(codes, settings, strict=True):
            for j, dimension in enumerate(self.dimensions):
                if raw.get(dimension.name) is not None:
                    row[j] = dimension.encode(raw[dimension.name])
        return codes

    def decode(self, codes: np.ndarray) -> dict[str, Any]:
        """Returns the raw values of one row of codes."""
        pairs = zip(self.dimensions, codes, strict=True)
        return {d.name: d.decode(code) for d, code in pairs if not np.isnan(code)}

    def draw(self, uniform: np.ndarray, *, gaps: bool = True) -> np.ndarray:
        """Returns settings at uniform numbers in 0 … 1.

        Args:
            uniform: numbers, (settings, dimensions).
            gaps: False for a value in each dimension, active or not.
        """
        columns = [d.quantiles(u) for d, u in zip(self.dimensions, uniform.T, strict=True)]
        codes = np.stack(columns, axis=1)
        return self._with_gaps(codes) if gaps else codes

    def sobol(self, seed: int, number: int) -> np.ndarray:
        """Returns the setting at one point of a scrambled Sobol sequence."""
        power = max(4, int(number).bit_length())
        points = qmc.Sobol(len(self), scramble=True, rng=seed).random_base2(power)
        return self.draw(points[[number]])

    def snap(self, codes: np.ndarray) -> np.ndarray:
        """Returns the settings closest to codes; a code that is NaN stays NaN."""
        columns = [d.snap(c) for d, c in zip(self.dimensions, codes.T, strict=True)]
        snapped = np.where(np.isnan(codes), np.nan, np.stack(columns, axis=1))
        return self._with_gaps(snapped)

    def features(self, codes: np.ndarray) -> np.ndarray:
        """Returns codes as points whose squared distance between two categories is 1."""
        parts = []
        for dimension, column in zip(self.dimensions, codes.T, strict=True):
            if dimension.categorical:
                hot = column[:, None] == np.arange(len(dimension.values))
                parts.append(hot / np.sqrt(2.0))
            else:
                parts.append(np.nan_to_num(column, nan=IDLE)[:, None])
        return np.concatenate(parts, axis=1)

    def _with_gaps(self, codes: np.ndarray) -> np.ndarray:
        """Sets what is inactive to NaN."""
        for j, dimension in enumerate(self.dimensions):
            if dimension.parent is not None:
                parent = self.dimensions[dimension.parent]
                column = codes[:, dimension.parent]
                allowed = [parent.encode(v) for v in dimension.under if v in parent.values]
                active = np.isclose(column[:, None], allowed, rtol=0, atol=1e-9).any(axis=1)
                codes[~active, j] = np.nan
        return codes
