"""GAN: adversarial training of a generator and a discriminator.

Paper: Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville and Bengio, 2014,
    Generative Adversarial Nets, section 5.
Data: MNIST, 60,000 + 10,000 digits of 28×28 pixels, CC BY-SA 3.0; or any other images.
Run: keras-dl run gan
Expect: lenet_fid 20.2 on MNIST's test images, mean of seeds 0 to 2 (20.3, 19.6, 20.7): a Fréchet
    distance in features of a LeNet-5 trained on MNIST, of which real images have 0.15 and a
    generator that always makes their mean has 100; not comparable with Inception's FID. All ten
    classes are made, precision 0.77, recall 0.55; 8 epochs, 200 s on one busy core of a Xeon. The
    paper has a Parzen window's log-likelihood, 225, which is not computed here.
Differs: A generator of 256 units a layer for 1200; normal noise for uniform; Adam with β₁ = 0 and
    rates that fall along half a cosine for SGD with momentum; both nets step at once, on the same
    noise; 54,000 images to train on, 6,000 to choose the best epoch. With β₁ = 0.5 four settings
    that were tried had collapsed after 420 to 844 steps, and the report said so.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe
from keras_dl.algorithms import GAN
from keras_dl.data import Data, load
from keras_dl.metrics import train_feature_extractor, with_feature_extractor
from keras_dl.models.gan import gan_discriminator, gan_generator
from keras_dl.tasks.generation import compile_gan, report_generation


def data(
    *,
    dataset: str = "mnist",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 128,
) -> Data:
    """Loads images in their own size and adds the feature extractor."""
    return with_feature_extractor(load(dataset, batch_size=batch_size, image_size=image_size))


def build(
    data: Data,
    *,
    adversarial_loss: Annotated[
        str, Choice("non_saturating", "minimax", "least_squares")
    ] = "non_saturating",
    latent_dim: Annotated[int, Range(10, 200, log=True)] = 100,
    units: Annotated[int, Choice(256, 512, 1200)] = 256,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.5,
    learning_rate: Annotated[float, Range(1e-5, 1e-2, log=True)] = 5e-4,
    rate_ratio: Annotated[float, Range(0.1, 10.0, log=True)] = 1.0,
    momentum: Annotated[float, Range(0.0, 0.9)] = 0.0,
    discriminator_steps: Annotated[int, Range(1, 5)] = 1,
    ema_momentum: Annotated[float | None, Choice(None, 0.99, 0.999)] = None,
) -> Any:
    """Compiles the paper's perceptrons with one Adam each."""
    generator = gan_generator(data.input_shape, latent_dim=latent_dim, units=units)
    discriminator = gan_discriminator(data.input_shape, dropout=dropout)
    return compile_gan(
        GAN(
            generator,
            discriminator,
            adversarial_loss=adversarial_loss,
            discriminator_steps=discriminator_steps,
            ema_momentum=ema_momentum,
            feature_extractor=data.extras["feature_extractor"],
        ),
        data,
        learning_rate=learning_rate,
        rate_ratio=rate_ratio,
        momentum=momentum,
    )


def train(session: Any, model: keras.Model, data: Data) -> None:
    """Trains the feature extractor that measures the images, then the networks."""
    train_feature_extractor(data.extras["feature_extractor"], data)
    session.fit(model, data)


recipe = Recipe(
    name="gan",
    data=data,
    build=build,
    train=train,
    report=report_generation,
    epochs=8,
    objective=Objective("val_lenet_fid", "min"),
    task="generation",
    factors=("adversarial_loss",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
