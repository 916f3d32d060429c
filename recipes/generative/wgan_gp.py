"""WGAN-GP: Wasserstein GAN with gradient penalty.

Paper: Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville, 2017, Improved Training of Wasserstein
    GANs, algorithm 1.
Data: MNIST, 60,000 + 10,000 digits of 28×28 pixels, CC BY-SA 3.0; or any other images.
Run: keras-dl run wgan_gp
Expect: lenet_fid 8.7 on MNIST's test images, seed 0: a Fréchet distance in features of a LeNet-5
    trained on MNIST, of which real images have 0.15 and a generator that always makes their mean
    has 100; not comparable with Inception's FID. All ten classes are made, precision 0.55, recall
    0.77; 4 epochs, of which the generator learns in every fifth step, 224 s of training on two busy
    cores of an AMD EPYC. The paper has no figure for MNIST.
Differs: DCGAN's nets; rates of 1e-3 that fall along half a cosine, for 1e-4; the generator learns
    in the critic's last step of five, on the same batch; 54,000 images to train on, 6,000 to choose
    the best epoch.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe
from keras_dl.algorithms import GAN
from keras_dl.data import Data, load
from keras_dl.metrics import train_feature_extractor, with_feature_extractor
from keras_dl.models.gan import dcgan_discriminator, dcgan_generator
from keras_dl.tasks.generation import compile_gan, report_generation


def data(
    *,
    dataset: str = "mnist",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 64,
) -> Data:
    """Loads images with even sides and adds the feature extractor."""
    return with_feature_extractor(load(dataset, batch_size=batch_size, image_size=image_size))


def build(
    data: Data,
    *,
    latent_dim: Annotated[int, Range(10, 200, log=True)] = 100,
    filters: Annotated[int, Choice(16, 32, 64)] = 32,
    gradient_penalty: Annotated[float, Range(0.1, 100.0, log=True)] = 10.0,
    critic_steps: Annotated[int, Range(1, 5)] = 5,
    learning_rate: Annotated[float, Range(1e-5, 1e-2, log=True)] = 1e-3,
    rate_ratio: Annotated[float, Range(0.1, 10.0, log=True)] = 1.0,
    ema_momentum: Annotated[float | None, Choice(None, 0.99, 0.999)] = None,
) -> Any:
    """Compiles DCGAN's networks, the critic without batch norm; Adam with β₁ = 0, β₂ = 0.9."""
    return compile_gan(
        GAN(
            dcgan_generator(data.input_shape, latent_dim=latent_dim, filters=filters),
            dcgan_discriminator(data.input_shape, filters=filters, batch_norm=False),
            adversarial_loss="wasserstein",
            discriminator_steps=critic_steps,
            gradient_penalty=gradient_penalty,
            ema_momentum=ema_momentum,
            feature_extractor=data.extras["feature_extractor"],
        ),
        data,
        learning_rate=learning_rate,
        rate_ratio=rate_ratio,
        momentum=0.0,
        second_momentum=0.9,
    )


def train(session: Any, model: keras.Model, data: Data) -> None:
    """Trains the feature extractor that measures the images, then the networks."""
    train_feature_extractor(data.extras["feature_extractor"], data)
    session.fit(model, data)


recipe = Recipe(
    name="wgan_gp",
    data=data,
    build=build,
    train=train,
    report=report_generation,
    epochs=4,
    objective=Objective("val_lenet_fid", "min"),
    task="generation",
    factors=("critic_steps",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
