"""Augmentation that leaves labels per pixel in place: outputs are moved back instead."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_count

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
            columns of the shift. Without shifts (batch, 1), so that nothing is gathered for them.
        """
        shape: Any = ops.shape(inputs)
        moves: Any = ops.zeros((shape[0], 1), "int32")
        views = inputs
        if training and self.flip:
            moves = keras.random.randint((shape[0], 1), 0, 2, seed=self.seed_generator)
            views = _mirror(views, moves[:, 0])
        if self.shift:
            shifts: Any = ops.zeros((shape[0], 2), "int32")
            if training:
                bounds = -self.shift, self.shift + 1
                shifts = keras.random.randint((shape[0], 2), *bounds, seed=self.seed_generator)
                views = _shift(views, shifts)
            moves = ops.concatenate([moves, shifts], axis=1)
        return views, moves

    def compute_output_spec(
        self, inputs: keras.KerasTensor, training: bool = False
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Returns the images' own shape and dtype, and that of the moves."""
        moves = keras.KerasTensor((inputs.shape[0], 3 if self.shift else 1), "int32")
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
        maps: Any = inputs[0]
        moves: Any = inputs[1]
        if not training:
            return maps
        if moves.shape[1] > 1:
            maps = _shift(maps, -moves[:, 1:])
        return _mirror(maps, moves[:, 0])

    def compute_output_shape(
        self, input_shape: Sequence[Sequence[int | None]]
    ) -> tuple[int | None, ...]:
        """Returns the shape of the maps."""
        return tuple(input_shape[0])


def _mirror(images: Any, mirrored: Any) -> Any:
    return ops.where(mirrored[:, None, None, None] > 0, ops.flip(images, axis=2), images)


def _shift(images: Any, shifts: Any) -> Any:
    """Moves each image down and right by its own whole pixels; zeros come in."""
    shape: Any = ops.shape(images)
    batch, height, width, channels = shape
    rows = _count(height)[None, :] - shifts[:, :1]
    columns: Any = _count(width)[None, :] - shifts[:, 1:]
    inside = ((rows >= 0) & (rows < height))[:, :, None]
    inside = inside & ((columns >= 0) & (columns < width))[:, None, :]
    # One gather over all pixels of the batch: two gathers, by row and by column, cost twice.
    rows = _count(batch)[:, None] * height + ops.clip(rows, 0, height - 1)
    nearest: Any = ops.clip(columns, 0, width - 1)
    index = rows[:, :, None] * width + nearest[:, None, :]
    moved: Any = ops.take(ops.reshape(images, (-1, channels)), index, axis=0)
    return ops.where(inside[..., None], moved, ops.zeros_like(moved))


def _count(size: Any) -> Any:
    return ops.arange(size, dtype="int32")
