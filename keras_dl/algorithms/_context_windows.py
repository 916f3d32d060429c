"""A batch of text made ready for word2vec: frequent words thinned out, windows drawn."""

from typing import Any, NamedTuple

import keras

from keras_dl.algorithms._counter_random import uniform

__all__ = ["Stream", "stream"]

ops: Any = keras.ops  # annotated to give None now and then


class Stream(NamedTuple):
    """The words that are left of a batch, one after the other, with their windows.

    Attributes:
        words: numbers, (rows·length + 2·window + block,) int32; `window` fillers in front, more
            behind.
        left: neighbours to the left that a word is paired with, of the same size, 0 for fillers.
        right: those to the right.
        count: words without the fillers, a scalar.
    """

    words: Any
    left: Any
    right: Any
    count: Any


def stream(x: Any, keep: Any, key: Any, *, window: int, block: int) -> Stream:
    """Drops words by chance and draws a window for each that is left.

    The word stays with its chance in `keep`, and those left close the ranks before windows are
    laid. A window reaches 1 … `window` words to both sides, each as likely, within the row.

    Args:
        x: numbers of words or -1, (rows, length).
        keep: chance of each word of the vocabulary to stay, (words,).
        key: of the draws.
        window: widest reach.
        block: words taken at a time, which sets the number of fillers.

    Reference:
        Mikolov et al., 2013, arXiv:1310.4546, section 2.3, with the formula of its code.
    """
    rows, length = ops.shape(x)[0], x.shape[1]
    total = rows * length
    flat = ops.reshape(x, (-1,))
    draw, chance = uniform(total, key, 1), ops.take(keep, ops.maximum(flat, 0), axis=0)
    stays = ops.logical_and(flat >= 0, draw < chance)
    order = ops.cumsum(ops.cast(stays, "int32"))
    count = order[-1]

    # Where each word came from, by its new place; what is dropped goes to the last filler.
    size = total + 2 * window + block
    place = ops.where(stays, order - 1 + window, size - 1)
    origin = ops.scatter_update(
        ops.zeros((size,), dtype="int32"), place[:, None], ops.arange(total, dtype="int32")
    )
    index = ops.arange(size, dtype="int32") - window
    real = ops.logical_and(index >= 0, index < count)
    origin = ops.where(real, origin, 0)

    # Of a draw below the chance, what share of it is as random as another draw.
    share = ops.take(draw, origin, axis=0) / ops.take(chance, origin, axis=0)
    reach = 1 + ops.minimum(ops.cast(share * window, "int32"), window - 1)
    borders = ops.concatenate(
        [ops.zeros((1,), dtype="int32"), ops.reshape(order, (-1, length))[:, -1]]
    )
    row = origin // length
    left = ops.minimum(reach, index - ops.take(borders, row, axis=0))
    right = ops.minimum(reach, ops.take(borders, row + 1, axis=0) - 1 - index)
    return Stream(
        ops.where(real, ops.take(flat, origin, axis=0), 0),
        ops.where(real, left, 0),
        ops.where(real, right, 0),
        count,
    )
