"""Preparation of a batch of text for word2vec: subsampling and random context windows."""

from typing import Any, NamedTuple

import keras

from keras_dl.algorithms._counter_random import uniform

__all__ = ["Stream", "subsampled_stream"]

ops: Any = keras.ops  # its annotations include None


class Stream(NamedTuple):
    """The remaining words of a subsampled batch as one sequence, with their windows.

    Attributes:
        words: word numbers, (rows·length + 2·window + block,) int32, with `window` padding entries
            in front and the others at the end.
        left: number of neighbours to the left that a word is paired with, of the same size; 0 for
            padding.
        right: number of neighbours to the right.
        count: number of words without padding, a scalar.
    """

    words: Any
    left: Any
    right: Any
    count: Any


def subsampled_stream(
    x: keras.KerasTensor,
    probabilities: keras.KerasTensor,
    key: keras.KerasTensor,
    *,
    window: int,
    block: int,
) -> Stream:
    """Drops words at random and draws a window for each remaining one.

    Dropped words are removed before the windows are laid. The size of a window is uniform in
    1 … `window`, to both sides and within the row.

    Args:
        x: word numbers or -1, (rows, length).
        probabilities: probability that each word of the vocabulary remains, (words,).
        key: of the draws, a scalar int32.
        window: largest size of a window.
        block: words of a block, which sets the amount of padding.

    Returns:
        The remaining words.

    Reference:
        Mikolov et al., 2013, arXiv:1310.4546, section 2.3, with the formula of its code.
    """
    rows, length = ops.shape(x)[0], x.shape[1]
    total = rows * length
    flat = ops.reshape(x, (-1,))
    draw = uniform(total, key, 1)
    probability = ops.take(probabilities, ops.maximum(flat, 0), axis=0)
    remains = ops.logical_and(flat >= 0, draw < probability)
    order = ops.cumsum(ops.cast(remains, "int32"))
    count = order[-1]

    # Old position of each word by its new one; dropped words go to the last padding entry.
    size = total + 2 * window + block
    target = ops.where(remains, order - 1 + window, size - 1)
    origin = ops.scatter_update(
        ops.zeros((size,), dtype="int32"), target[:, None], ops.arange(total, dtype="int32")
    )
    index = ops.arange(size, dtype="int32") - window
    real = ops.logical_and(index >= 0, index < count)
    origin = ops.where(real, origin, 0)

    # Given draw < probability, draw / probability is uniform in [0, 1): no second draw is needed.
    share = ops.take(draw, origin, axis=0) / ops.take(probability, origin, axis=0)
    size = 1 + ops.minimum(ops.cast(share * window, "int32"), window - 1)
    borders = ops.concatenate(
        [ops.zeros((1,), dtype="int32"), ops.reshape(order, (-1, length))[:, -1]]
    )
    row = origin // length
    left = ops.minimum(size, index - ops.take(borders, row, axis=0))
    right = ops.minimum(size, ops.take(borders, row + 1, axis=0) - 1 - index)
    return Stream(
        ops.where(real, ops.take(flat, origin, axis=0), 0),
        ops.where(real, left, 0),
        ops.where(real, right, 0),
        count,
    )
