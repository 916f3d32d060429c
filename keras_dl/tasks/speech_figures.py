"""Figures, numbers and predictions that the recognizers of strings of words share."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from keras_dl import plots
from keras_dl.data import Data
from keras_dl.data.speech import read_wavs
from keras_dl.data.unreadable import Unreadable
from keras_dl.metrics.edit_distance import align, label_error_rate
from keras_dl.tasks.base import Prediction, SavedRun, without_answer

__all__ = ["answer_sounds", "recognition_report", "shown_rows", "words"]

SHOWN = 4  # recordings in the figure
NOTHING = "–"  # in the confusion matrix: deleted or inserted words
Labels = Sequence[int]


def words(labels: Labels, names: Sequence[str]) -> str:
    """Returns labels, 1 + class, as words with blanks between."""
    return " ".join(names[label - 1] for label in labels)


def shown_rows(references: Sequence[Labels], hypotheses: Sequence[Labels]) -> list[int]:
    """Returns the recordings to show: half of them wrong ones, if there are, then right ones."""
    right = [tuple(a) == tuple(b) for a, b in zip(references, hypotheses, strict=True)]
    wrong = [i for i, good in enumerate(right) if not good][: SHOWN // 2]
    return [*wrong, *(i for i, good in enumerate(right) if good)][:SHOWN]


def recognition_report(
    data: Data,
    references: Sequence[Labels],
    hypotheses: Sequence[Labels],
    paths: Sequence[np.ndarray],
) -> dict[str, Any]:
    """Returns figures and numbers of decoded strings of the test set.

    Args:
        data: its test split is shown.
        references: what was said, (n,) label sequences.
        hypotheses: what was recognized.
        paths: label by frame of the recordings in `shown_rows`.

    Returns:
        The figures `decoded` and `confusion_matrix`; `string_accuracy` and, for each length of a
        string, `label_error/LENGTH`.
    """
    rows, names = shown_rows(references, hypotheses), data.class_names
    lengths = (data.test.x != 0).any(axis=-1).sum(axis=-1)
    titles = [f"said {words(references[i], names)}; recognized {words(hypotheses[i], names)}"
              for i in rows]  # fmt: skip
    frames = [data.test.x[i, : lengths[i]] for i in rows]
    pairs = [pair for a, b in zip(references, hypotheses, strict=True) for pair in align(a, b)]
    true, decoded = (np.array(side) for side in zip(*pairs, strict=True))
    by_length = {
        size: [i for i, labels in enumerate(references) if len(labels) == size]
        for size in sorted({len(labels) for labels in references})
    }
    right = [tuple(a) == tuple(b) for a, b in zip(references, hypotheses, strict=True)]
    return {
        "decoded": plots.decoded_spectrograms(frames, paths, names, titles),
        "confusion_matrix": plots.confusion_matrix(true, decoded, [NOTHING, *names]),
        "string_accuracy": float(np.mean(right)),
        **{
            f"label_error/{size}": label_error_rate(
                [references[i] for i in own], [hypotheses[i] for i in own]
            )
            for size, own in by_length.items()
        },
    }


def answer_sounds(
    run: SavedRun,
    inputs: Sequence[str],
    decode: Callable[[np.ndarray], tuple[Labels, np.ndarray]],
) -> Iterable[Prediction]:
    """Yields what was recognized in each sound, with its spectrogram as picture.

    Args:
        run: a recognizer with its preprocessor.
        inputs: `.wav` files, folders or archives of them.
        decode: from frames (1, frames, bands) to labels and the label of each frame.

    Raises:
        ValueError: if the run has no preprocessor of sounds.
    """
    if run.preprocessor is None:
        raise ValueError("`run_id` must name a run whose model takes sounds. Received: another")
    unreadable: Unreadable = []
    signals, sources = read_wavs(inputs, unreadable)
    names = run.spec["class_names"]
    for signal, source in zip(signals, sources, strict=True):
        frames = run.preprocessor([signal])
        labels, path = decode(frames)
        text = words(labels, names) or "nothing"
        figure = plots.decoded_spectrograms([frames[0]], [path], names, [f"{source}: {text}"])
        yield Prediction(source, text, plots.to_pixels(figure), columns={"words": text})
    yield from without_answer(unreadable)
