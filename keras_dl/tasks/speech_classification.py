"""Classification of spoken words: figures with spectrograms, predictions of `.wav` files."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.data import Data
from keras_dl.data.speech import read_wavs
from keras_dl.data.unreadable import Unreadable
from keras_dl.space import Range
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task, without_answer
from keras_dl.tasks.class_probabilities import probabilities
from keras_dl.tasks.classification import (
    ClassificationEvaluator,
    ImageClassification,
    rank_classes,
    report_classification,
)
from keras_dl.tasks.known_labels import add_known_labels

__all__ = ["SpeechClassification", "recordings_figure", "speaker_accuracies", "task"]

SHOWN = 12  # recordings in the figure


class SpeechClassification(Task):
    """Classes of recordings of single words."""

    name = "speech_classification"
    test_metrics = ImageClassification.test_metrics

    def test_evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns the evaluator of balanced accuracy, F1 and areas under curves."""
        return (ClassificationEvaluator(data),)

    def report(self, model: keras.Model, data: Data) -> dict[str, Any]:
        """Returns the figures of a classifier, mistaken recordings, and accuracy by speaker.

        Args:
            model: from spectrograms to logits.
            data: as `keras_dl.data.speech.spoken_words` loads it.
        """
        chance = probabilities(model, data.test.x, data.batch_size)
        return {
            **report_classification(model, data),
            "recordings": recordings_figure(data, chance),
            **speaker_accuracies(data, chance),
        }

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        top: Annotated[int, Range(1, 1000)] = 3,
    ) -> Iterable[Prediction]:
        """Classifies sounds by their first second.

        Args:
            run: a classifier of spoken words.
            inputs: `.wav` files of any rate, folders or archives of them.
            top: classes per sound, most probable first.

        Raises:
            ValueError: if the run has no preprocessor of sounds.
        """
        if run.preprocessor is None:
            raise ValueError("`run_id` must name a run whose model takes sounds. Received: another")
        unreadable: Unreadable = []
        signals, sources = read_wavs(inputs, unreadable)
        answers = rank_classes(run, run.preprocessor(signals), sources, top) if signals else []
        return [*add_known_labels(answers, inputs, run.spec), *without_answer(unreadable)]


def recordings_figure(data: Data, chance: np.ndarray) -> Any:
    """Draws mistaken recordings, then those with the smallest probability of the right class.

    Args:
        data: its test split is shown.
        chance: class probabilities of the test split, (n, classes).

    Returns:
        The figure.
    """
    y, names = data.test.y, data.class_names
    rows = np.argsort(chance[np.arange(len(y)), y])[:SHOWN].tolist()
    guesses: list[int] = chance.argmax(axis=1).tolist()
    right: list[int] = y.tolist()
    titles = [f"{names[right[i]]} → {names[guesses[i]]} ({chance[i].max():.2f})" for i in rows]
    return plots.word_spectrograms(data.test.x[rows], titles)


def speaker_accuracies(data: Data, chance: np.ndarray) -> dict[str, float]:
    """Returns `accuracy/SPEAKER` for each known speaker of the test split.

    Args:
        data: `extras["speakers"]` has a name for each test recording, "" where there is no speaker.
        chance: class probabilities of the test split, (n, classes).
    """
    right = chance.argmax(axis=1) == data.test.y
    speakers = np.array(data.extras.get("speakers", []))
    names = sorted(set(speakers.tolist()) - {""})
    return {f"accuracy/{name}": float(right[speakers == name].mean()) for name in names}


task = SpeechClassification()
