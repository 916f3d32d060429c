"""DCGAN: convolutional generator and discriminator of any image size, and conditional versions."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.models._check import check_classes, check_count
from keras_dl.models.gan._convolutions import downsample, linear_output, upsample

__all__ = [
    "PUBLISHED",
    "conditional_dcgan_generator",
    "dcgan_discriminator",
    "dcgan_generator",
    "projection_discriminator",
]

PUBLISHED = {
    "dcgan_generator": {
        "trainable_parameters": 3_576_704,
        "input_shape": (100,),
        "arguments": {},
        "output_shapes": {"start": (4, 4, 512), "up1": (8, 8, 256), "up3": (32, 32, 64)},
        "source": "PyTorch's DCGAN example (nz=100, ngf=64, nc=3): 16·(100·512 + 512·256 + 256·128 "
        "+ 128·64 + 64·3) + 2·(512+256+128+64)",
    },
    "dcgan_discriminator": {
        "trainable_parameters": 2_765_568,
        "input_shape": (64, 64, 3),
        "arguments": {},
        "output_shapes": {"down1": (32, 32, 64), "down4": (4, 4, 512)},
        "source": "PyTorch's DCGAN example (ndf=64, nc=3): 16·(3·64 + 64·128 + 128·256 + 256·512 "
        "+ 512·1) + 2·(128+256+512)",
    },
}


def dcgan_generator(
    output_shape: Sequence[int] = (64, 64, 3),
    *,
    latent_dim: int = 100,
    filters: int = 64,
    name: str = "dcgan_generator",
) -> keras.Model:
    """DCGAN's generator: a projection of the noise, then transposed convolutions with stride 2.

    The projection has the sides of the image, halved while they are even and above 4, at least
    twice where possible: 64 → 4, 28 → 7, 8 → 2 pixels.

    Difference from the paper: kernels of 4×4, as in its authors' Torch code, instead of 5×5 in the
    figure; 64 filters before the last layer instead of 128.

    Args:
        output_shape: (height, width, channels) of an image, at least 8 pixels a side, both even.
        latent_dim: length of the noise.
        filters: filters of the last layer but one; each layer before it has twice as many.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, latent_dim) to (batch, height, width, channels) float32 in
        [-1, 1].

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is too small, or a side odd.

    Reference:
        Radford, Metz and Chintala, 2016, Unsupervised Representation Learning with Deep
        Convolutional Generative Adversarial Networks, arXiv:1511.06434, figure 1 and section 3.
    """
    check_count("latent_dim", latent_dim, "it is the length of the noise")
    noise: Any = keras.Input((latent_dim,), name="noise")
    return keras.Model(noise, upsample(noise, output_shape, filters), name=name)


def dcgan_discriminator(
    input_shape: Sequence[int] = (64, 64, 3),
    *,
    filters: int = 64,
    batch_norm: bool = True,
    spectral_norm: bool = False,
    name: str = "dcgan_discriminator",
) -> keras.Model:
    """DCGAN's discriminator: strided convolutions, each with twice the filters, and a logit.

    Args:
        input_shape: (height, width, channels) of an image, at least 8 pixels a side, both even.
        filters: filters of the first layer; each further one has twice as many.
        batch_norm: whether to normalize all layers but the first and the last. A gradient penalty
            requires False, as it concerns each example separately.
        spectral_norm: whether to divide each kernel by its largest singular value.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) in [-1, 1] to float32 logits
        (batch, 1), above 0 for real images.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is too small, or a side odd.

    Reference:
        Radford, Metz and Chintala, 2016, as `dcgan_generator`. Gulrajani et al., 2017, Improved
        Training of Wasserstein GANs, arXiv:1704.00028, section 4: no batch normalization.
        Miyato et al., 2018, Spectral Normalization, arXiv:1802.05957.
    """
    image: Any = keras.Input(tuple(map(int, input_shape)), name="image")
    x = downsample(image, filters, batch_norm=batch_norm, spectral_norm=spectral_norm)
    logit = linear_output(x, spectral_norm=spectral_norm)
    return keras.Model(image, logit, name=name)


def conditional_dcgan_generator(
    output_shape: Sequence[int],
    num_classes: int,
    *,
    latent_dim: int = 100,
    filters: int = 64,
    name: str = "conditional_dcgan_generator",
) -> keras.Model:
    """DCGAN's generator with the one-hot label concatenated to the noise.

    The noise has a hundred times the variance of the label. A trained class embedding of the same
    variance as the noise also generates the classes, but soon collapses to one image of each.

    Args:
        output_shape: (height, width, channels) of an image, at least 8 pixels a side, both even.
        num_classes: number of classes, at least 2.
        latent_dim: length of the noise.
        filters: filters of the last layer but one; each layer before it has twice as many.
        name: name of the model.

    Returns:
        An uncompiled model from [noise (batch, latent_dim), one-hot labels (batch, num_classes)] to
        images (batch, height, width, channels) float32 in [-1, 1].

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is too small, or a side odd.

    Reference:
        Radford, Metz and Chintala, 2016, arXiv:1511.06434, for the layers. Mirza and Osindero,
        2014, Conditional Generative Adversarial Nets, arXiv:1411.1784, for the label.
    """
    check_classes(num_classes)
    check_count("latent_dim", latent_dim, "it is the length of the noise")
    noise: Any = keras.Input((latent_dim,), name="noise")
    label: Any = keras.Input((num_classes,), name="label")
    x = keras.layers.Concatenate(name="both")([noise, label])
    return keras.Model([noise, label], upsample(x, output_shape, filters), name=name)


def projection_discriminator(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    filters: int = 64,
    batch_norm: bool = True,
    spectral_norm: bool = False,
    name: str = "projection_discriminator",
) -> keras.Model:
    """Projection discriminator: DCGAN's features φ with the logit w·φ(x) + v_y·φ(x).

    Each class y has a vector v_y that weighs the features, instead of the label being one feature
    among hundreds.

    Args:
        input_shape: (height, width, channels) of an image, at least 8 pixels a side, both even.
        num_classes: number of classes, at least 2.
        filters: filters of the first layer; each further one has twice as many.
        batch_norm: whether to normalize all layers but the first and the last.
        spectral_norm: whether to divide each kernel by its largest singular value.
        name: name of the model.

    Returns:
        An uncompiled model from [images (batch, height, width, channels) in [-1, 1], one-hot labels
        (batch, num_classes)] to float32 logits (batch, 1).

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is too small, or a side odd.

    Reference:
        Miyato and Koyama, 2018, cGANs with Projection Discriminator, arXiv:1802.05637, eq. 3.
    """
    check_classes(num_classes)
    image: Any = keras.Input(tuple(map(int, input_shape)), name="image")
    label: Any = keras.Input((num_classes,), name="label")
    x = downsample(image, filters, batch_norm=batch_norm, spectral_norm=spectral_norm)
    by_class = linear_output(x, num_classes, spectral_norm=spectral_norm, name="classes")
    projection = keras.layers.Dot(axes=1, dtype="float32", name="projection")([by_class, label])
    unconditional = linear_output(x, spectral_norm=spectral_norm)
    logit = keras.layers.Add(dtype="float32", name="sum")([unconditional, projection])
    return keras.Model([image, label], logit, name=name)
