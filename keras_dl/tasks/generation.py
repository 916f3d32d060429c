"""What recipes of generators report: numbers of quality, and the figures that go with them."""

import math
import warnings
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.algorithms import GAN
from keras_dl.data import Data
from keras_dl.metrics.distances import frechet_distance, kernel_distance
from keras_dl.metrics.features import features_and_classes
from keras_dl.metrics.manifold import precision_recall
from keras_dl.metrics.modes import modes
from keras_dl.optimizers import make_gan_optimizer
from keras_dl.space import Range
from keras_dl.tasks.base import Prediction, SavedRun, Task

__all__ = ["Generation", "compile_gan", "latent_interpolation", "report_generation", "task"]

STEPS, WALKS = 10, 6


def report_generation(model: GAN, data: Data) -> dict[str, Any]:
    """Reports numbers and figures of a generator, from as many generated images as test has.

    A collapsed generator is reported by a warning, too.

    Args:
        model: trained.
        data: its test split is the reference. Without a trained `feature_extractor` among `extras`
            there are no numbers and no "class_shares".

    Returns:
        Figures "samples", "latent_walk", "class_shares", and "samples_by_epoch" if the training was
        monitored; numbers "lenet_fid_of_samples", "lenet_kid", "precision", "recall",
        "classes_made", "variety" and "collapsed".
    """
    columns = data.num_classes if model.num_classes else 10
    figures = {
        "samples": plots.image_grid(model.sample(6 * columns), columns),
        "latent_walk": plots.image_grid(latent_interpolation(model), STEPS),
    }
    if model.sample_monitor.snapshots:
        figures["samples_by_epoch"] = plots.samples_by_epoch(model.sample_monitor.snapshots)
    extractor = data.extras.get("feature_extractor")
    return figures if extractor is None else {**figures, **_quality(model, data, extractor)}


def _quality(model: GAN, data: Data, extractor: keras.Model) -> dict[str, Any]:
    labels = data.test.y if model.num_classes else None
    generated = model.sample(len(data.test.x), labels=labels, seed=1)
    real, fake = (features_and_classes(extractor, images) for images in (data.test.x, generated))
    coverage = modes(real, fake, data.class_names)
    if coverage.collapsed:
        warnings.warn(coverage.verdict, stacklevel=3)
    precision, recall = precision_recall(real[0], fake[0])
    return {
        "class_shares": plots.class_shares(
            coverage.real, coverage.fake, data.class_names, coverage.verdict
        ),
        "lenet_fid_of_samples": frechet_distance(real[0], fake[0]),
        "lenet_kid": kernel_distance(real[0], fake[0]),
        "precision": precision,
        "recall": recall,
        "classes_made": coverage.covered,
        "variety": coverage.variety,
        "collapsed": float(coverage.collapsed),
    }


def latent_interpolation(model: GAN, *, seed: int = 0) -> np.ndarray:
    """Images along great circles between two draws of noise each: six walks of ten steps.

    On the straight line between two normal draws the noise would be shorter than any that the
    generator has seen.

    Args:
        model: makes the images; of a conditional one, each walk stays in one class.
        seed: of the ends.

    Returns:
        (60, height, width, channels) uint8, walk after walk.

    Reference:
        White, 2016, Sampling Generative Networks, arXiv:1609.04468, section 2.1.
    """
    random = np.random.default_rng(seed)
    size = int(model.generator.inputs[0].shape[-1])
    start, end = random.normal(size=(2, WALKS, 1, size))
    lengths = [np.linalg.norm(part, axis=-1, keepdims=True) for part in (start, end)]
    cosine = np.sum(start * end, axis=-1, keepdims=True) / (lengths[0] * lengths[1])
    angle = np.arccos(cosine.clip(-1, 1))
    share = np.linspace(0, 1, STEPS)[:, None]
    noise = (np.sin((1 - share) * angle) * start + np.sin(share * angle) * end) / np.sin(angle)
    labels = np.repeat(np.arange(WALKS), STEPS) % model.num_classes if model.num_classes else None
    return model.images(noise.reshape(-1, size), labels)


def compile_gan(
    model: GAN,
    data: Data,
    *,
    learning_rate: float,
    rate_ratio: float = 1.0,
    momentum: float = 0.5,
    second_momentum: float = 0.999,
) -> GAN:
    """Compiles a GAN with Adam for each network and learning rates that decay along half a cosine.

    Args:
        model: the networks and their loss.
        data: its planned steps are the length of the decay.
        learning_rate: initial learning rate of the generator.
        rate_ratio: the discriminator's learning rate over the generator's.
        momentum: β₁ of both.
        second_momentum: β₂ of both.

    Returns:
        The same model.

    Raises:
        ValueError: if a rate is not positive.
    """
    optimizer = make_gan_optimizer(
        learning_rate,
        rate_ratio=rate_ratio,
        momentum=momentum,
        second_momentum=second_momentum,
        decay_steps=data.planned_steps,
        discriminator_steps=model.discriminator_steps,
        generator_steps=model.generator_steps,
    )
    model.compile(optimizer)
    return model


class Generation(Task):
    """Generators of images; predictions are new images of the classes or in the number asked."""

    name = "generation"

    def samples(self, model: Any, since: int) -> dict[int, np.ndarray]:
        """Returns one picture per epoch of the images that the training monitors."""
        return plots.tiled_samples(model.sample_monitor.snapshots, since)

    def callbacks(self, model: Any, data: Data) -> list[keras.callbacks.Callback]:
        """Returns the monitor of samples and gradient norms."""
        return [model.sample_monitor]

    def report(self, model: Any, data: Data) -> dict[str, Any]:
        """Returns the figures and numbers of `report_generation`."""
        return report_generation(model, data)

    def predict(
        self, run: SavedRun, inputs: Sequence[str], *, seed: Annotated[int, Range(0, 2**31)] = 0
    ) -> Iterable[Prediction]:
        """Generates images.

        Args:
            run: a run of a generator.
            inputs: class names of a conditional generator, or how many images, such as 16.
            seed: of the noise.

        Yields:
            A picture for each input; one that is neither a class nor a number gets an error.
        """
        model: Any = run.model
        names = list(run.spec["class_names"])
        for i, word in enumerate(inputs):
            if word in names and model.num_classes:
                images = model.sample(1, labels=[names.index(word)], seed=seed + i)
            elif word.isdecimal() and 1 <= int(word) <= 10_000:
                images = model.sample(int(word), seed=seed + i)
            else:
                classes = f" or one of {', '.join(names)}" if model.num_classes else ""
                reason = f"`inputs` must be a number of images, 1 … 10,000{classes}."
                yield Prediction(word, "", error=f"{reason} Received: {word!r}")
                continue
            picture = plots.tile_images(images, math.ceil(math.sqrt(len(images))))
            yield Prediction(word, f"{len(images)} generated", picture)


task = Generation()
