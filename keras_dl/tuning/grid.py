"""The settings of a finite space by number."""

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

from keras_dl.tuning.dimensions import Dimension

__all__ = ["Grid"]


class Grid:
    """Counts and lists settings; a conditional dimension multiplies only where it is active.

    Args:
        dimensions: dimensions of the space, parents before their children.

    Attributes:
        size: number of settings; None if a dimension is continuous.
    """

    def __init__(self, dimensions: Sequence[Dimension]) -> None:
        self._dimensions = dimensions
        self._roots = [j for j, d in enumerate(dimensions) if d.parent is None]
        finite = all(d.values or d.integer for d in dimensions)
        self.size = self._size(self._roots) if finite else None

    def setting(self, number: int) -> dict[str, Any]:
        """Returns the raw values of a setting.

        Args:
            number: from 0 to `size`, exclusive; the last dimension varies fastest.
        """
        raw: dict[str, Any] = {}
        self._fill(raw, self._roots, number)
        return raw

    def _values(self, j: int) -> Iterable[Any]:
        dimension = self._dimensions[j]
        return dimension.values or range(int(dimension.low), int(dimension.high) + 1)

    def _children(self, j: int, value: Any) -> list[int]:
        """Returns the dimensions that a value of dimension `j` makes active."""
        return [i for i, d in enumerate(self._dimensions) if d.parent == j and value in d.under]

    def _size(self, group: Sequence[int]) -> int:
        return prod(sum(self._size(self._children(j, v)) for v in self._values(j)) for j in group)

    def _fill(self, raw: dict[str, Any], group: Sequence[int], number: int) -> None:
        for place, j in enumerate(group):
            index, number = divmod(number, self._size(group[place + 1 :]))
            for value in self._values(j):
                children = self._children(j, value)
                size = self._size(children)
                if index < size:
                    raw[self._dimensions[j].name] = value
                    self._fill(raw, children, index)
                    break
                index -= size
