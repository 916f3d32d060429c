"""Shared parts of the convolutional layers: output sizes, padding, independent draws."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

__all__ = ["initialize_each", "output_sizes", "same_padding"]


def output_sizes(
    sizes: Sequence[int | None],
    kernel_size: tuple[int, int],
    strides: tuple[int, int],
    padding: str,
) -> tuple[int, int]:
    """Computes height and width after a convolution; "same" gives ⌈size/stride⌉.

    Args:
        sizes: height and width of the input.
        kernel_size: height and width of the kernel.
        strides: vertical and horizontal stride.
        padding: "valid" or "same".

    Returns:
        Height and width.

    Raises:
        ValueError: if a size is unknown, or the kernel larger than the image.
    """
    known_sizes = [size for size in sizes if size is not None]
    if len(known_sizes) < len(sizes):
        raise ValueError(
            "`inputs` must have a known height and width; there are weights for each position. "
            f"Received: height and width {sizes}"
        )
    outputs = []
    for size, kernel, stride in zip(known_sizes, kernel_size, strides, strict=True):
        if padding == "valid" and size < kernel:
            raise ValueError(
                "`kernel_size` must not exceed the image; without padding there is no output. "
                f"Received: kernel_size={kernel_size} for height and width {sizes}"
            )
        outputs.append(-(-size // stride) if padding == "same" else (size - kernel) // stride + 1)
    return outputs[0], outputs[1]


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Computes the zeros that turn a "valid" convolution into a "same" one along an axis.

    Args:
        size: size of the input.
        kernel: size of the kernel.
        stride: stride of the kernel.

    Returns:
        Number of zeros before and after; of an odd number, one more after.
    """
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def initialize_each(
    initializer: Callable[..., Any], shapes: list[tuple[int, ...]], dtype: str | None
) -> list[Any]:
    """Draws an independent tensor for each shape, with the fan-in of that shape.

    An initializer with a fixed seed would repeat its draw; here each shape has the next seed.

    Args:
        initializer: a Keras initializer or a function of shape and dtype.
        shapes: of the tensors.
        dtype: of the tensors; None is Keras' default.

    Returns:
        A tensor for each shape.
    """
    if not isinstance(initializer, keras.initializers.Initializer):
        return [initializer(shape, dtype=dtype) for shape in shapes]
    config = initializer.get_config()
    seed = config.get("seed")
    draws = []
    for number, shape in enumerate(shapes):
        own = {**config, "seed": seed + number} if isinstance(seed, int) else config
        draws.append(type(initializer).from_config(own)(shape, dtype=dtype))
    return [ops.convert_to_tensor(draw) for draw in draws]
