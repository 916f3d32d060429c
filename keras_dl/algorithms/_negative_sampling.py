"""The gradients of word2vec on a block of text, written out as products of matrices."""

from typing import Any, NamedTuple

import keras
import numpy as np

from keras_dl.algorithms._context_windows import Stream

__all__ = ["GROUP", "Block", "Change", "block_of", "cbow", "moved", "pulled", "skip_gram"]

ops: Any = keras.ops  # annotated to give None now and then

GROUP = 32  # neighbouring words that share their noise words and one product
TINY = 1e-9  # keeps the reported logarithm finite
# Where a list repeats one word hundreds of times, or a vocabulary is small, the sum of so many
# steps from one point overshoots, and training diverges. On Wikipedia 8 and 32 gave equal scores at
# rate 0.035; 8 bears 0.05, and 4 slows learning down.
MOST = 8


class Block(NamedTuple):
    """A stretch of text in groups of 32 words, g groups.

    Attributes:
        words: numbers, (g, 32).
        around: the same with `window` more words on each side, (g, 32 + 2·window).
        near: which of `around` each word is paired with, (g, 32, 32 + 2·window) bool.
        neighbours: their number, (g, 32, 1) float32.
        noise: noise words of each group, (g, 32).
        damping: of the steps of each of `around`, (g, 32 + 2·window, 1): 1, or less for a word that
            comes more than 8 times in the stretch, as noise k times as much.
        noise_damping: the same for each of `noise`, (g, 32, 1).
    """

    words: Any
    around: Any
    near: Any
    neighbours: Any
    noise: Any
    damping: Any
    noise_damping: Any


class Change(NamedTuple):
    """Steps to take in a table: numbers of rows (n, 1) and their minus gradients (n, dim)."""

    rows: Any
    steps: Any


def block_of(
    text: Stream, noise: Any, start: Any, *, size: int, window: int, negative: int, tally: Any
) -> tuple[Block, Any]:
    """Cuts `size` words from the stream.

    Args:
        text: the stream.
        noise: noise words of the stretch, (g, 32).
        start: words in front of the stretch, not counting fillers.
        size: words in the stretch.
        window: widest reach of a window.
        negative: number k of noise words for each pair.
        tally: zeros to count in, (vocabulary,) float32.

    Returns:
        The block, and the tally as it was.
    """
    groups, wide = size // GROUP, GROUP + 2 * window
    words = ops.slice(text.words, (start,), (size + 2 * window,))
    left, right = (
        ops.reshape(ops.slice(side, (start + window,), (size,)), (groups, GROUP, 1))
        for side in (text.left, text.right)
    )
    places = np.arange(groups)[:, None] * GROUP + np.arange(wide)
    offset = np.arange(wide) - window - np.arange(GROUP)[:, None]
    offset = ops.convert_to_tensor(offset.astype(np.int32))
    within = ops.logical_and(offset >= -left, offset <= right)
    rows = ops.concatenate([words, ops.reshape(noise, (-1,))])
    times = np.repeat(np.array([1, negative], np.float32), [size + 2 * window, size])
    tally = ops.scatter_update(tally, rows[:, None], ops.convert_to_tensor(times), reduction="add")
    damping = MOST / ops.maximum(ops.take(tally, rows, axis=0), MOST)
    tally = ops.scatter_update(tally, rows[:, None], ops.zeros((2 * size + 2 * window,)))
    places = places.astype(np.int32)
    block = Block(
        ops.reshape(words[window : window + size], (groups, GROUP)),
        ops.take(words, places, axis=0),
        ops.logical_and(within, offset != 0),
        ops.cast(left + right, "float32"),
        noise,
        ops.take(damping, places, axis=0)[..., None],
        ops.reshape(damping[size + 2 * window :], (groups, GROUP, 1)),
    )
    return block, tally


def skip_gram(
    words: Any, contexts: Any, block: Block, weight: float
) -> tuple[Change, Change, Any, Any]:
    """Each word foretells its neighbours.

    Args:
        words: table of the words' vectors, (vocabulary, dim).
        contexts: table of the neighbours' vectors.
        block: text.
        weight: of a noise word in each pair, k/32.

    Returns:
        Changes of both tables, the sum of losses in parts, (64 + 2·window,), the number of pairs.
    """
    u = ops.take(words, block.words, axis=0)  # (g, 32, dim)
    v = ops.take(contexts, block.around, axis=0)  # (g, 32 + 2·window, dim)
    n = ops.take(contexts, block.noise, axis=0)  # (g, 32, dim)
    weights = weight * block.neighbours
    right = ops.sigmoid(ops.matmul(u, _turned(v)))
    kept_off = ops.sigmoid(-ops.matmul(u, _turned(n)))
    drawn = ops.where(block.near, 1.0 - right, 0.0)
    pushed = -weights * (1.0 - kept_off)
    step = ops.matmul(drawn, v) + ops.matmul(pushed, n)
    outer = [ops.matmul(_turned(drawn), u), ops.matmul(_turned(pushed), u)]
    losses = [
        ops.where(block.near, -ops.log(right + TINY), 0.0),
        -weights * ops.log(kept_off + TINY),
    ]
    return (
        _change([block.words], [_inner(block.damping) * step]),
        _change(
            [block.around, block.noise], [block.damping * outer[0], block.noise_damping * outer[1]]
        ),
        _added(losses),
        ops.sum(block.neighbours),
    )


def cbow(words: Any, contexts: Any, block: Block, weight: float) -> tuple[Change, Change, Any, Any]:
    """The mean of its neighbours foretells each word; arguments and results as of `skip_gram`.

    A word with neighbours counts as one pair; the losses have (64,) parts.
    """
    real = ops.cast(block.neighbours > 0, "float32")  # (g, 32, 1)
    shares = ops.cast(block.near, "float32") / ops.maximum(block.neighbours, 1.0)
    v = ops.take(words, block.around, axis=0)
    u = ops.matmul(shares, v)  # (g, 32, dim)
    target = ops.take(contexts, block.words, axis=0)
    n = ops.take(contexts, block.noise, axis=0)
    right = ops.sigmoid(ops.sum(u * target, axis=-1, keepdims=True))  # (g, 32, 1)
    kept_off = ops.sigmoid(-ops.matmul(u, _turned(n)))
    drawn, pushed = real * (1.0 - right), -weight * real * (1.0 - kept_off)
    step = drawn * target + ops.matmul(pushed, n)
    losses = [-real * ops.log(right + TINY), -weight * real * ops.log(kept_off + TINY)]
    return (
        _change([block.around], [block.damping * ops.matmul(_turned(shares), step)]),
        _change(
            [block.words, block.noise],
            [
                _inner(block.damping) * drawn * u,
                block.noise_damping * ops.matmul(_turned(pushed), u),
            ],
        ),
        _added([ops.swapaxes(losses[0], 1, 2), losses[1]]),
        ops.sum(real),
    )


def moved(table: Any, change: Change, rate: Any) -> Any:
    """The table after one step of SGD."""
    return ops.scatter_update(table, change.rows, rate * change.steps, reduction="add")


@ops.custom_gradient
def pulled(variable: Any, change: Any) -> Any:
    """0 in value, `change` in gradient; summing up change·variable would take as long again."""

    def gradient(*arguments: Any, upstream: Any = None) -> tuple[Any, Any]:
        upstream = arguments[0] if upstream is None else upstream
        return upstream * change, ops.zeros_like(change)

    return ops.zeros(()), gradient


def _inner(around: Any) -> Any:
    """The part for the words themselves."""
    window = (around.shape[1] - GROUP) // 2
    return around[:, window : window + GROUP]


def _turned(x: Any) -> Any:
    return ops.swapaxes(x, 1, 2)


def _change(rows: list[Any], steps: list[Any]) -> Change:
    dim = steps[0].shape[-1]
    return Change(
        ops.concatenate([ops.reshape(r, (-1, 1)) for r in rows]),
        ops.concatenate([ops.reshape(s, (-1, dim)) for s in steps]),
    )


def _added(losses: list[Any]) -> Any:
    """Sums over words alone: a sum to one number cannot use the processor's vectors."""
    return ops.concatenate([ops.sum(part, axis=(0, 1)) for part in losses])
