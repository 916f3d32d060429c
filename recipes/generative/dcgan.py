"""DCGAN: convolutional generator and discriminator with batch normalization.

Paper: Radford, Metz and Chintala, 2016, Unsupervised Representation Learning with Deep
    Convolutional Generative Adversarial Networks, sections 3 and 4.
Data: MNIST, 60,000 + 10,000 digits of 28×28 pixels, CC BY-SA 3.0; or any other images.
Run: keras-dl run dcgan
Expect: lenet_fid 12.3 on MNIST's test images, seed 0: a Fréchet distance in features of a LeNet-5
    trained on MNIST, of which real images have 0.15 and a generator that always makes their mean
    has 100; not comparable with Inception's FID. All ten classes are made, precision 0.56, recall
    0.66; 4 epochs, 216 s of training on two busy cores of an AMD EPYC. The paper measures no
    distance.
Differs: Images of 28×28 pixels and half as many filters; kernels of 4×4 for the 5×5 of the paper's
    figure 1 and of the authors' code in Theano; normal noise for uniform; both nets step at once,
    on the same noise; rates fall along half a cosine; 54,000 images to train on, 6,000 to choose
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
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 128,
) -> Data:
    """Loads images with even sides and adds the feature extractor."""
    return with_feature_extractor(load(dataset, batch_size=batch_size, image_size=image_size))


def build(
    data: Data,
    *,
    adversarial_loss: Annotated[
        str, Choice("non_saturating", "minimax", "least_squares", "hinge")
    ] = "non_saturating",
    latent_dim: Annotated[int, Range(10, 200, log=True)] = 100,
    filters: Annotated[int, Choice(16, 32, 64)] = 32,
    batch_norm: bool = True,
    spectral_norm: bool = False,
    r1: Annotated[float, Range(0.0, 10.0)] = 0.0,
    learning_rate: Annotated[float, Range(1e-5, 1e-2, log=True)] = 2e-4,
    rate_ratio: Annotated[float, Range(0.1, 10.0, log=True)] = 1.0,
    momentum: Annotated[float, Range(0.0, 0.9)] = 0.5,
    discriminator_steps: Annotated[int, Range(1, 5)] = 1,
    ema_momentum: Annotated[float | None, Choice(None, 0.99, 0.999)] = None,
) -> Any:
    """Compiles the paper's networks; the norms apply to the discriminator."""
    generator = dcgan_generator(data.input_shape, latent_dim=latent_dim, filters=filters)
    discriminator = dcgan_discriminator(
        data.input_shape, filters=filters, batch_norm=batch_norm, spectral_norm=spectral_norm
    )
    return compile_gan(
        GAN(
            generator,
            discriminator,
            adversarial_loss=adversarial_loss,
            discriminator_steps=discriminator_steps,
            r1=r1,
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
    name="dcgan",
    data=data,
    build=build,
    train=train,
    report=report_generation,
    epochs=4,
    objective=Objective("val_lenet_fid", "min"),
    task="generation",
    factors=("adversarial_loss", "batch_norm", "spectral_norm"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
