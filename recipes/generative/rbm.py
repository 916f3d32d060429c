"""RBM: restricted Boltzmann machine of images, by contrastive divergence or persistent chains.

Paper: Hinton, 2002, Training Products of Experts by Minimizing Contrastive Divergence; Tieleman,
    2008, Training Restricted Boltzmann Machines using Approximations to the Likelihood Gradient.
Data: MNIST, 60,000 + 10,000 digits of 28×28 pixels, CC BY-SA 3.0; or any other images. Grey levels
    are probabilities of the visible units, or pixels are drawn once.
Run: keras-dl run rbm
Expect: 500 hidden units, PCD-1, 10 epochs, on MNIST's test set, mean of seeds 0 to 2:
    pseudo-likelihood -62.1 nats (-62.0, -62.1, -62.3), squared error of a pixel 0.0075; from the
    hidden units of 10,000 labelled digits, 10 nearest neighbours are right in 95.8 % (95.7, 96.0,
    95.7), a linear classifier in 96.3 % (96.3, 96.3, 96.2); 100 s on one busy core of a Xeon. LISA
    lab's Deep Learning Tutorials have a pseudo-likelihood of -62.8 after 15 epochs of PCD-15.
Differs: One Gibbs step an update, 100 chains beside batches of 50, momentum, a rate that falls
    along half a cosine; no weight decay. Grey levels train, the pseudo-likelihood is that of
    rounded pixels, as in the tutorials. The exact likelihood is reported of at most 16 hidden
    units.
"""

from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe, Score, When, plots
from keras_dl.algorithms import RBM
from keras_dl.data import Data, Split, load
from keras_dl.data.images.binary import check_images, with_binary_pixels
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.reconstruction import image_pixels, report_reconstruction

SHOWN, STEPS = 50, 1000  # chains in the figure of samples, and their Gibbs steps
SMALL = 16  # hidden units up to which the exact likelihood is reported


def data(
    *,
    dataset: str = "mnist",
    image_size: int | None = None,
    fixed_binarisation: Annotated[bool, Choice(False, True)] = False,
    batch_size: Annotated[int, Range(10, 500, log=True)] = 50,
) -> Data:
    """Images in their own size, with binary pixels that are drawn once if wanted."""
    images = check_images(load(dataset, batch_size=batch_size, image_size=image_size))
    return with_binary_pixels(images) if fixed_binarisation else images


def build(
    data: Data,
    *,
    units: Annotated[int, Range(2, 2000, log=True)] = 500,
    persistent: Annotated[bool, Choice(False, True)] = True,
    chains: Annotated[int, Range(10, 500, log=True), When("persistent", True)] = 100,
    steps: Annotated[int, Range(1, 25, log=True)] = 1,
    learning_rate: Annotated[float, Range(1e-3, 0.3, log=True)] = 0.05,
    momentum: Annotated[float, Choice(0.0, 0.5, 0.9)] = 0.5,
) -> Any:
    """Compiles the machine with momentum and a rate that falls along half a cosine."""
    small: Any = keras.initializers.RandomNormal(stddev=0.01)
    model = RBM(
        keras.layers.Rescaling(1 / 255, dtype="float32", name="scaling"),
        keras.layers.Dense(units, "sigmoid", kernel_initializer=small, name="hidden"),
        data.input_shape,
        steps=steps,
        chains=chains if persistent else 0,
        name="rbm",
    )
    rate = {"momentum": momentum, "decay_steps": data.planned_steps}
    model.compile(make_optimizer("momentum", learning_rate, **rate))
    return model


def pseudo_likelihood(model: Any, split: Split) -> dict[str, float]:
    """The pseudo-likelihood of a split, and of small machines the exact likelihood."""
    metrics = {"pseudo_log_likelihood": float(model.pseudo_log_likelihood(split.x).mean())}
    if model.layer.units <= SMALL:
        metrics["log_likelihood"] = float(model.log_likelihood(split.x).mean())
    return metrics


def report(model: Any, data: Data) -> dict[str, Any]:
    """Reconstructions, filters and probes of the hidden units, and samples of long chains."""
    start = np.random.default_rng(0).integers(0, 2, (SHOWN, *data.input_shape))
    states = model.gibbs(
        keras.ops.reshape(keras.ops.cast(start, "float32"), (SHOWN, -1)),
        STEPS,
        keras.random.SeedGenerator(0),
    )
    means = np.asarray(keras.ops.convert_to_numpy(model.visible(model.hidden(states))))
    pictures = image_pixels(means.reshape(SHOWN, *data.input_shape))
    title = f"{SHOWN} chains after {STEPS:,} Gibbs steps from random pixels"
    samples = plots.image_grid(pictures, 10, title=title)
    return {**report_reconstruction(model, data), "samples": samples}


recipe = Recipe(
    name="rbm",
    data=data,
    build=build,
    report=report,
    evaluators=(pseudo_likelihood,),
    epochs=10,
    objective=Objective("val_pseudo_log_likelihood", "max"),
    task="reconstruction",
    factors=("persistent", "momentum"),
    score=Score("test/pseudo_log_likelihood", "max", label="pseudo-likelihood, nats"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
