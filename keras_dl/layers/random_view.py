"""Augmentation that leaves labels per pixel in place: outputs are moved back instead."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.layers._check import check_count

__all__ = ["RandomView", "RestoreView"]


@keras.saving.register_keras_serializable("keras_dl")
class RandomView(keras.layers.Layer):
    """Mirrors and shifts images at random while training, and returns how.

    `RestoreView` moves what a network makes of the images back to the original places, where the
    labels of the pixels are. So images and labels stay aligned inside an ordinary model from images
    to logits; masks need no augmentation of their own. The loss is the same as with both moved:
    mirroring is undone exactly, and pixels shifted out of the image get logits 0, a constant loss
    without gradient.

    Pixels that are shifted in are 0. Outside training the images pass unchanged.

    Args:
        shift: largest shift in pixels, vertical and horizontal, uniform to either side; 0: none.
        flip: whether half of the images are mirrored left to right.
        seed: integer that makes the sequence of draws repeatable; None draws one.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `shift` is not an integer.
        ValueError: if `shift` is negative.

    Reference:
        Long, Shelhamer and Darrell, 2015, arXiv:1411.4038, section 4.3: flip=True, shift=32.
    """

    def __init__(
        self, shift: int = 0, flip: bool = True, seed: int | None = None, **kwargs: Any
    ) -> None:
        check_count("shift", shift, "it is the largest shift in pixels", least=0)
        super().__init__(**kwargs)
        self.shift, self.flip, self.seed = int(shift), bool(flip), seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(
        self, inputs: keras.KerasTensor, training: bool = False
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Returns the views and how they were made.

        Args:
            inputs: images (batch, height, width, channels).
            training: whether to move them.

        Returns:
            Images of the same shape and dtype; and (batch, 3) int32: 1 where mirrored, rows and
            columns of the shift.
        """
        batch: Any = ops.shape(inputs)
        if not training:
            return inputs, ops.zeros((batch[0], 3), "int32")
        mirrored: Any = ops.zeros((batch[0], 1), "int32")
        if self.flip:
            mirrored = keras.random.randint((batch[0], 1), 0, 2, seed=self.seed_generator)
        shifts: Any = ops.zeros((batch[0], 2), "int32")
        if self.shift:
            least, below = -self.shift, self.shift + 1
            shifts = keras.random.randint((batch[0], 2), least, below, seed=self.seed_generator)
        views = _mirror(inputs, mirrored[:, 0]) if self.flip else inputs
        views = _shift(views, shifts) if self.shift else views
        return views, ops.concatenate([mirrored, shifts], axis=1)

    def compute_output_spec(
        self, inputs: keras.KerasTensor, training: bool = False
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Returns the images' own shape and dtype, and that of the moves."""
        moves = keras.KerasTensor((inputs.shape[0], 3), "int32")
        return keras.KerasTensor(inputs.shape, inputs.dtype), moves

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        settings = {"shift": self.shift, "flip": self.flip, "seed": self.seed}
        return {**super().get_config(), **settings}


@keras.saving.register_keras_serializable("keras_dl")
class RestoreView(keras.layers.Layer):
    """Moves maps that were computed from the images of `RandomView` back to the original places.

    Call arguments:
        inputs: [maps, moves]; maps (batch, height, width, channels), and the second output of
            `RandomView`.
        training: outside training the maps pass unchanged.
    """

    def call(
        self, inputs: Sequence[keras.KerasTensor], training: bool = False
    ) -> keras.KerasTensor:
        """Returns the maps (batch, height, width, channels), 0 where the view showed nothing."""
        maps, moves = inputs
        if not training:
            return maps
        return _mirror(_shift(maps, -moves[:, 1:]), moves[:, 0])

    def compute_output_shape(
        self, input_shape: Sequence[Sequence[int | None]]
    ) -> tuple[int | None, ...]:
        """Returns the shape of the maps."""
        return tuple(input_shape[0])


def _mirror(images: Any, mirrored: Any) -> Any:
    return ops.where(mirrored[:, None, None, None] > 0, ops.flip(images, axis=2), images)


def _shift(images: Any, shifts: Any) -> Any:
    """Moves each image down and right by its own whole pixels; zeros come in."""
    batch, height, width, channels = ops.shape(images)
    rows: Any = ops.arange(height, dtype="int32")[None, :] - shifts[:, :1]
    columns: Any = ops.arange(width, dtype="int32")[None, :] - shifts[:, 1:]
    inside = ((rows >= 0) & (rows < height))[:, :, None]
    inside = inside & ((columns >= 0) & (columns < width))[:, None, :]
    # One gather over all pixels of the batch: two gathers, by row and by column, cost twice.
    first: Any = ops.arange(batch, dtype="int32")[:, None] * height
    rows = first + ops.clip(rows, 0, height - 1)
    index = rows[:, :, None] * width + ops.clip(columns, 0, width - 1)[:, None, :]
    moved: Any = ops.take(ops.reshape(images, (-1, channels)), index, axis=0)
    return ops.where(inside[..., None], moved, ops.zeros_like(moved))
