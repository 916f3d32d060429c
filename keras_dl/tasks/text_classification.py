"""Text classification: classes of texts, which the run's preprocessor turns into numbers."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from keras_dl.data.reading_options import reading_options
from keras_dl.data.text import read_texts
from keras_dl.data.unreadable import Unreadable
from keras_dl.space import Range
from keras_dl.tasks.base import Prediction, SavedRun, without_answer
from keras_dl.tasks.classification import ImageClassification, rank_classes
from keras_dl.tasks.known_labels import add_known_labels

__all__ = ["TextClassification", "task"]


class TextClassification(ImageClassification):
    """Classes of texts."""

    name = "text_classification"

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        top: Annotated[int, Range(1, 1000)] = 3,
        text: tuple[str, ...] = (),
        header: bool | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> Iterable[Prediction]:
        """Classifies texts.

        Args:
            run: a classifier of texts.
            inputs: texts, or files that `keras_dl.data.text.read_texts` reads.
            top: classes per text, most probable first.
            text: columns of a CSV file that hold the text, by name or number.
            header: whether the first line of a CSV file holds names; None: by its content.
            delimiter: character between the columns of a CSV file; None: by its content.
            encoding: encoding of the files; None: UTF-8.

        Raises:
            ValueError: if the run has no preprocessor, or an option has no effect.
        """
        if run.preprocessor is None:
            raise ValueError("`run_id` must name a run whose model takes texts. Received: another")
        unreadable: Unreadable = []
        with reading_options(text=text, header=header, delimiter=delimiter, encoding=encoding):
            texts, sources = read_texts(inputs, unreadable)
        answers = rank_classes(run, run.preprocessor(texts), sources, top) if texts else []
        return [*add_known_labels(answers, inputs, run.spec), *without_answer(unreadable)]


task = TextClassification()
