"""Word vectors: words with similar contexts have vectors of high cosine."""

from collections.abc import Iterable, Sequence
from typing import Annotated

import numpy as np

from keras_dl.data.text import Vocabulary
from keras_dl.embeddings import WordVectors
from keras_dl.space import Range
from keras_dl.tasks.base import Prediction, SavedRun, Task

__all__ = ["WordVectorTask", "task", "vectors_of"]


class WordVectorTask(Task):
    """Tables of word vectors; predictions are the nearest words."""

    name = "word_vectors"

    def predict(
        self, run: SavedRun, inputs: Sequence[str], *, top: Annotated[int, Range(1, 1000)] = 3
    ) -> Iterable[Prediction]:
        """Lists the nearest words by cosine.

        Args:
            run: a run of word vectors.
            inputs: words, in any case.
            top: neighbours per word.

        Raises:
            ValueError: if the run has no word vectors. A word that is not in its vocabulary gets a
                prediction with an error.
        """
        vectors = vectors_of(run)
        for word in inputs:
            try:
                ranking = tuple(vectors.neighbours(word.lower(), top))
            except ValueError as error:
                yield Prediction(word, "", error=str(error))
                continue
            text = ", ".join(f"{other} {cosine:.3f}" for other, cosine in ranking)
            columns = {f"{key}_{i}": v for i, pair in enumerate(ranking, 1)
                       for key, v in zip(("word", "cosine"), pair, strict=True)}  # fmt: skip
            yield Prediction(word, text, ranking=ranking, columns=columns)


def vectors_of(run: SavedRun) -> WordVectors:
    """Returns the word vectors of a run.

    Raises:
        ValueError: if its preprocessor is no vocabulary.
    """
    vocabulary = run.preprocessor
    if not isinstance(vocabulary, Vocabulary):
        raise ValueError("`run_id` must name a run that trained word vectors. Received: another")
    rows = np.arange(len(vocabulary.words))
    return WordVectors(vocabulary.words, run.model.predict(rows, batch_size=4096, verbose=0))


task = WordVectorTask()
