"""Translation: a text from another text, by an encoder-decoder Transformer and beam search."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.algorithms import BeamSearch
from keras_dl.backend.inference import outputs
from keras_dl.data import Data
from keras_dl.data.text import read_texts
from keras_dl.data.text.pair_tasks import PAIR_TASKS
from keras_dl.data.text.subwords import SPECIAL, SubwordTokenizer
from keras_dl.data.unreadable import Unreadable
from keras_dl.losses import SmoothedCrossentropy
from keras_dl.metrics.bleu import corpus_bleu, has_sacrebleu
from keras_dl.metrics.perplexity import Perplexity
from keras_dl.space import Range
from keras_dl.tasks.base import Prediction, SavedRun, Task, without_answer

__all__ = ["Translation", "compile_translation", "task", "translate"]

MOST, SHOWN = 1_000, 8  # test pairs that are translated, and those in the figure
BEAMS, ALPHA = 4, 0.6  # of the paper, section 6.1


def compile_translation(
    model: keras.Model, optimizer: keras.Optimizer, *, label_smoothing: float = 0.1
) -> keras.Model:
    """Compiles a Transformer: smoothed cross-entropy of a token, perplexity and share of hits.

    Padding, whose weight is 0, counts in none of them.

    Args:
        model: from "source" and "target" to logits, see `keras_dl.models.transformer`.
        optimizer: a Keras optimizer.
        label_smoothing: ε, share of the probability that is spread over all tokens.

    Returns:
        The same model.
    """
    loss = SmoothedCrossentropy(label_smoothing, reduction="mean_with_sample_weight")
    hits = keras.metrics.SparseCategoricalAccuracy("token_accuracy")
    model.compile(optimizer, loss, weighted_metrics=[Perplexity(), hits])
    return model


def translate(
    model: keras.Model,
    tokenizer: SubwordTokenizer,
    texts: Sequence[str],
    longest: int,
    *,
    beams: int = BEAMS,
    alpha: float = ALPHA,
) -> list[str]:
    """Translates texts.

    Args:
        model: a trained Transformer.
        tokenizer: of both languages.
        texts: at least one; what is longer than `longest` subwords is cut off.
        longest: most subwords of a source and of a translation.
        beams: hypotheses kept, see `BeamSearch`.
        alpha: exponent of the length penalty.
    """
    search = _search(model, longest, beams, alpha)
    source = np.zeros((len(texts), longest), np.int32)
    for row, text in zip(source, texts, strict=True):
        ids = tokenizer.encode(text)[:longest]
        row[: len(ids)] = ids
    answer: Any = outputs(search, source, 64)
    return [tokenizer.decode(ids) for ids in answer["ids"][:, 0]]


def _search(model: keras.Model, longest: int, beams: int, alpha: float) -> BeamSearch:
    start, end = (SPECIAL.index(mark) for mark in ("<start>", "<end>"))
    return BeamSearch(model, start=start, end=end, length=longest, beams=beams, alpha=alpha)


class Translation(Task):
    """Pairs of texts with a `SubwordTokenizer` as preprocessor."""

    name = "translation"

    def report(self, model: keras.Model, data: Data) -> dict[str, Any]:
        """Translates the first 1,000 pairs of test.

        Args:
            model: a trained Transformer.
            data: as `keras_dl.data.text.sentence_pairs` returns them.

        Returns:
            Figures of translations and of attention, `sequence_accuracy`, the share of translations
            that equal their reference, and of sentences `bleu` where sacrebleu is installed.
        """
        pairs = data.extras["texts"]["test"][:MOST]
        sources, references = ([pair[i] for pair in pairs] for i in (0, 1))
        longest = data.test.y.shape[1]
        made = translate(model, data.preprocessor, sources, longest)
        right = [a == b for a, b in zip(made, references, strict=True)]
        shown = slice(SHOWN)
        has_bleu = has_sacrebleu() and data.name not in PAIR_TASKS  # their answers are one word
        return {
            "sequence_accuracy": float(np.mean(right)),
            **({"bleu": corpus_bleu(made, references)} if has_bleu else {}),
            "translated": plots.translated_texts(sources[shown], made[shown], references[shown]),
            "attention": _attention(model, data.preprocessor, sources[0], made[0], longest),
        }

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        beams: Annotated[int, Range(1, 64)] = BEAMS,
        alpha: Annotated[float, Range(0.0, 5.0)] = ALPHA,
    ) -> Iterable[Prediction]:
        """Translates each line.

        Args:
            run: a tracked run, with its tokenizer.
            inputs: texts, or files whose lines are texts.
            beams: hypotheses kept for each text.
            alpha: exponent of the length penalty; more prefers longer translations.

        Yields:
            A translation of each line that is not empty; for inputs that cannot be read, the
            reasons.
        """
        unreadable: Unreadable = []
        texts, _ = read_texts(inputs, unreadable)
        lines = [line.strip() for text in texts for line in text.split("\n") if line.strip()]
        longest = int(run.spec["input_shape"]["target"][0])
        tokenizer: Any = run.preprocessor
        options = {"beams": beams, "alpha": alpha}
        made = translate(run.model, tokenizer, lines, longest, **options) if lines else []
        for line, text in zip(lines, made, strict=True):
            yield Prediction(line, text, columns={"translation": text})
        yield from without_answer(unreadable)


def _attention(
    model: keras.Model, tokenizer: SubwordTokenizer, source: str, made: str, longest: int
) -> Any:
    """The mean over the heads of the last block, for the first translation of test."""
    read, written = tokenizer.encode(source)[:longest], tokenizer.encode(made)[: longest - 1]
    target = [SPECIAL.index("<start>"), *written]
    weights = _search(model, longest, 1, 0.0).attention(read[None], np.array([target]))[-1][0]
    symbols = tokenizer.symbols
    return plots.attention_map(
        weights.mean(axis=0),
        [symbols[i] for i in read],
        [*(symbols[i] for i in written), "<end>"],
        "attention of the last block to the source, mean of the heads",
    )


task = Translation()
