"""Keyword spotting: false alarms and rejects, and the keywords of sounds of any length."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.data import Data, Split
from keras_dl.data.speech import NEGATIVES, read_wavs
from keras_dl.data.speech.spectrograms import RATE, SECONDS
from keras_dl.data.unreadable import Unreadable
from keras_dl.metrics.keyword_spotting import alarms, operating_points
from keras_dl.space import Range
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task, without_answer
from keras_dl.tasks.class_probabilities import probabilities
from keras_dl.tasks.classification import (
    ClassificationEvaluator,
    ImageClassification,
    report_classification,
)
from keras_dl.tasks.speech_classification import recordings_figure, speaker_accuracies

__all__ = ["KeywordSpotting", "spot", "task"]

RATE_IN_USE = 1.0  # false alarms per hour that the reported threshold allows
STEP = 0.25  # seconds from one window of a longer sound to the next


class KeywordSpotting(Task):
    """Keywords among other words and noise, in windows of one second."""

    name = "keyword_spotting"
    test_metrics = (*ImageClassification.test_metrics, "false_rejects", "threshold")

    def test_evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns the evaluator of classes, and that of false rejects at a false alarm per hour.

        With less than an hour of windows without keywords, the threshold allows no false alarm.
        """
        keywords = data.num_classes - len(NEGATIVES)

        def rejects(model: keras.Model, split: Split) -> dict[str, float]:
            chance = probabilities(model, split.x, data.batch_size)
            threshold, share = operating_points(chance, split.y, keywords).at(RATE_IN_USE)
            return {"false_rejects": share, "threshold": threshold}

        return (ClassificationEvaluator(data), rejects)

    def report(self, model: keras.Model, data: Data) -> dict[str, Any]:
        """Returns the figures of a classifier, false rejects by false alarms, and by speaker.

        Args:
            model: from spectrograms to logits.
            data: as `keras_dl.data.speech.keyword_windows` composes it.
        """
        chance = probabilities(model, data.test.x, data.batch_size)
        points = operating_points(chance, data.test.y, data.num_classes - len(NEGATIVES))
        threshold, share = points.at(RATE_IN_USE)
        rate = float(points.false_alarms[points.thresholds == threshold][0])
        return {
            **report_classification(model, data),
            "recordings": recordings_figure(data, chance),
            "false_alarms": plots.false_alarm_curve(
                points.false_alarms, points.false_rejects, (rate, share)
            ),
            "false_rejects/10_per_hour": points.at(10.0)[1],
            **speaker_accuracies(data, chance),
        }

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        threshold: Annotated[float | None, Range(0.0, 1.0)] = None,
    ) -> Iterable[Prediction]:
        """Spots keywords in sounds, by windows of a second that follow one another by a quarter.

        Args:
            run: a keyword spotter.
            inputs: `.wav` files of any rate and length, folders or archives of them.
            threshold: probability from which a keyword is heard; None: that of one false alarm per
                hour, the metric "test/threshold" of the run.

        Yields:
            The keywords with the second where the window of each begins. Without keywords
            "unknown" if that is more probable than "silence" in a window, else "silence".

        Raises:
            ValueError: if the run has no preprocessor of sounds.
        """
        if run.preprocessor is None:
            raise ValueError("`run_id` must name a run whose model takes sounds. Received: another")
        if threshold is None:
            threshold = run.metrics.get("test/threshold", 0.5)
        unreadable: Unreadable = []
        signals, sources = read_wavs(inputs, unreadable)
        names = run.spec["class_names"]
        for signal, source in zip(signals, sources, strict=True):
            x = run.preprocessor(_windows(signal))
            chance = probabilities(run.model, x)
            heard = spot(chance, len(names) - len(NEGATIVES), threshold)
            words = [f"{names[word]} at {STEP * at:.2f} s ({p:.3f})" for word, at, p in heard]
            others = NEGATIVES[0 if (chance[:, -2] > chance[:, -1]).any() else 1]
            text = ", ".join(words) or others
            columns = {"keywords": " ".join(names[word] for word, _, _ in heard)}
            yield Prediction(source, text, columns=columns)
        yield from without_answer(unreadable)


def spot(
    probabilities: np.ndarray, num_keywords: int, threshold: float
) -> list[tuple[int, int, float]]:
    """Returns the keywords of a sequence of windows.

    Neighbouring windows that raise an alarm of the same keyword hear it once.

    Args:
        probabilities: by window, (windows, classes), keywords first.
        num_keywords: number of keywords.
        threshold: score from which a window raises an alarm.

    Returns:
        For each keyword its number, the window of its highest score, and that score.
    """
    keyword, score = alarms(probabilities, num_keywords)
    heard: list[tuple[int, int, float]] = []
    last = -1
    for at, (word, chance) in enumerate(zip(keyword.tolist(), score.tolist(), strict=True)):
        word = word if chance >= threshold else -1
        if word >= 0 and word != last:
            heard.append((word, at, chance))
        elif word >= 0 and chance > heard[-1][2]:
            heard[-1] = (word, at, chance)
        last = word
    return heard


def _windows(signal: np.ndarray) -> list[np.ndarray]:
    """Returns windows of a second, the last ones shorter: the preprocessor pads with silence."""
    step, length = int(STEP * RATE), int(SECONDS * RATE)
    starts = range(0, max(1, len(signal) - length + step), step)
    return [signal[start : start + length] for start in starts]


task = KeywordSpotting()
