"""Counter-based random numbers, the same on every backend and with or without XLA.

Under XLA on a CPU, `keras.random.uniform` takes 300 ns for a number, ten times as long as the rest
of word2vec's work on it; this generator takes 1 ns.
"""

from typing import Any

import keras
import numpy as np

__all__ = ["alias_table", "make_key", "uniform"]

ops: Any = keras.ops  # its annotations include None


def _word(value: int) -> np.int32:
    """The 32 bits as a signed number, whose products wrap around on every backend."""
    return np.uint32(value).astype(np.int32)


def _shifted(x: keras.KerasTensor, bits: int) -> Any:
    """Logical right shift of signed numbers."""
    return ops.bitwise_and(ops.right_shift(x, bits), (1 << (32 - bits)) - 1)


def _mixed(x: Any) -> Any:
    """Wellons' hash of 32 bits: each bit of x changes each bit of the result half of the time."""
    x = ops.bitwise_xor(x, _shifted(x, 16)) * _word(0x7FEB352D)
    x = ops.bitwise_xor(x, _shifted(x, 15)) * _word(0x846CA68B)
    return ops.bitwise_xor(x, _shifted(x, 16))


def make_key(state: keras.KerasTensor) -> Any:
    """Computes a key for `uniform`, a scalar int32.

    Args:
        state: result of `keras.random.SeedGenerator.next`, (2,).
    """
    state = ops.cast(state, "int32")
    return _mixed(state[0] + _mixed(state[1]))


def uniform(count: Any, key: keras.KerasTensor, stream: int) -> Any:
    """Draws uniform numbers in [0, 1), multiples of 2⁻²⁴.

    Args:
        count: number of draws, an int or a scalar tensor.
        key: result of `make_key`.
        stream: number of the draw among those with the same key.

    Returns:
        (count,) float32.
    """
    counters = ops.arange(count, dtype="int32")
    bits = _mixed(counters + _mixed(key + np.int32(stream)))
    return ops.cast(_shifted(bits, 8), "float32") * np.float32(2**-24)


def alias_table(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Computes Walker's alias table, by which a draw from n outcomes takes constant time.

    A draw takes a slot i, uniformly, and returns i with the slot's probability, else its alias.

    Args:
        weights: unnormalised probabilities (n,), not negative, not all 0.

    Returns:
        Probabilities (n,) float32 and aliases (n,) int32.

    Reference:
        Vose, 1991, A linear algorithm for generating random numbers with a given distribution.
    """
    probability = weights * (len(weights) / weights.sum())
    alias = np.arange(len(weights), dtype=np.int32)
    small, large = list(np.flatnonzero(probability < 1)), list(np.flatnonzero(probability >= 1))
    while small and large:
        slot, donor = small.pop(), large[-1]
        alias[slot] = donor
        probability[donor] -= 1 - probability[slot]
        if probability[donor] < 1:
            small.append(large.pop())
    probability[small + large] = 1.0  # slots that remain because of rounding
    return probability.astype(np.float32), alias
