"""Convolutional adversarial nets: DCGAN's pair for any image size."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.layers import SpectralNormalization
from keras_dl.models._check import check_count, check_image_shape

__all__ = ["PUBLISHED", "dcgan_discriminator", "dcgan_generator"]

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

LEAK = 0.2
NORMAL = 0.02  # standard deviation of the initial weights, section 4


def dcgan_generator(
    output_shape: Sequence[int] = (64, 64, 3),
    *,
    latent_dim: int = 100,
    filters: int = 64,
    name: str = "dcgan_generator",
) -> keras.Model:
    """From noise to a few pixels with many channels, then twice as large in each layer.

    The sides are halved as long as they are even and above 4, and twice at least where they can be,
    to find where to start: 64 → 4, 28 → 7, 8 → 2 pixels.

    Differs from the paper: kernels of 4×4, as in its authors' Torch code, where the paper's figure
    has 5×5; 64 filters before the last layer, where its figure has 128.

    Args:
        output_shape: (height, width, channels) of an image, at least 8 pixels a side, both even.
        latent_dim: length of the noise.
        filters: of the last layer but one; each layer before it has twice as many.
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
    check_count("filters", filters, "so many maps has the last layer but one")
    stages = _stages(output_shape, "output_shape")
    height, width = (int(side) >> stages for side in output_shape[:2])
    wide = filters << (stages - 1)
    noise = keras.Input((latent_dim,), name="noise")
    x = keras.layers.Dense(height * width * wide, use_bias=False, **_normal(), name="project")(
        noise
    )
    x = keras.layers.Reshape((height, width, wide), name="start")(x)
    x = _rectified(x, "start")
    for stage in range(1, stages):
        x = _up(wide >> stage, f"up{stage}")(x)
        x = _rectified(x, f"up{stage}")
    # float32 even under mixed precision: pixels have 256 levels.
    image = _up(int(output_shape[2]), "image", activation="tanh", dtype="float32")(x)
    return keras.Model(noise, image, name=name)


def dcgan_discriminator(
    input_shape: Sequence[int] = (64, 64, 3),
    *,
    filters: int = 64,
    batch_norm: bool = True,
    spectral_norm: bool = False,
    name: str = "dcgan_discriminator",
) -> keras.Model:
    """Half as large in each layer, with twice the channels, to a logit.

    Args:
        input_shape: (height, width, channels) of an image, at least 8 pixels a side, both even.
        filters: of the first layer; each further one has twice as many.
        batch_norm: normalise all layers but the first and the last. A gradient penalty asks for
            False: it is about each example by itself.
        spectral_norm: divide each kernel by its largest singular value.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) in [-1, 1] to float32 logits
        (batch, 1), above 0 for what it takes for real.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is too small, or a side odd.

    Reference:
        Radford, Metz and Chintala, 2016, as `dcgan_generator`. Gulrajani et al., 2017, Improved
        Training of Wasserstein GANs, arXiv:1704.00028, section 4, for no batch normalisation.
        Miyato et al., 2018, Spectral Normalization, arXiv:1802.05957.
    """
    check_count("filters", filters, "so many maps has the first layer")
    stages = _stages(input_shape, "input_shape")

    def normalised(layer: Any) -> Any:
        if not spectral_norm:
            return layer
        return SpectralNormalization(layer, name=f"{layer.name}_spectral", dtype=layer.dtype_policy)

    image = keras.Input(tuple(map(int, input_shape)), name="image")
    x = image
    for stage in range(stages):
        down = f"down{stage + 1}"
        normed = batch_norm and stage > 0
        options = {"padding": "same", "use_bias": not batch_norm, **_normal()}
        x = normalised(keras.layers.Conv2D(filters << stage, 4, 2, **options, name=down))(x)
        if normed:
            x = keras.layers.BatchNormalization(momentum=0.9, name=f"{down}_norm")(x)
        x = keras.layers.LeakyReLU(LEAK, name=f"{down}_leaky")(x)
    x = keras.layers.Flatten(name="flat")(x)
    last = keras.layers.Dense(1, use_bias=False, **_normal(), dtype="float32", name="logit")
    return keras.Model(image, normalised(last)(x), name=name)


def _stages(shape: Sequence[int], name: str) -> int:
    """How often both sides can be halved from more than 4 pixels, or twice from 8."""
    check_image_shape(shape, smallest=8)
    height, width, stages = int(shape[0]), int(shape[1]), 0
    while (min(height, width) > 4 or stages < 2) and height % 2 == width % 2 == 0:
        height, width, stages = height // 2, width // 2, stages + 1
    if not stages:
        raise ValueError(
            f"`{name}` must have even sides; each layer doubles or halves them. "
            f"Received: {name}={tuple(shape)}"
        )
    return stages


def _normal() -> dict[str, Any]:
    return {"kernel_initializer": keras.initializers.RandomNormal(stddev=NORMAL)}


def _up(filters: int, name: str, **options: Any) -> keras.layers.Layer:
    return keras.layers.Conv2DTranspose(
        filters, 4, 2, padding="same", use_bias=False, **_normal(), name=name, **options
    )


def _rectified(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)
