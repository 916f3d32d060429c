"""Random symmetries of the square; labels per pixel stay in place, outputs are moved back."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops as keras_ops

__all__ = ["RandomSymmetry", "RestoreSymmetry"]

ops: Any = keras_ops  # its stubs allow None for every tensor


@keras.saving.register_keras_serializable("keras_dl")
class RandomSymmetry(keras.layers.Layer):
    """Turns and mirrors square images at random while training, and returns how.

    Each image gets one of the eight symmetries of the square with equal probability: mirrored left
    to right or not, upside down or not, transposed or not. `RestoreSymmetry` undoes it on what a
    network makes of the images, so that masks need no augmentation of their own and the loss is
    that of images and masks moved together. Outside training the images pass unchanged, of any
    size.

    Args:
        seed: integer that makes the sequence of draws repeatable; None draws one.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.
    """

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(
        self, inputs: keras.KerasTensor, training: bool = False
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Returns the views and how they were made.

        Args:
            inputs: images (batch, side, side, channels).
            training: whether to move them.

        Returns:
            Images of the same shape and dtype; and (batch, 3) int32: 1 where mirrored left to
            right, upside down, transposed.
        """
        shape: Any = ops.shape(inputs)
        if not training:
            return inputs, ops.zeros((shape[0], 3), "int32")
        moves: Any = keras.random.randint((shape[0], 3), 0, 2, seed=self.seed_generator)
        views: Any = inputs
        for bit, move in enumerate(MOVES):
            views = _where(moves, bit, move(views), views)
        return views, moves

    def compute_output_spec(
        self, inputs: keras.KerasTensor, training: bool = False
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Returns the images' own shape and dtype, and that of the moves."""
        moves = keras.KerasTensor((inputs.shape[0], 3), "int32")
        return keras.KerasTensor(inputs.shape, inputs.dtype), moves

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "seed": self.seed}


@keras.saving.register_keras_serializable("keras_dl")
class RestoreSymmetry(keras.layers.Layer):
    """Undoes on maps what `RandomSymmetry` did to the images they were computed from.

    Call arguments:
        inputs: [maps, moves]; maps (batch, side, side, channels), and the second output of
            `RandomSymmetry`.
        training: outside training the maps pass unchanged.
    """

    def call(
        self, inputs: Sequence[keras.KerasTensor], training: bool = False
    ) -> keras.KerasTensor:
        """Returns the maps (batch, side, side, channels) at the places of the labels."""
        maps: Any = inputs[0]
        if not training:
            return maps
        for bit, move in reversed(list(enumerate(MOVES))):
            maps = _where(inputs[1], bit, move(maps), maps)
        return maps

    def compute_output_shape(
        self, input_shape: Sequence[Sequence[int | None]]
    ) -> tuple[int | None, ...]:
        """Returns the shape of the maps."""
        return tuple(input_shape[0])


def _mirror(x: Any) -> Any:
    return ops.flip(x, axis=2)


def _turn_over(x: Any) -> Any:
    return ops.flip(x, axis=1)


def _transpose(x: Any) -> Any:
    return ops.transpose(x, (0, 2, 1, 3))


MOVES = (_mirror, _turn_over, _transpose)  # each its own inverse


def _where(moves: Any, bit: int, moved: Any, unmoved: Any) -> Any:
    return ops.where(moves[:, bit][:, None, None, None] > 0, moved, unmoved)
