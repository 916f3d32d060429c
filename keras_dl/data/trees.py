"""Trees of arrays: nested dicts, lists and tuples with arrays as leaves; without Keras."""

from collections.abc import Callable
from typing import Any

__all__ = ["leaves", "map_leaves"]


def map_leaves(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """Applies a function to the leaves of one tree, or of several of the same structure.

    Args:
        function: takes one leaf of each tree.
        tree: arrays in dicts, lists and tuples, or a single array.
        *others: trees of the same structure.

    Returns:
        The results in the structure of `tree`.
    """
    if isinstance(tree, dict):
        return {k: map_leaves(function, tree[k], *(other[k] for other in others)) for k in tree}
    if isinstance(tree, list | tuple):
        parts = [map_leaves(function, *nodes) for nodes in zip(tree, *others, strict=True)]
        return type(tree)(parts)
    return function(tree, *others)


def leaves(tree: Any) -> list[Any]:
    """Returns the leaves of a tree in a fixed order: dicts by insertion, sequences by position."""
    if isinstance(tree, dict):
        return [leaf for node in tree.values() for leaf in leaves(node)]
    if isinstance(tree, list | tuple):
        return [leaf for node in tree for leaf in leaves(node)]
    return [] if tree is None else [tree]
