"""Examples to predict: images or rows of tables, as the model of a run takes them."""

from collections.abc import Sequence

import numpy as np

from keras_dl.data import read_images
from keras_dl.data.tables.inputs import read_rows
from keras_dl.data.unreadable import Unreadable
from keras_dl.tasks.base import SavedRun, white_of

__all__ = ["read_examples"]


def read_examples(
    run: SavedRun, inputs: Sequence[str], unreadable: Unreadable
) -> tuple[np.ndarray, list[str]]:
    """Reads images or rows in the shape and unit of the training data.

    Args:
        run: of a model of images or of table rows.
        inputs: image files, folders, CSV or `.npz` files.
        unreadable: list that the names of inputs that cannot be read are added to.

    Returns:
        The examples (n, …) and a name for each.

    Raises:
        ValueError: if the run's inputs are neither.
    """
    kind = run.spec["inputs"]["type"]
    if kind == "Features":
        return read_rows(inputs, run.spec, unreadable, run.preprocessor)
    if kind == "Images":
        return read_images(inputs, tuple(run.spec["input_shape"]), white_of(run), unreadable)
    raise ValueError(f"`run_id` must name a model of images or table rows. Received: {kind}")
