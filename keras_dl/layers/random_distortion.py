"""Random affine and elastic distortions, the augmentation of the handwriting experiments."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.utils.checks import check_real

__all__ = ["RandomDistortion"]

_AMOUNTS = {
    "translation": "it is the largest shift in pixels",
    "scaling": "it is the largest relative change of size",
    "squeezing": "it is the largest relative squeeze of one axis, which stretches the other",
    "shearing": "it is the largest shift of a row per row of distance from the centre",
    "elastic": "it is the paper's scaling factor α of the displacement field, in pixels",
}


@keras.saving.register_keras_serializable("keras_dl")
class RandomDistortion(keras.layers.Layer):
    """Applies a random affine and elastic distortion to each image in training.

    Each amount is drawn for each image, uniformly between minus and plus its bound. Scaling and
    squeezing multiply by exp of the draw, so that larger and smaller are equally likely. The
    elastic part adds a field of random displacements, uniform in ±1 and smoothed by a Gaussian of
    standard deviation `smoothness`, times `elastic`. Pixels are interpolated bilinearly; outside
    the image they are zero. At inference the images pass unchanged.

    Args:
        translation: largest shift in pixels, vertical and horizontal.
        scaling: largest relative change of size, below 1.
        squeezing: largest relative compression of one axis; the other is stretched by as much.
        shearing: largest horizontal shift per row of distance from the centre.
        elastic: α, factor of the smoothed displacement field, in pixels; 0 for none.
        smoothness: σ, standard deviation of the Gaussian in pixels.
        seed: integer that makes the sequence of draws repeatable; None draws one.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if an amount is not a number.
        ValueError: if an amount is negative, `scaling` or `squeezing` is 1 or more, `smoothness` is
            not positive, or the input does not have four axes.

    Reference:
        LeCun, Bottou, Bengio and Haffner, 1998, Gradient-based learning applied to document
        recognition, doi:10.1109/5.726791, section III.A: the planar affine distortions, without
        their amounts. Simard, Steinkraus and Platt, 2003, Best practices for convolutional neural
        networks applied to visual document analysis, section 2: elastic=34, smoothness=4.
    """

    def __init__(
        self,
        translation: float = 2.0,
        scaling: float = 0.15,
        squeezing: float = 0.1,
        shearing: float = 0.2,
        elastic: float = 0.0,
        smoothness: float = 4.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.amounts = {
            "translation": translation,
            "scaling": scaling,
            "squeezing": squeezing,
            "shearing": shearing,
            "elastic": elastic,
        }
        for name, value in self.amounts.items():
            _check_amount(name, value)
        check_real("smoothness", smoothness, "it is the standard deviation of a Gaussian in pixels")
        if not 0 < smoothness < float("inf"):
            raise ValueError(
                "`smoothness` must be positive; it is the standard deviation of a Gaussian in "
                f"pixels. Received: smoothness={smoothness}"
            )
        self.smoothness = smoothness
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> Any:
        """Distorts images (batch, height, width, channels), integer or float."""
        if not training or not any(self.amounts.values()):
            return inputs
        height, width = inputs.shape[1:3]
        batch: Any = ops.shape(inputs)
        rows, columns = self._affine(batch[0], height, width)
        if self.amounts["elastic"]:
            shifts = self._elastic(batch[0], height, width)
            rows, columns = rows + shifts[0], columns + shifts[1]
        return _interpolated(inputs, rows, columns)

    def _affine(self, batch: Any, height: int, width: int) -> tuple[Any, Any]:
        """Source row and column of each pixel, (batch, height, width) each."""
        draw = keras.random.uniform((5, batch, 1, 1), -1, 1, "float32", seed=self.seed_generator)
        amount = self.amounts
        size, squeeze = amount["scaling"] * draw[2], amount["squeezing"] * draw[3]
        down, right = _from_centre(height)[:, None], _from_centre(width)[None, :]
        taller: Any = ops.exp(size + squeeze)
        wider: Any = ops.exp(size - squeeze)
        rows = taller * down + amount["translation"] * draw[0]
        columns = wider * right + amount["translation"] * draw[1]
        columns = columns + amount["shearing"] * draw[4] * down
        return rows + (height - 1) / 2 + 0 * right, columns + (width - 1) / 2

    def _elastic(self, batch: Any, height: int, width: int) -> Any:
        """Displacements in pixels, (2, batch, height, width)."""
        shape = (2, batch, height, width)
        field = keras.random.uniform(shape, -1, 1, "float32", seed=self.seed_generator)
        # A Gaussian is separable: one product with a band matrix for each axis.
        across, along = (_gaussian(size, self.smoothness) for size in (height, width))
        smooth: Any = ops.matmul(ops.matmul(across, field), along)
        return self.amounts["elastic"] * smooth

    def compute_output_spec(
        self, inputs: keras.KerasTensor, training: bool = False
    ) -> keras.KerasTensor:
        """Returns the shape and dtype of the inputs: integer images stay integer."""
        return keras.KerasTensor(inputs.shape, dtype=inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        settings = {"smoothness": self.smoothness, "seed": self.seed}
        return {**super().get_config(), **self.amounts, **settings}


def _check_amount(name: str, value: Any) -> None:
    check_real(name, value, _AMOUNTS[name])
    below = 1 if name in ("scaling", "squeezing") else float("inf")
    if not 0 <= value < below:
        rule = "lie in [0, 1)" if below == 1 else "be finite and 0 or more"
        raise ValueError(f"`{name}` must {rule}; {_AMOUNTS[name]}. Received: {name}={value}")


def _from_centre(size: int) -> Any:
    positions: Any = ops.arange(size, dtype="float32")
    return positions - (size - 1) / 2


def _gaussian(size: int, deviation: float) -> np.ndarray:
    """The matrix that smooths a line of `size` values, zero beyond its ends."""
    distance = np.subtract.outer(np.arange(size), np.arange(size))
    support = np.arange(-np.ceil(6 * deviation), np.ceil(6 * deviation) + 1)
    total = np.exp(-(support**2) / (2 * deviation**2)).sum()
    return (np.exp(-(distance**2) / (2 * deviation**2)) / total).astype("float32")


def _interpolated(images: keras.KerasTensor, rows: Any, columns: Any) -> Any:
    """The images at fractional positions, bilinear; zero outside."""
    height, width, channels = images.shape[1:]
    padded = ops.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    pixels = ops.reshape(padded, (-1, channels))
    # Positions more than a pixel outside are clipped to the border of zeros.
    rows, columns = ops.clip(rows + 1, 0, height + 1), ops.clip(columns + 1, 0, width + 1)
    top: Any = ops.minimum(ops.floor(rows), height)
    left: Any = ops.minimum(ops.floor(columns), width)
    down, right = (rows - top)[..., None], (columns - left)[..., None]
    batch: Any = ops.shape(images)
    first: Any = ops.arange(batch[0], dtype="int32")
    first = first * ((height + 2) * (width + 2))
    index = ops.cast(top, "int32") * (width + 2) + ops.cast(left, "int32") + first[:, None, None]

    def at(step: int) -> Any:
        return ops.cast(ops.take(pixels, index + step, axis=0), "float32")

    upper = at(0) * (1 - right) + at(1) * right
    lower = at(width + 2) * (1 - right) + at(width + 3) * right
    values = upper * (1 - down) + lower * down
    integer = not keras.backend.is_float_dtype(keras.backend.standardize_dtype(images.dtype))
    return ops.cast(ops.round(values) if integer else values, images.dtype)
