"""Sampling from autoregressive language models, one token at a time."""

import math
from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import keras
import numpy as np

from keras_dl.algorithms.cached_reading import CachedReader, has_cache

__all__ = ["Readable", "Reader", "generate", "sample_token"]

# Reads further tokens and returns the logits (vocabulary,) of the one that follows them.
Reader = Callable[[Sequence[int]], np.ndarray]


@runtime_checkable
class Readable(Protocol):
    """A model that keeps what it has read, such as a recurrent one."""

    def reader(self) -> Reader:
        """Returns a reader at the beginning of a text."""
        ...


def generate(
    model: keras.Model,
    prompt: Sequence[int],
    length: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int = 0,
) -> list[int]:
    """Continues a sequence of tokens.

    Each token is drawn from the model's distribution over the next one, given as many of the last
    tokens as the model's context holds.

    Args:
        model: has a `reader`, or maps ids (batch, context) to logits (batch, context, vocabulary)
            and is causal, so that what stands behind a position does not change its logits. Of
            `keras_dl.models.gpt` keys and values are kept, see `CachedReader`.
        prompt: token ids, at least one.
        length: number of tokens to add.
        temperature: divides the logits; 1 keeps the model's distribution, 0 takes the most
            probable token.
        top_k: number of most probable tokens to draw from; None draws from all.
        top_p: draws from the fewest most probable tokens that have this probability together, in
            (0, 1]; None draws from all.
        seed: of the draws; the same seed gives the same text.

    Returns:
        The ids of the new tokens, without the prompt.

    Raises:
        ValueError: if the prompt is empty, `length` or `temperature` negative, `top_k` below 1, or
            `top_p` outside (0, 1].
    """
    ids = [int(token) for token in prompt]
    if not ids:
        raise ValueError("`prompt` must hold at least one token. Received: an empty sequence")
    if length < 0:
        raise ValueError(
            f"`length` must be 0 or more; it is the number of new tokens. Received: length={length}"
        )
    read = _reader(model)
    rng, tokens, further = np.random.default_rng(seed), [], ids
    for _ in range(length):
        logits = read(further)
        options = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
        tokens.append(sample_token(logits, rng, **options))
        further = tokens[-1:]
    return tokens


def _reader(model: keras.Model) -> Reader:
    if isinstance(model, Readable):
        return model.reader()
    return CachedReader(model) if has_cache(model) else _WindowReader(model)


class _WindowReader:
    """Reads with a model of fixed context: the last tokens, in one shape that is compiled once."""

    def __init__(self, model: keras.Model) -> None:
        self._model, self._context = model, model.input_shape[1]
        self._ids: list[int] = []

    def __call__(self, tokens: Sequence[int]) -> np.ndarray:
        self._ids = [*self._ids, *tokens][-self._context :]
        padded = np.zeros((1, self._context), "int32")  # causality makes the padding harmless
        padded[0, : len(self._ids)] = self._ids
        return np.asarray(self._model.predict_on_batch(padded))[0, len(self._ids) - 1]


def sample_token(
    logits: np.ndarray,
    rng: np.random.Generator,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> int:
    """Draws one token id from logits.

    `top_k` is applied first, and `top_p` to the probabilities of what it leaves.

    Args:
        logits: (vocabulary,).
        rng: source of randomness.
        temperature: divides the logits, 0 or more; 0 takes the largest.
        top_k: number of largest logits to draw from; None draws from all.
        top_p: draws from the fewest most probable tokens that have this probability together, in
            (0, 1]; None draws from all.

    Raises:
        ValueError: if `temperature` is negative or not finite, `top_k` below 1, or `top_p` outside
            (0, 1].

    Reference:
        Holtzman et al., 2019, The Curious Case of Neural Text Degeneration, arXiv:1904.09751,
        section 3.1, for `top_p`.
    """
    _check(temperature, top_k, top_p)
    if temperature == 0:
        return int(np.argmax(logits))
    scaled = np.asarray(logits, "float64") / temperature
    if top_k is not None and top_k < scaled.size:
        scaled[scaled < np.partition(scaled, -top_k)[-top_k]] = -math.inf
    weights = np.exp(scaled - scaled.max())
    weights /= weights.sum()
    if top_p is not None and top_p < 1:
        order = np.argsort(-weights, kind="stable")
        before = np.cumsum(weights[order]) - weights[order]  # probability of more probable tokens
        weights[order[before >= top_p]] = 0
        weights /= weights.sum()
    return int(rng.choice(scaled.size, p=weights))


def _check(temperature: float, top_k: int | None, top_p: float | None) -> None:
    if not 0 <= temperature < math.inf:
        raise ValueError(
            "`temperature` must be finite and 0 or more; it divides the logits, and 0 takes the "
            f"most probable token. Received: temperature={temperature}"
        )
    if top_k is not None and top_k < 1:
        raise ValueError(
            "`top_k` must be 1 or more; it is the number of tokens to draw from. "
            f"Received: top_k={top_k}"
        )
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(
            "`top_p` must lie in (0, 1]; it is the probability of the tokens to draw from. "
            f"Received: top_p={top_p}"
        )
