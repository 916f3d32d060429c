"""What recipes of generators report: numbers of quality, and the figures that go with them."""

import warnings
from typing import Any

import numpy as np

from keras_dl import plots
from keras_dl.algorithms import GAN
from keras_dl.data import Data
from keras_dl.metrics.distances import frechet_distance, kernel_distance
from keras_dl.metrics.features import looked_at
from keras_dl.metrics.manifold import precision_recall
from keras_dl.metrics.modes import modes
from keras_dl.optimizers import make_gan_optimizer

__all__ = ["compile_gan", "latent_interpolation", "report_generation"]

STEPS, WALKS = 10, 6


def report_generation(model: GAN, data: Data) -> dict[str, Any]:
    """Numbers and figures of a generator, from as many made images as test has.

    A warning says so in words when the generator has collapsed.

    Args:
        model: trained; its images are judged.
        data: with the net of `feature_net` among `extras` as "feature_extractor"; its test split
            is the reference.

    Returns:
        Figures "samples", "samples_by_epoch" where the training was watched, "latent_walk" and
        "class_shares"; numbers "lenet_kid", "precision", "recall", "classes_made", "variety",
        "collapsed".
    """
    extractor = data.extras["feature_extractor"]
    labels = data.test.y if model.num_classes else None
    made = model.sample(len(data.test.x), labels=labels, seed=1)
    real, fake = looked_at(extractor, data.test.x), looked_at(extractor, made)
    covered = modes(real, fake, data.class_names)
    if covered.collapsed:
        warnings.warn(covered.verdict, stacklevel=2)
    precision, recall = precision_recall(real[0], fake[0])
    columns = data.num_classes if model.num_classes else 10
    found: dict[str, Any] = {
        "samples": plots.image_grid(model.sample(6 * columns), columns),
        "latent_walk": plots.image_grid(latent_interpolation(model), STEPS),
        "class_shares": plots.class_shares(
            covered.real, covered.fake, data.class_names, covered.verdict
        ),
        "lenet_fid_of_samples": frechet_distance(real[0], fake[0]),
        "lenet_kid": kernel_distance(real[0], fake[0]),
        "precision": precision,
        "recall": recall,
        "classes_made": covered.covered,
        "variety": covered.variety,
        "collapsed": float(covered.collapsed),
    }
    if model.sample_monitor.snapshots:
        found["samples_by_epoch"] = plots.samples_by_epoch(model.sample_monitor.snapshots)
    return found


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
