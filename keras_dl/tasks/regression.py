"""Regression: targets are real numbers."""

from collections.abc import Iterable, Sequence

import numpy as np

from keras_dl.backend.inference import outputs
from keras_dl.data.reading_options import reading_options
from keras_dl.data.tables.inputs import read_rows
from keras_dl.data.unreadable import Unreadable
from keras_dl.tasks.base import Prediction, SavedRun, Task, without_answer

__all__ = ["Regression", "task"]


class Regression(Task):
    """Regression; recipes report on it themselves."""

    name = "regression"

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        header: bool | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> Iterable[Prediction]:
        """Predicts the numbers of rows of a table.

        Args:
            run: of a model of table rows.
            inputs: CSV files with the columns of the training data, or `.npz` files with `x`.
            header: whether the first line of a CSV file holds names; None: by its content.
            delimiter: character between the columns of a CSV file; None: by its content.
            encoding: encoding of a CSV file; None: UTF-8.

        Raises:
            ValueError: if the run's inputs are no table, or an option has no effect.
        """
        if run.spec["inputs"]["type"] != "Features":
            raise ValueError(
                f"`run_id` must name a model of table rows. Received: {run.spec['inputs']['type']}"
            )
        unreadable: Unreadable = []
        with reading_options(header=header, delimiter=delimiter, encoding=encoding):
            x, sources = read_rows(inputs, run.spec, unreadable)
        values = np.asarray(outputs(run.model, x)) if sources else np.zeros((0, 1))
        texts = (", ".join(f"{v:.6g}" for v in row.ravel()) for row in values)
        answers = [Prediction(source, text) for source, text in zip(sources, texts, strict=True)]
        return [*answers, *without_answer(unreadable)]


task = Regression()
