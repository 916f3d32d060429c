"""Sampling from autoregressive language models, one token at a time."""

import math
from collections.abc import Sequence

import keras
import numpy as np

__all__ = ["generate", "sample_token"]


def generate(
    model: keras.Model,
    prompt: Sequence[int],
    length: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    seed: int = 0,
) -> list[int]:
    """Continues a sequence of tokens.

    Each token is drawn from the model's distribution over the next one, given as many of the last
    tokens as the model's context holds.

    Args:
        model: maps ids (batch, context) to logits (batch, context, vocabulary); causal, so that
            what stands behind a position does not change its logits.
        prompt: token ids, at least one.
        length: number of tokens to add.
        temperature: divides the logits; 1 keeps the model's distribution, 0 takes the most
            probable token.
        top_k: number of most probable tokens to draw from; None draws from all.
        seed: of the draws; the same seed gives the same text.

    Returns:
        The ids of the new tokens, without the prompt.

    Raises:
        ValueError: if the prompt is empty, `length` or `temperature` negative, or `top_k` below 1.
    """
    ids = [int(token) for token in prompt]
    if not ids:
        raise ValueError("`prompt` must hold at least one token. Received: an empty sequence")
    if length < 0:
        raise ValueError(
            f"`length` must be 0 or more; it is the number of new tokens. Received: length={length}"
        )
    context, rng = model.input_shape[1], np.random.default_rng(seed)
    for _ in range(length):
        window = ids[-context:]
        # One shape for all steps, compiled once; causality makes the padding harmless.
        padded = np.zeros((1, context), "int32")
        padded[0, : len(window)] = window
        logits = np.asarray(model.predict_on_batch(padded))[0, len(window) - 1]
        ids.append(sample_token(logits, rng, temperature=temperature, top_k=top_k))
    return ids[len(ids) - length :]


def sample_token(
    logits: np.ndarray,
    rng: np.random.Generator,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
) -> int:
    """Draws one token id from logits.

    Args:
        logits: (vocabulary,).
        rng: source of randomness.
        temperature: divides the logits, 0 or more; 0 takes the largest.
        top_k: number of largest logits to draw from; None draws from all.

    Raises:
        ValueError: if `temperature` is negative or not finite, or `top_k` below 1.
    """
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
    if temperature == 0:
        return int(np.argmax(logits))
    scaled = np.asarray(logits, "float64") / temperature
    if top_k is not None and top_k < scaled.size:
        scaled[scaled < np.partition(scaled, -top_k)[-top_k]] = -math.inf
    weights = np.exp(scaled - scaled.max())
    return int(rng.choice(scaled.size, p=weights / weights.sum()))
