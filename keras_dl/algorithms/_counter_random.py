"""Random numbers by arithmetic on counters, the same on every backend and with or without XLA.

Under XLA on a CPU, drawing one number by `keras.random.uniform` takes 300 ns, ten times as long as
all that word2vec does with it; this takes one.
"""

from typing import Any

import keras
import numpy as np

__all__ = ["alias_table", "key_of", "uniform"]

ops: Any = keras.ops  # annotated to give None now and then


def _word(value: int) -> np.int32:
    """The 32 bits as a signed number; products of those wrap around on every backend."""
    return np.uint32(value).astype(np.int32)


def _shifted(x: Any, bits: int) -> Any:
    """Right shift that fills up with zeros, of signed numbers."""
    return ops.bitwise_and(ops.right_shift(x, bits), (1 << (32 - bits)) - 1)


def _mixed(x: Any) -> Any:
    """Wellons' hash of 32 bits: each bit of x changes each bit of the result half of the time."""
    x = ops.bitwise_xor(x, _shifted(x, 16)) * _word(0x7FEB352D)
    x = ops.bitwise_xor(x, _shifted(x, 15)) * _word(0x846CA68B)
    return ops.bitwise_xor(x, _shifted(x, 16))


def key_of(state: Any) -> Any:
    """A key for `uniform`, a scalar int32.

    Args:
        state: what a `keras.random.SeedGenerator` gives, (2,).
    """
    state = ops.cast(state, "int32")
    return _mixed(state[0] + _mixed(state[1]))


def uniform(count: Any, key: Any, stream: int) -> Any:
    """Numbers in [0, 1), multiples of 2⁻²⁴, (count,) float32.

    Args:
        count: how many.
        key: as `key_of` gives it.
        stream: number of the draw among those with the same key.
    """
    counters = ops.arange(count, dtype="int32")
    bits = _mixed(counters + _mixed(key + np.int32(stream)))
    return ops.cast(_shifted(bits, 8), "float32") * np.float32(2**-24)


def alias_table(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Walker's table: draws from any distribution cost one look-up, whatever their number.

    Args:
        weights: of each outcome, (n,), not negative, not all 0.

    Returns:
        (n,) float32 chances that slot i stands for itself, and (n,) int32 outcomes that it stands
        for otherwise; slots are equally likely.

    Reference:
        Vose, 1991, A linear algorithm for generating random numbers with a given distribution.
    """
    chance = weights * (len(weights) / weights.sum())
    other = np.arange(len(weights), dtype=np.int32)
    small, large = list(np.flatnonzero(chance < 1)), list(np.flatnonzero(chance >= 1))
    while small and large:
        slot, giver = small.pop(), large[-1]
        other[slot] = giver
        chance[giver] -= 1 - chance[slot]
        if chance[giver] < 1:
            small.append(large.pop())
    chance[small + large] = 1.0  # what rounding has left
    return chance.astype(np.float32), other
