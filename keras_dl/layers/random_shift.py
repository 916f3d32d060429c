"""Random shifts and flips, the augmentation of the CIFAR experiments."""

from typing import Any

import keras
from keras import ops

__all__ = ["RandomShift"]


@keras.saving.register_keras_serializable("keras_dl")
class RandomShift(keras.layers.Layer):
    """Shifts each image by a random number of whole pixels in training, padding with zeros.

    Equal to padding `pixels` zeros on every side and cropping at random: both shifts are uniform
    over -pixels … pixels, independent for each image. At inference the images pass unchanged.

    Unlike `keras.layers.RandomTranslation` it does not interpolate: integer images retain their
    dtype and values, and the shift is one gather instead of a resampling.

    Args:
        pixels: largest shift in pixels, vertical and horizontal; 0 for none.
        flip: whether to mirror half of the images left to right.
        seed: integer that makes the sequence of draws repeatable; None draws one.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `pixels` is not an integer or `flip` not a bool.
        ValueError: if `pixels` is negative, or if the input does not have four axes.

    Reference:
        He, Zhang, Ren and Sun, 2015, Deep residual learning for image recognition,
        arXiv:1512.03385, section 4.2: pixels=4, flip=True.
    """

    def __init__(
        self, pixels: int = 4, flip: bool = False, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if isinstance(pixels, bool) or not isinstance(pixels, int):
            raise TypeError(
                "`pixels` must be an integer; images are shifted by whole pixels. "
                f"Received: pixels={pixels!r}"
            )
        if pixels < 0:
            raise ValueError(
                "`pixels` must be 0 or more; it is the largest shift to either side. "
                f"Received: pixels={pixels}"
            )
        if not isinstance(flip, bool):
            raise TypeError(
                "`flip` must be True or False; it says whether half of the images are mirrored. "
                f"Received: flip={flip!r}"
            )
        self.pixels = pixels
        self.flip = flip
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> Any:
        """Shifts images (batch, height, width, channels), integer or float."""
        if not training or not (self.pixels or self.flip):
            return inputs
        batch = ops.shape(inputs)[0]  # pyright: ignore[reportOptionalSubscript]
        height, width, channels = inputs.shape[1:]
        rows = _count(height)[None, :] + self._draw(batch, 2 * self.pixels + 1)
        columns = _count(width)[None, :]  # (1, width)
        if self.flip:
            mirrored = self._draw(batch, 2) == 1
            columns = ops.where(mirrored, width - 1 - columns, columns)  # (batch, width)
        columns = columns + self._draw(batch, 2 * self.pixels + 1)

        border = (self.pixels, self.pixels)
        padded = ops.pad(inputs, ((0, 0), border, border, (0, 0)))
        padded_height, padded_width = height + 2 * self.pixels, width + 2 * self.pixels
        # One gather over all pixels of the batch: two gathers, by row and by column, cost twice.
        rows = rows + _count(batch)[:, None] * padded_height  # (batch, height)
        index = rows[:, :, None] * padded_width + columns[:, None, :]  # (batch, height, width)
        return ops.take(ops.reshape(padded, (-1, channels)), index, axis=0)

    def _draw(self, batch: Any, below: int) -> Any:
        return keras.random.randint((batch, 1), 0, below, seed=self.seed_generator)

    def compute_output_spec(
        self, inputs: keras.KerasTensor, training: bool = False
    ) -> keras.KerasTensor:
        """Returns the shape and dtype of the inputs: integer images stay integer."""
        return keras.KerasTensor(inputs.shape, dtype=inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        settings = {"pixels": self.pixels, "flip": self.flip, "seed": self.seed}
        return {**super().get_config(), **settings}


def _count(size: Any) -> Any:
    return ops.arange(size, dtype="int32")
