"""Recognition of strings of words by a frame classifier within a hidden Markov model."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from keras_dl.algorithms.hybrid_recognizer import HybridRecognizer
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split
from keras_dl.metrics.edit_distance import label_error_rate
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task
from keras_dl.tasks.speech_figures import answer_sounds, recognition_report, shown_rows

__all__ = ["HybridRecognition", "alignment", "realigned", "task"]


def alignment(split: Split) -> np.ndarray:
    """Returns the state of each frame, -1 in the padding."""
    return np.where(split.sample_weight > 0, split.y, -1)


def realigned(model: HybridRecognizer, split: Split) -> Split:
    """Returns a split whose states are the most probable ones of its words.

    Args:
        model: with estimated priors and transitions.
        split: frames, their states, and weight 0 in the padding.
    """
    words = model.words_of(alignment(split))
    counts = (split.sample_weight > 0).sum(axis=-1)
    paths = model.align(outputs(model, split.x, 32), counts, words)
    return Split(split.x, np.maximum(paths, 0).astype(np.int32), split.sample_weight)


class HybridRecognition(Task):
    """States by frame, and words by Viterbi's algorithm."""

    name = "hybrid_recognition"

    def evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns the evaluator of the label error rate of the most probable states."""
        return (_errors,)

    def report(self, model: HybridRecognizer, data: Data) -> dict[str, Any]:
        """Returns decoded recordings and, for comparison, the error without the Markov model.

        Args:
            model: a trained recognizer.
            data: as `keras_dl.data.speech.spoken_strings` loads it, with states as targets.
        """
        logits = outputs(model, data.test.x, 32)
        states = alignment(data.test)
        paths = model.decode(logits, (states >= 0).sum(axis=-1))
        references, hypotheses = model.words_of(states), model.words_of(paths)
        alone = model.words_of(np.where(states >= 0, logits.argmax(axis=-1), -1))
        rows = shown_rows(references, hypotheses)
        labels = [_labels(paths[i], model.states) for i in rows]
        return {
            **recognition_report(data, references, hypotheses, labels),
            "label_error_without_hmm": label_error_rate(references, alone),
        }

    def predict(self, run: SavedRun, inputs: Sequence[str]) -> Iterable[Prediction]:
        """Recognizes the words of sounds.

        Args:
            run: a recognizer.
            inputs: `.wav` files of any rate, folders or archives of them.

        Raises:
            ValueError: if the run has no preprocessor of sounds.
        """
        model: Any = run.model

        def decode(frames: np.ndarray) -> tuple[tuple[int, ...], np.ndarray]:
            paths = model.decode(outputs(model, frames, 32), [frames.shape[1]])
            return model.words_of(paths)[0], _labels(paths[0], model.states)

        return answer_sounds(run, inputs, decode)


def _labels(path: np.ndarray, states: int) -> np.ndarray:
    """Label of the word of each frame, 0 in silence; padding is left out."""
    path = path[path >= 0]
    return np.where(path > 0, 1 + (path - 1) // states, 0)


def _errors(model: Any, split: Split) -> dict[str, float]:
    states = alignment(split)
    paths = model.decode(outputs(model, split.x, 32), (states >= 0).sum(axis=-1))
    return {"label_error": label_error_rate(model.words_of(states), model.words_of(paths))}


task = HybridRecognition()
