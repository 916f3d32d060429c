"""Recognition of strings of words by connectionist temporal classification."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import numpy as np

from keras_dl.algorithms.ctc_decoding import beam_decode, best_path, greedy_decode
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split
from keras_dl.metrics.edit_distance import label_error_rate
from keras_dl.space import Range
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task
from keras_dl.tasks.speech_figures import answer_sounds, recognition_report, shown_rows

__all__ = ["SpeechRecognition", "references", "task"]

BEAM = 8  # prefixes of the reported beam search


def references(labels: np.ndarray) -> list[tuple[int, ...]]:
    """Returns label sequences without padding.

    Args:
        labels: (n, longest); padding is 0.
    """
    return [tuple(int(label) for label in row if label) for row in labels]


class SpeechRecognition(Task):
    """Label sequences of recordings, from a `keras_dl.algorithms.CTC`."""

    name = "speech_recognition"

    def evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns the evaluator of the label error rate of the best path."""
        return (_errors,)

    def report(self, model: Any, data: Data) -> dict[str, Any]:
        """Returns decoded recordings and the error of beam search on the test set.

        Args:
            model: a `CTC`.
            data: as `keras_dl.data.speech.spoken_strings` loads it.
        """
        logits, lengths = _logits(model, data.test.x)
        right, decoded = references(data.test.y), greedy_decode(logits, lengths)
        searched = [beam_decode(row[:n], BEAM)[0] for row, n in zip(logits, lengths, strict=True)]
        paths = [best_path(logits[i, : lengths[i]]) for i in shown_rows(right, decoded)]
        return {
            **recognition_report(data, right, decoded, paths),
            "beam_label_error": label_error_rate(right, searched),
        }

    def predict(
        self, run: SavedRun, inputs: Sequence[str], *, beam: Annotated[int, Range(1, 1000)] = BEAM
    ) -> Iterable[Prediction]:
        """Recognizes the words of sounds.

        Args:
            run: a recognizer.
            inputs: `.wav` files of any rate, folders or archives of them.
            beam: prefixes of the search.

        Raises:
            ValueError: if the run has no preprocessor of sounds.
        """

        def decode(frames: np.ndarray) -> tuple[tuple[int, ...], np.ndarray]:
            logits, lengths = _logits(run.model, frames)
            row = logits[0, : lengths[0]]
            return beam_decode(row, beam)[0], best_path(row)

        return answer_sounds(run, inputs, decode)


def _logits(model: Any, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logits by output, and outputs before the padding."""
    counts = (x != 0).any(axis=-1).sum(axis=-1)
    return outputs(model, x, 32), -(-counts // model.stride)


def _errors(model: Any, split: Split) -> dict[str, float]:
    logits, lengths = _logits(model, split.x)
    return {"label_error": label_error_rate(references(split.y), greedy_decode(logits, lengths))}


task = SpeechRecognition()
