"""A model that writes captions: a frozen encoder of images and a decoder of words."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from scipy.special import log_softmax

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.backend.inference import outputs
from keras_dl.models.captioning import attention_of, caption_steps
from keras_dl.utils.checks import check_count

__all__ = ["Captioner", "write_captions"]


@keras.saving.register_keras_serializable("keras_dl")
class Captioner(ComposedModel):
    """From an image and the words so far of each of its captions to the next words.

    The encoder is frozen. In place of the image its regions may be given, so that a training
    encodes each image once.

    Args:
        encoder: images (batch, …) to regions (batch, regions, channels); built.
        decoder: of `keras_dl.models.caption_decoder`; built.
        **kwargs: `name` and `dtype` of `keras.Model`.
    """

    reusable_step = True
    components = ("encoder", "decoder")

    def __init__(self, encoder: keras.Model, decoder: keras.Model, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.encoder, self.decoder = encoder, decoder
        self.encoder.trainable = False
        self.built = True

    def call(self, inputs: dict[str, Any], training: bool = False) -> Any:
        """Computes logits (batch, captions, time, vocabulary).

        Args:
            inputs: "image" or "regions", and "words" (batch, captions, time).
            training: whether the decoder drops units.
        """
        if "regions" in inputs:
            regions = inputs["regions"]
        else:
            regions = self.encoder(inputs["image"], training=False)
        words: Any = inputs["words"]
        captions, time = words.shape[1:]
        flat = {
            "features": ops.repeat(regions, captions, axis=0),
            "words": ops.reshape(words, (-1, time)),
        }
        logits: Any = self.decoder(flat, training=training)
        return ops.reshape(logits, (-1, captions, time, logits.shape[-1]))

    def attention(self, regions: np.ndarray, words: np.ndarray) -> np.ndarray:
        """Returns the weight of each region for each next word, (n, time, regions).

        Args:
            regions: (n, regions, channels).
            words: from the start on, (n, time).
        """
        model = attention_of(self.decoder)
        return outputs(model, {"features": regions, "words": words})


def write_captions(
    decoder: keras.Model,
    regions: np.ndarray,
    *,
    start: int,
    end: int,
    longest: int = 20,
    beam: int = 3,
    banned: Sequence[int] = (),
) -> list[tuple[int, ...]]:
    """Searches a probable caption of each image.

    Beams of all images advance together, one word a step, from the state of the step before.
    Finished captions are compared by the mean log-probability of their words, the end included.
    With a beam of 1 each word is the most probable one.

    Args:
        decoder: of `keras_dl.models.caption_decoder`.
        regions: (n, regions, channels).
        start: token before the first word.
        end: token behind the last word.
        longest: most words.
        beam: captions that are kept of each image.
        banned: tokens that are never written, such as that of unknown words.

    Returns:
        Words of each image, without start and end.

    Raises:
        TypeError, ValueError: if `beam` or `longest` is no positive integer.
    """
    check_count("beam", beam, "it is the number of captions that are kept")
    check_count("longest", longest, "it is the number of words of a caption")
    first, step = caption_steps(decoder)
    count = len(regions)
    state = [np.repeat(part, beam, axis=0) for part in outputs(first, regions)]
    words = np.full((count, beam, 1), start, np.int32)
    scores = np.full((count, beam), -np.inf)
    scores[:, 0] = 0.0  # all beams are equal in the first step
    done: list[list[tuple[float, tuple[int, ...]]]] = [[] for _ in range(count)]
    for length in range(1, longest + 2):
        inputs = [words[..., -1].reshape(-1, 1), *state]
        logits, *after = outputs(step, inputs)
        chance = log_softmax(logits.astype(np.float64), axis=-1).reshape(count, beam, -1)
        chance[..., list(banned)] = -np.inf
        if length > longest:  # only the end may follow
            chance[..., np.arange(chance.shape[-1]) != end] = -np.inf
        total = (scores[..., None] + chance).reshape(count, -1)
        best = np.argsort(-total, axis=1, kind="stable")[:, :beam]
        origin, new = np.divmod(best, chance.shape[-1])
        before = np.take_along_axis(words, origin[..., None], axis=1)
        ranked = np.take_along_axis(total, best, axis=1)
        _finish(done, before, np.where(new == end, ranked, -np.inf) / length)
        scores = np.where(new == end, -np.inf, ranked)
        if not np.isfinite(scores).any():
            break
        words = np.concatenate([before, new[..., None].astype(np.int32)], axis=-1)
        rows = (np.arange(count)[:, None] * beam + origin).ravel()
        state = [state[0], *(part[rows] for part in after)]
    return [max(captions)[1] for captions in done]


def _finish(
    done: list[list[tuple[float, tuple[int, ...]]]], words: np.ndarray, scores: np.ndarray
) -> None:
    """Adds the captions whose score is finite: the end follows them."""
    for captions, beams, values in zip(done, words, scores, strict=True):
        captions += [
            (float(value), tuple(map(int, caption[1:])))
            for caption, value in zip(beams, values, strict=True)
            if np.isfinite(value)
        ]
