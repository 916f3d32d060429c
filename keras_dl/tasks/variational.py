"""What recipes of variational autoencoders report: likelihood, samples, walks in latent space."""

import math
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import numpy as np
from scipy.stats import norm

from keras_dl import plots
from keras_dl.algorithms import VAE
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split, read_images
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.unreadable import Unreadable
from keras_dl.space import Range
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task, white_of, without_answer
from keras_dl.tasks.reconstruction import image_pixels, probe_codes

__all__ = ["Variational", "latent_grid", "latent_interpolation", "latent_traversal", "task"]

DRAWS = 100  # of the latent variables for each test image, in the importance-sampled likelihood
SHOWN = 10  # test images in the figure of reconstructions
STEPS, WALKS = 10, 6
REACH = 3.0  # standard deviations of the prior that a traversal goes to either side
GRID = 16  # images a side of the plane of two latent variables


def latent_interpolation(model: VAE, start: Split, end: Split) -> np.ndarray:
    """Images along the straight lines between the codes of examples: walks of ten steps.

    Args:
        model: of images; a conditional one keeps the label of the start.
        start: examples (n, height, width, channels) with labels.
        end: as many others.

    Returns:
        (10·n, height, width, channels) uint8, walk after walk.
    """
    first, last = (_codes(model, split)[:, None] for split in (start, end))
    share = np.linspace(0, 1, STEPS)[:, None]
    codes = (1 - share) * first + share * last  # (n, steps, latent)
    labels = np.repeat(start.y, STEPS) if model.num_classes else None
    return image_pixels(model.decoded_means(codes.reshape(-1, model.latent_dim), labels))


def latent_traversal(model: VAE, example: Split, dims: Sequence[int] | np.ndarray) -> np.ndarray:
    """Images where one latent variable of a code goes from -3 to 3 and the others stay.

    Args:
        model: of images.
        example: one example.
        dims: the variables, one row of ten images each.

    Returns:
        (10·len(dims), height, width, channels) uint8, row after row.

    Reference:
        Higgins et al., 2017, beta-VAE, ICLR, figures 1 to 3.
    """
    codes = np.tile(_codes(model, example)[0], (len(dims), STEPS, 1))
    for row, dim in enumerate(dims):
        codes[row, :, dim] = np.linspace(-REACH, REACH, STEPS)
    labels = np.repeat(example.y, len(dims) * STEPS) if model.num_classes else None
    return image_pixels(model.decoded_means(codes.reshape(-1, model.latent_dim), labels))


def latent_grid(model: VAE) -> np.ndarray:
    """Images over the plane of two latent variables, at quantiles of the prior.

    Args:
        model: with two latent variables and no labels.

    Returns:
        (256, height, width, channels) uint8: the first variable grows along a row, the second one
        from the last row to the first.

    Reference:
        Kingma and Welling, 2014, arXiv:1312.6114, figure 4.
    """
    places = norm.ppf((np.arange(GRID) + 0.5) / GRID)
    second, first = np.meshgrid(places[::-1], places, indexing="ij")
    return image_pixels(model.decoded_means(np.stack([first, second], axis=-1).reshape(-1, 2)))


def _codes(model: VAE, split: Split) -> np.ndarray:
    return np.asarray(outputs(model, split.x)["code"])


def _used_dims(model: VAE, split: Split) -> np.ndarray:
    """Returns the ten latent variables whose means vary most, the most varying one first."""
    return np.argsort(_codes(model, split).var(axis=0))[::-1][:SHOWN]


def _figures(model: VAE, data: Data) -> dict[str, Any]:
    columns = data.num_classes if model.num_classes else 10
    test = data.test.sample(1000)
    shown = test.take(np.arange(min(SHOWN, test.num_examples)))
    made = image_pixels(outputs(model, shown.x)["reconstruction"])
    pairs = np.concatenate([to_bytes(shown.x), made])
    title = "test images, and their reconstructions below"
    ends = test.take(np.arange(2 * WALKS) % test.num_examples)
    walks = latent_interpolation(
        model, ends.take(np.arange(WALKS)), ends.take(np.arange(WALKS, 2 * WALKS))
    )
    dims = _used_dims(model, test)
    rows = latent_traversal(model, test.take(np.arange(1)), dims)
    reach = f"from -{REACH:g} to {REACH:g}"
    figures = {
        "reconstructions": plots.image_grid(pairs, shown.num_examples, title=title),
        "samples": plots.image_grid(image_pixels(model.sample(6 * columns)), columns),
        "latent_interpolation": plots.image_grid(walks, STEPS),
        "latent_traversal": plots.image_grid(rows, STEPS, title=f"a latent variable {reach}"),
    }
    if model.latent_dim == 2 and not model.num_classes:
        figures["latent_grid"] = plots.image_grid(latent_grid(model), GRID)
    return figures


class Variational(Task):
    """Variational autoencoders of images; predictions are reconstructions or samples."""

    name = "variational"
    test_metrics = ("importance_sampled_log_likelihood",)

    def test_evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns the importance-sampled log p(x) with 100 draws, the mean over the split."""
        return (_likelihood,)

    def report(self, model: VAE, data: Data) -> dict[str, Any]:
        """Returns figures, what `probe_codes` does and, of conditional models, "class_accuracy".

        Figures are "reconstructions", "samples", "latent_interpolation", "latent_traversal" and,
        of two latent variables, "latent_grid".
        """
        splits = {name: getattr(data, name).sample(10_000) for name in ("train", "test")}
        codes = {name: (_codes(model, split), split) for name, split in splits.items()}
        report = {**_figures(model, data), **probe_codes(codes, data)}
        if model.num_classes:
            logits = outputs(model, data.test.x)["logits"]
            report["class_accuracy"] = float(np.mean(logits.argmax(axis=1) == data.test.y))
        return report

    def predict(
        self, run: SavedRun, inputs: Sequence[str], *, seed: Annotated[int, Range(0, 2**31)] = 0
    ) -> Iterable[Prediction]:
        """Reconstructs images, or draws new ones.

        Args:
            run: a variational autoencoder of images.
            inputs: image files or folders; how many new images, such as 16; of a conditional model
                class names.
            seed: of the new images.

        Yields:
            A picture for each input; for files that cannot be read, the reasons.
        """
        model: Any = run.model
        names = list(run.spec["class_names"])
        files = []
        for i, word in enumerate(inputs):
            if word in names and model.num_classes:
                new = model.sample(1, labels=[names.index(word)], seed=seed + i)
            elif word.isdecimal() and 1 <= int(word) <= 10_000:
                new = model.sample(int(word), seed=seed + i)
            else:
                files.append(word)
                continue
            picture = plots.tile_images(image_pixels(new), math.ceil(math.sqrt(len(new))))
            yield Prediction(word, f"{len(new)} drawn from the prior", picture)
        if files:
            yield from _reconstructed(run, files)


def _reconstructed(run: SavedRun, files: Sequence[str]) -> Iterable[Prediction]:
    unreadable: Unreadable = []
    shape = tuple(run.spec["input_shape"])
    examples, sources = read_images(files, shape, white_of(run), unreadable)
    if sources:
        made = outputs(run.model, examples)["reconstruction"]
        errors = np.mean((made - examples / np.float32(255)) ** 2, axis=(1, 2, 3))
        for source, picture, error in zip(sources, image_pixels(made), errors, strict=True):
            yield Prediction(source, f"mean squared error {error:.5f}", picture)
    yield from without_answer(unreadable)


def _likelihood(model: Any, split: Split) -> dict[str, float]:
    values = model.log_likelihood(split.x, split.y, samples=DRAWS)
    return {"importance_sampled_log_likelihood": float(values.mean())}


task = Variational()
