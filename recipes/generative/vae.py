"""VAE: variational autoencoder of images, with β and class labels as switches.

Paper: Kingma and Welling, 2014, Auto-Encoding Variational Bayes; beta as in Higgins et al., 2017,
    beta-VAE; labels as in Sohn, Lee and Yan, 2015.
Data: MNIST, 60,000 + 10,000 digits of 28×28 pixels, CC BY-SA 3.0; or any other images. Pixels are
    binarised anew in each step (dynamic), once (fixed), or are probabilities themselves (grey).
Run: keras-dl run vae
Expect: On MNIST, seed 0: test ELBO -96.7 nats per image, importance-sampled log p(x) with 100 draws
    -93.3; 20 epochs, 4 CPU minutes on a busy core of an AMD EPYC. In 5 epochs (--budget quick),
    one minute: -107.5 and -103.8.
Differs: Dynamic binarisation, Adam with a rate that falls along half a cosine, two layers of 500
    and 20 latent variables; the paper has one layer, Adagrad, and figures by plot only. ELBO and
    log p(x) are sums over 784 pixels; figures of another binarisation, latent size or number of
    draws are not comparable: altosaar/variational-autoencoder, one draw of the pixels, 128 latent
    variables, has -103.3 and -97.1.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Repeat, Score, When
from keras_dl.algorithms import VAE
from keras_dl.data import Data, load
from keras_dl.data.images.binary import check_images, with_binary_pixels
from keras_dl.models import vae_decoder, vae_encoder
from keras_dl.optimizers import make_optimizer


def data(
    *,
    dataset: str = "mnist",
    image_size: int | None = None,
    fixed_binarisation: Annotated[bool, Choice(False, True)] = False,
    batch_size: Annotated[int, Range(32, 512, log=True, step=2)] = 128,
) -> Data:
    """Images in their own size, with binary pixels that are drawn once if wanted."""
    images = check_images(load(dataset, batch_size=batch_size, image_size=image_size))
    return with_binary_pixels(images) if fixed_binarisation else images


def build(
    data: Data,
    *,
    units: Annotated[tuple[int, ...], Repeat(Range(16, 1024, log=True), 1, 3)] = (500, 500),
    latent_dim: Annotated[int, Range(2, 128, log=True)] = 20,
    conditional: Annotated[bool, Choice(False, True)] = False,
    beta: Annotated[float, Range(0.1, 20.0, log=True)] = 1.0,
    likelihood: Annotated[str, Choice("bernoulli", "gaussian")] = "bernoulli",
    binarisation: Annotated[bool, Choice(False, True), When("likelihood", "bernoulli")] = True,
    variance: Annotated[float, Range(0.005, 1.0, log=True), When("likelihood", "gaussian")] = 1.0,
    activation: Annotated[str, Choice("relu", "tanh")] = "relu",
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 1e-3,
) -> Any:
    """Compiles encoder and decoder, which mirror each other, with Adam."""
    sizes: dict[str, Any] = {
        "latent_dim": latent_dim,
        "num_classes": data.num_classes if conditional else None,
        "activation": activation,
    }
    encoder = vae_encoder(data.input_shape, units=units, **sizes)
    model = VAE(
        keras.layers.Rescaling(1 / 255, dtype="float32", name="scaling"),
        encoder,
        vae_decoder(data.input_shape, units=tuple(units)[::-1], **sizes),
        likelihood=likelihood,
        variance=variance,
        beta=beta,
        binarise=binarisation and likelihood == "bernoulli",
        name="vae",
    )
    model.compile(make_optimizer("adam", learning_rate, decay_steps=data.planned_steps))
    return model


recipe = Recipe(
    name="vae",
    data=data,
    build=build,
    epochs=20,
    objective=Objective("val_elbo", "max"),
    task="variational",
    factors=("conditional", "activation"),
    score=Score("test/elbo", "max", label="lower bound of log p(x), nats"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
