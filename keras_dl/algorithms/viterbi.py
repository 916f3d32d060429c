"""Hidden Markov models of words: the most probable states, and where words begin and end."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

__all__ = ["SILENCE", "Chain", "force_align", "transcripts", "viterbi", "word_loop"]

SILENCE = 0  # the state between words; those of word w are 1 + w·states + 0..states-1
NEVER = -1e9  # log-probability of what cannot happen; finite, so that no sum is NaN


class Chain(NamedTuple):
    """Probabilities of a Markov chain, as logarithms.

    Attributes:
        transitions: from state to state, (states, states).
        start: of the first state, (states,).
        end: of ending in a state, (states,); 0 where it is allowed.
    """

    transitions: np.ndarray
    start: np.ndarray
    end: np.ndarray


def viterbi(scores: np.ndarray, chain: Chain, lengths: Sequence[int] | np.ndarray) -> np.ndarray:
    """Finds the most probable states.

    Args:
        scores: log-likelihood of each frame in each state, up to a constant, (n, frames, states).
        chain: the states' transitions.
        lengths: frames before the padding, (n,).

    Returns:
        (n, frames) int64; -1 in the padding.

    Reference:
        Viterbi, 1967, Error bounds for convolutional codes and an asymptotically optimum decoding
        algorithm. Rabiner, 1989, A tutorial on hidden Markov models, eq. 32 to 35.
    """
    count, time, states = scores.shape
    lengths, stay = np.asarray(lengths), np.arange(states)
    best = chain.start + scores[:, 0]
    back = np.zeros((count, time, states), np.int32)
    for frame in range(1, time):
        total = best[:, :, None] + chain.transitions  # (n, from, to)
        live = (frame < lengths)[:, None]
        back[:, frame] = np.where(live, total.argmax(axis=1), stay)
        best = np.where(live, total.max(axis=1) + scores[:, frame], best)
    path = np.zeros((count, time), np.int64)
    path[:, -1] = (best + chain.end).argmax(axis=1)
    rows = np.arange(count)
    for frame in range(time - 1, 0, -1):
        path[:, frame - 1] = back[rows, frame, path[:, frame]]
    return np.where(np.arange(time) < lengths[:, None], path, -1)


def word_loop(alignment: np.ndarray, words: int, states: int) -> Chain:
    """Estimates a loop of words: each runs through its states, then silence or any word follows.

    Args:
        alignment: state of each frame, (n, frames); -1 in the padding.
        words: number of words, all equally probable.
        states: states of a word.
    """
    size = 1 + words * states
    counts = np.zeros((size, size))
    here, after = alignment[:, :-1], alignment[:, 1:]
    present = (here >= 0) & (after >= 0)
    np.add.at(counts, (here[present], after[present]), 1)
    first = 1 + states * np.arange(words)
    last = first + states - 1
    allowed = np.eye(size, dtype=bool)
    allowed[np.arange(1, size - 1), np.arange(2, size)] = True
    for enter in (np.array([SILENCE]), last):
        allowed[np.ix_(enter, first)] = True
        # Which word follows says nothing: the strings are drawn at random.
        counts[np.ix_(enter, first)] = counts[np.ix_(enter, first)].mean(axis=1, keepdims=True)
    allowed[last, SILENCE] = True
    counts = np.where(allowed, counts + 1, 0.0)
    with np.errstate(divide="ignore"):
        chances = np.log(counts / counts.sum(axis=1, keepdims=True))
    start, end = np.full(size, NEVER), np.full(size, NEVER)
    start[[SILENCE, *first]] = end[[SILENCE, *last]] = 0.0
    return Chain(np.maximum(chances, NEVER), start, end)


def force_align(scores: np.ndarray, words: Sequence[int], chain: Chain, states: int) -> np.ndarray:
    """Finds the most probable states of frames whose words are known.

    Args:
        scores: of one recording without padding, (frames, states of all words).
        words: word numbers from 0; silence may stand before, between and after them.
        chain: loop of words, see `word_loop`.
        states: states of a word.

    Returns:
        (frames,) int64.
    """
    line = [SILENCE]
    for word in words:
        line += [*range(1 + word * states, 1 + (word + 1) * states), SILENCE]
    places = np.array(line)
    size, step = len(places), states + 1
    allowed = np.eye(size, dtype=bool) | np.eye(size, k=1, dtype=bool)
    lasts = np.arange(states, size - 2, step)
    allowed[lasts, lasts + 2] = True  # from a word to the next one without a pause
    linear = np.where(allowed, chain.transitions[np.ix_(places, places)], NEVER)
    start, end = np.full(size, NEVER), np.full(size, NEVER)
    start[:2] = end[-2:] = 0.0
    path = viterbi(scores[None][:, :, places], Chain(linear, start, end), [len(scores)])[0]
    return places[path]


def transcripts(paths: np.ndarray, states: int) -> list[tuple[int, ...]]:
    """Returns the words of state sequences: one for each entry into a word's first state.

    Args:
        paths: (n, frames); -1 in the padding.
        states: states of a word.

    Returns:
        Labels, 1 + word number, of each recording.
    """
    labels = []
    for path in paths:
        entered = np.concatenate([[True], path[1:] != path[:-1]])
        firsts = path[entered & (path > SILENCE) & ((path - 1) % states == 0)]
        labels.append(tuple(int(label) for label in 1 + (firsts - 1) // states))
    return labels
