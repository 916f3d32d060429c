"""Generators and discriminators of generative adversarial networks."""

from keras_dl.models.gan import dcgan, perceptrons
from keras_dl.models.gan.dcgan import (
    conditional_dcgan_generator,
    dcgan_discriminator,
    dcgan_generator,
    projection_discriminator,
)
from keras_dl.models.gan.perceptrons import (
    conditional_discriminator,
    conditional_generator,
    gan_discriminator,
    gan_generator,
)

__all__ = [
    "PUBLISHED",
    "conditional_dcgan_generator",
    "conditional_discriminator",
    "conditional_generator",
    "dcgan_discriminator",
    "dcgan_generator",
    "gan_discriminator",
    "gan_generator",
    "projection_discriminator",
]

PUBLISHED = dcgan.PUBLISHED | perceptrons.PUBLISHED
