"""The gradients of word2vec on a block of text, computed by matrix products."""

from typing import Any, NamedTuple

import keras
import numpy as np

from keras_dl.algorithms._context_windows import Stream

__all__ = [
    "GROUP",
    "Block",
    "TableUpdate",
    "apply_update",
    "cbow",
    "make_block",
    "skip_gram",
    "with_gradient",
]

ops: Any = keras.ops  # its annotations include None

GROUP = 32  # neighbouring words that share their noise words and one matrix product
TINY = 1e-9  # keeps the reported logarithm finite
# Where a word occurs hundreds of times in a block, or the vocabulary is small, the sum of so many
# steps from one point overshoots, and training diverges. On Wikipedia 8 and 32 gave equal scores at
# rate 0.035; 8 is stable at 0.05, and 4 slows learning down.
MAX_REPEATS = 8


class Block(NamedTuple):
    """A block of text in groups of 32 words, g groups.

    Attributes:
        words: word numbers, (g, 32).
        context: the words with `window` more on each side, (g, 32 + 2·window).
        is_pair: whether a word is paired with a word of `context`, (g, 32, 32 + 2·window) bool.
        neighbours: number of pairs of each word, (g, 32, 1) float32.
        noise: noise words of each group, (g, 32).
        damping: factors on the steps of `context`, (g, 32 + 2·window, 1): 1, or less for a word
            that occurs more than 8 times in the block; an occurrence as noise counts k times.
        noise_damping: factors on the steps of `noise`, (g, 32, 1).
    """

    words: Any
    context: Any
    is_pair: Any
    neighbours: Any
    noise: Any
    damping: Any
    noise_damping: Any


class TableUpdate(NamedTuple):
    """A sparse update of a table: row numbers (n, 1) and negative gradients (n, dim)."""

    rows: Any
    steps: Any


def make_block(
    text: Stream,
    noise: keras.KerasTensor,
    start: Any,
    *,
    size: int,
    window: int,
    negative: int,
    counts: keras.KerasTensor,
) -> tuple[Block, Any]:
    """Takes the block of `size` words that begins at word `start` of the stream.

    Args:
        text: the stream.
        noise: noise words of the block, (g, 32).
        start: index of the first word, not counting padding; a scalar int32.
        size: words in the block.
        window: largest size of a window.
        negative: number k of noise words for each pair.
        counts: buffer of zeros, (vocabulary,) float32.

    Returns:
        The block, and the buffer, again zeros.
    """
    groups, width = size // GROUP, GROUP + 2 * window
    words = ops.slice(text.words, (start,), (size + 2 * window,))
    left, right = (
        ops.reshape(ops.slice(side, (start + window,), (size,)), (groups, GROUP, 1))
        for side in (text.left, text.right)
    )
    positions = np.arange(groups)[:, None] * GROUP + np.arange(width)
    offset = np.arange(width) - window - np.arange(GROUP)[:, None]
    offset = ops.convert_to_tensor(offset.astype(np.int32))
    in_window = ops.logical_and(offset >= -left, offset <= right)
    rows = ops.concatenate([words, ops.reshape(noise, (-1,))])
    weights = np.repeat(np.array([1, negative], np.float32), [size + 2 * window, size])
    counts = ops.scatter_update(
        counts, rows[:, None], ops.convert_to_tensor(weights), reduction="add"
    )
    repeats = ops.maximum(ops.take(counts, rows, axis=0), MAX_REPEATS)
    damping = MAX_REPEATS / repeats
    counts = ops.scatter_update(counts, rows[:, None], ops.zeros((2 * size + 2 * window,)))
    positions = positions.astype(np.int32)
    block = Block(
        ops.reshape(words[window : window + size], (groups, GROUP)),
        ops.take(words, positions, axis=0),
        ops.logical_and(in_window, offset != 0),
        ops.cast(left + right, "float32"),
        noise,
        ops.take(damping, positions, axis=0)[..., None],
        ops.reshape(damping[size + 2 * window :], (groups, GROUP, 1)),
    )
    return block, counts


def skip_gram(
    words: keras.KerasTensor, contexts: keras.KerasTensor, block: Block, weight: float
) -> tuple[TableUpdate, TableUpdate, Any, Any]:
    """Computes the loss and its gradients where each word predicts its neighbours.

    Args:
        words: table of the words' vectors, (vocabulary, dim).
        contexts: table of the neighbours' vectors, (vocabulary, dim).
        block: text.
        weight: weight of a noise word in each pair, k/32.

    Returns:
        Updates of both tables, partial sums of the loss (64 + 2·window,), the number of pairs.
    """
    u = ops.take(words, block.words, axis=0)  # (g, 32, dim)
    v = ops.take(contexts, block.context, axis=0)  # (g, 32 + 2·window, dim)
    n = ops.take(contexts, block.noise, axis=0)  # (g, 32, dim)
    weights = weight * block.neighbours
    positive = ops.sigmoid(ops.matmul(u, _transposed(v)))
    negative = ops.sigmoid(-ops.matmul(u, _transposed(n)))
    pull = ops.where(block.is_pair, 1.0 - positive, 0.0)
    push = -weights * (1.0 - negative)
    step = ops.matmul(pull, v) + ops.matmul(push, n)
    outer = [ops.matmul(_transposed(pull), u), ops.matmul(_transposed(push), u)]
    losses = [
        ops.where(block.is_pair, -ops.log(positive + TINY), 0.0),
        -weights * ops.log(negative + TINY),
    ]
    return (
        _update([block.words], [_inner(block.damping) * step]),
        _update(
            [block.context, block.noise], [block.damping * outer[0], block.noise_damping * outer[1]]
        ),
        _partial_sums(losses),
        ops.sum(block.neighbours),
    )


def cbow(
    words: keras.KerasTensor, contexts: keras.KerasTensor, block: Block, weight: float
) -> tuple[TableUpdate, TableUpdate, Any, Any]:
    """Computes the loss and its gradients where the mean of its neighbours predicts each word.

    A word with neighbours counts as one pair.

    Args:
        words: table of the neighbours' vectors, (vocabulary, dim).
        contexts: table of the predicted words' vectors, (vocabulary, dim).
        block: text.
        weight: weight of a noise word in each pair, k/32.

    Returns:
        Updates of both tables, partial sums of the loss (64,), the number of pairs.
    """
    has_pair = ops.cast(block.neighbours > 0, "float32")  # (g, 32, 1)
    shares = ops.cast(block.is_pair, "float32") / ops.maximum(block.neighbours, 1.0)
    v = ops.take(words, block.context, axis=0)
    u = ops.matmul(shares, v)  # (g, 32, dim)
    target = ops.take(contexts, block.words, axis=0)
    n = ops.take(contexts, block.noise, axis=0)
    positive = ops.sigmoid(ops.sum(u * target, axis=-1, keepdims=True))  # (g, 32, 1)
    negative = ops.sigmoid(-ops.matmul(u, _transposed(n)))
    pull, push = has_pair * (1.0 - positive), -weight * has_pair * (1.0 - negative)
    step = pull * target + ops.matmul(push, n)
    losses = [
        -has_pair * ops.log(positive + TINY),
        -weight * has_pair * ops.log(negative + TINY),
    ]
    return (
        _update([block.context], [block.damping * ops.matmul(_transposed(shares), step)]),
        _update(
            [block.words, block.noise],
            [
                _inner(block.damping) * pull * u,
                block.noise_damping * ops.matmul(_transposed(push), u),
            ],
        ),
        _partial_sums([ops.swapaxes(losses[0], 1, 2), losses[1]]),
        ops.sum(has_pair),
    )


def apply_update(table: keras.KerasTensor, update: TableUpdate, rate: keras.KerasTensor) -> Any:
    """Computes a table after one step of SGD.

    Args:
        table: (vocabulary, dim).
        update: rows and their negative gradients.
        rate: learning rate, a scalar.

    Returns:
        (vocabulary, dim).
    """
    return ops.scatter_update(table, update.rows, rate * update.steps, reduction="add")


@ops.custom_gradient
def with_gradient(variable: keras.KerasTensor, gradient: keras.KerasTensor) -> Any:
    """Returns 0 with the gradient `gradient` by `variable`, without the cost of their product."""

    def backward(*arguments: Any, upstream: Any = None) -> tuple[Any, Any]:
        upstream = arguments[0] if upstream is None else upstream
        return upstream * gradient, ops.zeros_like(gradient)

    return ops.zeros(()), backward


def _inner(context: keras.KerasTensor) -> Any:
    """The part of (g, 32 + 2·window, …) that belongs to the words themselves."""
    window = (context.shape[1] - GROUP) // 2
    return context[:, window : window + GROUP]


def _transposed(x: keras.KerasTensor) -> Any:
    return ops.swapaxes(x, 1, 2)


def _update(rows: list[Any], steps: list[Any]) -> TableUpdate:
    dim = steps[0].shape[-1]
    return TableUpdate(
        ops.concatenate([ops.reshape(r, (-1, 1)) for r in rows]),
        ops.concatenate([ops.reshape(s, (-1, dim)) for s in steps]),
    )


def _partial_sums(losses: list[Any]) -> Any:
    """Sums over groups and words only: a sum to a scalar is not vectorised on a CPU."""
    return ops.concatenate([ops.sum(part, axis=(0, 1)) for part in losses])
