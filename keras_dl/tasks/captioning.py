"""Captioning: BLEU of written captions beside simple ones, attention, captions of image files."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import numpy as np

from keras_dl import plots
from keras_dl.algorithms.captioner import Captioner, write_captions
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split, read_images
from keras_dl.data.captions import END, START, CaptionTokenizer
from keras_dl.data.unreadable import Unreadable
from keras_dl.metrics.bleu import bleu_scores
from keras_dl.space import Range
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task, white_of, without_answer

__all__ = ["Captioning", "regions_of", "task"]

BEAM = 3
SHOWN = 6  # photographs in the report
BANNED = (0, 1, START)  # tokens that are no words
Words = list[str]


def regions_of(model: Captioner, split: Split) -> np.ndarray:
    """Returns the regions of a split's images, (n, regions, channels)."""
    return (
        split.x["regions"] if "regions" in split.x else outputs(model.encoder, split.x["image"], 32)
    )


class Captioning(Task):
    """Captions of images, from a `keras_dl.algorithms.Captioner`."""

    name = "captioning"
    test_metrics = tuple(f"bleu{n}" for n in range(1, 5))

    def test_evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns the evaluator of BLEU-1 to BLEU-4 of captions written by beam search."""

        def bleu(model: Any, split: Split) -> dict[str, float]:
            written = _write(model, regions_of(model, split), data.preprocessor, BEAM)
            scores = bleu_scores(written, _references(data, split))
            return dict(zip(self.test_metrics, scores, strict=True))

        return (bleu,)

    def report(self, model: Captioner, data: Data) -> dict[str, Any]:
        """Returns written captions and their attention, and BLEU of simpler ways.

        Args:
            model: trained.
            data: as `keras_dl.data.captions.captioned_images` loads it.

        Returns:
            BLEU-1 to BLEU-4 of each most probable word (`greedy_bleu1`), of the most frequent
            caption of train (`frequent_bleu1`) and of the first caption of the nearest image of
            train, by the mean of its regions (`nearest_bleu1`); figures.
        """
        regions = {name: regions_of(model, data.splits[name]) for name in ("train", "test")}
        train, right = (data.extras["captions"][name] for name in ("train", "test"))
        tokenizer = data.preprocessor
        searched = _write(model, regions["test"], tokenizer, BEAM)
        ways = {
            "greedy": _write(model, regions["test"], tokenizer, 1),
            "frequent": [_most_frequent(train)] * len(right),
            "nearest": [train[i][0] for i in _nearest(regions["train"], regions["test"])],
        }
        images = data.test.x["image"][:SHOWN]
        pairs = zip(searched[:SHOWN], right[:SHOWN], strict=True)
        texts = [f"{' '.join(words)}\n(said: {' '.join(others[0])})" for words, others in pairs]
        figures = {"captions": plots.captioned_photos(images, texts)}
        if _attends(model):
            first = regions["test"][:1]
            figures["attention"] = _attention(model, images[0], first, searched[0], tokenizer)
        scores = {way: bleu_scores(written, right) for way, written in ways.items()}
        return {
            **figures,
            **{f"{way}_bleu{n}": own[n - 1] for way, own in scores.items() for n in range(1, 5)},
        }

    def predict(
        self, run: SavedRun, inputs: Sequence[str], *, beam: Annotated[int, Range(1, 100)] = BEAM
    ) -> Iterable[Prediction]:
        """Writes captions of image files, with the attention to each word as picture.

        Args:
            run: a run with its tokenizer.
            inputs: image files, folders or archives.
            beam: captions that are kept in the search.

        Raises:
            ValueError: if the run has no tokenizer of captions.
        """
        tokenizer = run.preprocessor
        if not isinstance(tokenizer, CaptionTokenizer):
            raise ValueError("`run_id` must name a run that writes captions. Received: another")
        model: Any = run.model
        unreadable: Unreadable = []
        shape = tuple(run.spec["input_shape"]["image"])
        images, sources = read_images(inputs, shape, white_of(run), unreadable)
        for image, source in zip(images, sources, strict=True):
            regions = outputs(model.encoder, image[None], 1)
            words = _write(model, regions, tokenizer, beam)[0]
            picture = None
            if words and _attends(model):
                figure = _attention(model, image, regions, words, tokenizer)
                picture = plots.to_pixels(figure)
            text = " ".join(words)
            yield Prediction(source, text, picture, columns={"caption": text})
        yield from without_answer(unreadable)


def _write(
    model: Captioner, regions: np.ndarray, tokenizer: CaptionTokenizer, beam: int
) -> list[Words]:
    captions = write_captions(
        model.decoder,
        regions,
        start=START,
        end=END,
        longest=tokenizer.length - 2,
        beam=beam,
        banned=BANNED,
    )
    return [tokenizer.decode(numbers) for numbers in captions]


def _references(data: Data, split: Split) -> list[list[Words]]:
    """Words of the captions of a split, unknown ones included."""
    same = [name for name, own in data.splits.items() if np.array_equal(own.y, split.y)]
    return data.extras["captions"][same[0]]


def _most_frequent(captions: list[list[Words]]) -> Words:
    counts = Counter(tuple(words) for own in captions for words in own)
    return list(counts.most_common(1)[0][0])


def _nearest(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Rows of train with the largest cosine of the mean regions."""
    first, second = (part.mean(axis=1) for part in (train, test))
    first = first / np.linalg.norm(first, axis=1, keepdims=True)
    return (second @ first.T).argmax(axis=1)


def _attends(model: Captioner) -> bool:
    return any(layer.name == "attention" for layer in model.decoder.layers)


def _attention(
    model: Captioner,
    image: np.ndarray,
    regions: np.ndarray,
    words: Words,
    tokenizer: CaptionTokenizer,
) -> Any:
    numbers = tokenizer([" ".join(words)])[:, : len(words)]
    weights = model.attention(regions, numbers)[0]
    side = round(np.sqrt(weights.shape[-1]))
    return plots.attention_words(image, words, weights.reshape(len(words), side, side))


task = Captioning()
