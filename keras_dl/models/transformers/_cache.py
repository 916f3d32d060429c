"""Keys and values that a decoder keeps of the tokens before the present one."""

from typing import Any

from keras import ops

__all__ = ["past", "write"]


def write(cache: Any, part: Any, position: Any) -> Any:
    """Returns a cache with the part of one token in its place.

    Args:
        cache: keys or values (batch, heads, length, size).
        part: those of the token, (batch, heads, 1, size).
        position: of the token, 0..length-1.
    """
    here: Any = ops.arange(cache.shape[2], dtype="int32") == position
    return ops.where(here[None, None, :, None], part, cache)


def past(length: int, position: Any) -> Any:
    """Returns what a token sees of a cache: itself and what stands before it.

    Args:
        length: of the cache.
        position: of the token.

    Returns:
        bool (1, 1, 1, length).
    """
    seen: Any = ops.arange(length, dtype="int32") <= position
    return seen[None, None, None, :]
