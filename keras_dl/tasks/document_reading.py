"""Reading of pages: character error rate, where the decoder looks, texts of image files."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.algorithms import BeamSearch
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split, read_images
from keras_dl.data.pages import LINE_BREAK, PageTokenizer
from keras_dl.data.text.subwords import SPECIAL
from keras_dl.data.unreadable import Unreadable
from keras_dl.metrics.edit_distance import label_error_rate
from keras_dl.models.transformers.document_reader import feature_map
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task, white_of, without_answer

__all__ = ["DocumentReading", "read_pages", "task"]

SHOWN = 6  # pages in the report
START, END = (SPECIAL.index(mark) for mark in ("<start>", "<end>"))
BREAK = "⏎"  # in figures


def read_pages(search: BeamSearch, pages: np.ndarray) -> np.ndarray:
    """Writes the most probable character after each other, with cached keys and values.

    Args:
        search: of a `keras_dl.models.document_reader`.
        pages: (n, height, width, channels) of pixels 0..255.

    Returns:
        Ids (n, length) int32, padding behind the end.
    """
    return outputs(search, pages, 64)["ids"][:, 0]


class DocumentReading(Task):
    """Texts of pages with a `PageTokenizer` as preprocessor."""

    name = "document_reading"
    test_metrics = ("cer", "page_accuracy")

    def test_evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns the evaluator of the character error rate and of pages without an error.

        The error rate is the sum of the edit distances over the number of characters, line breaks
        included, of texts that are written without knowing the right characters before.
        """
        tokenizer: PageTokenizer = data.preprocessor  # type: ignore[assignment]

        def errors(model: keras.Model, split: Split) -> dict[str, float]:
            ids = read_pages(_search(model, tokenizer), split.x["source"])
            decoded, right = _characters(ids), _characters(split.y)
            same = [a == b for a, b in zip(decoded, right, strict=True)]
            return {"cer": label_error_rate(right, decoded), "page_accuracy": float(np.mean(same))}

        return (errors,)

    def report(self, model: keras.Model, data: Data) -> dict[str, Any]:
        """Returns pages with the texts that are read, wrong ones first, and the attention to one.

        Args:
            model: trained.
            data: as `keras_dl.data.pages.handwritten_pages` composes it.
        """
        tokenizer: PageTokenizer = data.preprocessor  # type: ignore[assignment]
        pages = data.test.x["source"]
        search = _search(model, tokenizer)
        ids = read_pages(search, pages)
        decoded, right = _characters(ids), _characters(data.test.y)
        wrong = [i for i, (a, b) in enumerate(zip(decoded, right, strict=True)) if a != b]
        rest = [i for i in range(len(pages)) if i not in set(wrong)]
        rows = [*wrong[: SHOWN // 2], *rest][:SHOWN]
        texts = [_lines(tokenizer, ids[i], data.test.y[i]) for i in rows]
        return {
            "pages": plots.captioned_photos(np.repeat(pages[rows], 3, axis=-1), texts),
            "attention": _attention(search, pages[rows[-1]], ids[rows[-1]], tokenizer),
        }

    def predict(self, run: SavedRun, inputs: Sequence[str]) -> Iterable[Prediction]:
        """Reads image files, with the attention to each character as picture.

        Args:
            run: a run with its tokenizer.
            inputs: image files, folders or archives, dark on white; pages of another size than
                those of the training are scaled and cropped to it.

        Raises:
            ValueError: if the run has no tokenizer of pages.
        """
        tokenizer = run.preprocessor
        if not isinstance(tokenizer, PageTokenizer):
            raise ValueError("`run_id` must name a run that reads pages. Received: another")
        unreadable: Unreadable = []
        shape = tuple(run.spec["input_shape"]["source"])
        pages, sources = read_images(inputs, shape, white_of(run), unreadable)
        search = _search(run.model, tokenizer)
        for page, source in zip(pages, sources, strict=True):
            ids = read_pages(search, page[None])[0]
            text = tokenizer.decode(ids)
            picture = plots.to_pixels(_attention(search, page, ids, tokenizer))
            yield Prediction(source, text, picture, columns={"text": text})
        yield from without_answer(unreadable)


@lru_cache(maxsize=1)  # traced once for all evaluations of a model, which it keeps alive
def _search(model: keras.Model, tokenizer: PageTokenizer) -> BeamSearch:
    return BeamSearch(model, start=START, end=END, length=tokenizer.length, beams=1, alpha=0.0)


def _characters(ids: np.ndarray) -> list[list[int]]:
    """Returns the ids of each row up to its end."""
    rows = []
    for row in ids.tolist():
        row = row[: row.index(END)] if END in row else row
        rows.append([number for number in row if number >= len(SPECIAL)])
    return rows


def _lines(tokenizer: PageTokenizer, made: np.ndarray, right: np.ndarray) -> str:
    """Returns what was read, and what it should be if that differs, on a line each."""
    read, said = (tokenizer.decode(ids).replace(LINE_BREAK, BREAK) for ids in (made, right))
    return read if read == said else f"{read}\n(is {said})"


def _attention(
    search: BeamSearch, page: np.ndarray, ids: np.ndarray, tokenizer: PageTokenizer
) -> Any:
    """Draws the mean over the heads of the last block, for each character and the end."""
    written = _characters(ids[None])[0]
    target = np.array([[START, *written]], np.int32)
    weights = search.attention(page[None], target)[-1][0].mean(axis=0)
    maps = weights.reshape(len(weights), *feature_map(search.net))
    symbols = [tokenizer.symbols[i].replace(LINE_BREAK, BREAK) for i in written]
    image = np.repeat(page, 3, axis=-1).astype(np.uint8)
    return plots.attention_words(image, [*symbols, "end"], maps)


task = DocumentReading()
