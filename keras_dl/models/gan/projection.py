"""DCGAN's pair, told the class: a label beside the noise, and a projection in the discriminator."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.models._check import check_classes, check_count
from keras_dl.models.gan._convolutions import grown, score, shrunk

__all__ = ["conditional_dcgan_generator", "projection_discriminator"]


def conditional_dcgan_generator(
    output_shape: Sequence[int],
    num_classes: int,
    *,
    latent_dim: int = 100,
    filters: int = 64,
    name: str = "conditional_dcgan_generator",
) -> keras.Model:
    """DCGAN's generator of noise with a vector of the class beside it.

    The vector is learnt, begins normal with variance 1 and is as long as the noise: what is asked
    for and what is drawn have equal parts of the input.

    Args:
        output_shape: (height, width, channels) of an image, at least 8 pixels a side, both even.
        num_classes: number of classes, at least 2.
        latent_dim: length of the noise.
        filters: of the last layer but one; each layer before it has twice as many.
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
    noise = keras.Input((latent_dim,), name="noise")
    label = keras.Input((num_classes,), name="label")
    normal: Any = keras.initializers.RandomNormal(stddev=1.0)
    embedding = keras.layers.Dense(
        latent_dim, use_bias=False, kernel_initializer=normal, name="embedding"
    )
    x = keras.layers.Concatenate(name="both")([noise, embedding(label)])
    return keras.Model([noise, label], grown(x, output_shape, filters), name=name)


def projection_discriminator(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    filters: int = 64,
    batch_norm: bool = True,
    spectral_norm: bool = False,
    name: str = "projection_discriminator",
) -> keras.Model:
    """DCGAN's discriminator whose logit is w·φ(x) + v_y·φ(x), with a v for each class.

    So the class chooses what to look for in the image's features φ, instead of being one feature
    among hundreds.

    Args:
        input_shape: (height, width, channels) of an image, at least 8 pixels a side, both even.
        num_classes: number of classes, at least 2.
        filters: of the first layer; each further one has twice as many.
        batch_norm: normalise all layers but the first and the last.
        spectral_norm: divide each kernel by its largest singular value.
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
    image = keras.Input(tuple(map(int, input_shape)), name="image")
    label = keras.Input((num_classes,), name="label")
    x = shrunk(image, filters, batch_norm=batch_norm, spectral_norm=spectral_norm)
    each = score(x, num_classes, spectral_norm=spectral_norm, name="classes")
    chosen = keras.layers.Dot(axes=1, dtype="float32", name="projection")([each, label])
    alone = score(x, spectral_norm=spectral_norm)
    logit = keras.layers.Add(dtype="float32", name="sum")([alone, chosen])
    return keras.Model([image, label], logit, name=name)
