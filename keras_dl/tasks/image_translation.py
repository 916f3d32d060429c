"""Image translation: an image made from another, pix2pix's task."""

from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.data import read_images
from keras_dl.data.unreadable import Unreadable
from keras_dl.tasks.base import Prediction, SavedRun, Task, white_of, without_answer

__all__ = ["ImageTranslationTask", "task"]


class ImageTranslationTask(Task):
    """Generators from images to images; predictions are pictures."""

    name = "image_translation"

    def samples(self, model: Any, since: int) -> dict[int, np.ndarray]:
        """Returns one picture per epoch of the images that the training monitors."""
        return plots.tiled_samples(model.sample_monitor.snapshots, since)

    def callbacks(self, model: Any, data: Any) -> list[keras.callbacks.Callback]:
        """Returns the monitor of samples and gradient norms."""
        return [model.sample_monitor]

    def predict(self, run: SavedRun, inputs: Sequence[str]) -> Iterable[Prediction]:
        """Translates images.

        Args:
            run: a run of image translation.
            inputs: image files, folders of images or `.npz` files with `x`.

        Yields:
            Translated images; for files that cannot be read, the reasons.
        """
        unreadable: Unreadable = []
        shape = tuple(run.spec["input_shape"])
        examples, sources = read_images(inputs, shape, white_of(run), unreadable)
        if sources:
            pictures = np.rint(run.model.predict(examples, verbose=0)).clip(0, 255).astype("uint8")
            for source, picture in zip(sources, pictures, strict=True):
                height, width = picture.shape[:2]
                yield Prediction(source, f"translated, {width}×{height} pixels", picture)
        yield from without_answer(unreadable)


task = ImageTranslationTask()
