"""Images and speech in one space: retrieval both ways, classes from prompts."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_dl import plots
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split
from keras_dl.data.images.pixels import to_bytes
from keras_dl.metrics.retrieval import prompt_accuracy, recall_at_one
from keras_dl.tasks.base import Evaluator, Task

__all__ = ["CrossModalRetrieval", "task"]

SHOWN_QUERIES, SHOWN_ANSWERS = 5, 8


class CrossModalRetrieval(Task):
    """Models from {"image", "speech"} to embeddings of length 1 of both."""

    name = "cross_modal"

    def evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns the evaluator of retrieval, for each validation and the test."""
        return (retrieval,)

    def report(self, model: Any, data: Data) -> dict[str, Any]:
        """Measures classification by prompts of the other modality on test.

        No classifier is trained, but all classes occur in the pairs of train.

        Args:
            model: with its best weights.
            data: as `keras_dl.data.speech.spoken_images` loads it.

        Returns:
            `zero_shot/image_accuracy`, images by the mean embedding of the test speaker's words,
            and `zero_shot/speech_accuracy`, words by the mean embedding of images; figures
            `confusion_matrix` of the images and `retrieved`.
        """
        found = outputs(model, data.test.x)
        images, words, labels = found["image"], found["speech"], data.test.y
        by_words, predicted = prompt_accuracy(images, labels, words, labels)
        by_images, _ = prompt_accuracy(words, labels, images, labels)
        names = list(data.class_names)
        return {
            "zero_shot/image_accuracy": by_words,
            "zero_shot/speech_accuracy": by_images,
            "confusion_matrix": plots.confusion_matrix(labels, predicted, names),
            "retrieved": _retrieved(data, images, words),
        }


def retrieval(model: Any, split: Split) -> Mapping[str, float]:
    """Returns the share of queries whose nearest example of the other modality is of their class.

    Args:
        model: from {"image", "speech"} to embeddings of length 1.
        split: pairs with class numbers.

    Returns:
        `image_to_speech_accuracy`, `speech_to_image_accuracy` and their mean `retrieval_accuracy`.
    """
    found = outputs(model, split.x)
    images, words = found["image"], found["speech"]
    there = recall_at_one(images, split.y, words, split.y)
    back = recall_at_one(words, split.y, images, split.y)
    return {
        "image_to_speech_accuracy": there,
        "speech_to_image_accuracy": back,
        "retrieval_accuracy": (there + back) / 2,
    }


def _retrieved(data: Data, images: np.ndarray, words: np.ndarray) -> Any:
    """Spoken words of some classes with the nearest images."""
    _, rows = np.unique(data.test.y, return_index=True)
    rows = rows[np.linspace(0, len(rows) - 1, min(SHOWN_QUERIES, len(rows))).astype(int)]
    nearest = (-words[rows] @ images.T).argsort(axis=1)[:, :SHOWN_ANSWERS]
    right = data.test.y[nearest] == data.test.y[rows][:, None]
    names = [data.class_names[label] for label in data.test.y[rows]]
    pictures = to_bytes(data.test.x["image"][nearest])
    return plots.retrieved_images(data.test.x["speech"][rows], pictures, right, names)


task = CrossModalRetrieval()
