"""What our convolutions share: sizes, padding, and weights drawn apart."""

from typing import Any

import keras
from keras import ops

__all__ = ["draw_each", "output_sizes", "padding_of"]


def output_sizes(
    sizes: tuple[int, int], kernel_size: tuple[int, int], strides: tuple[int, int], padding: str
) -> tuple[int, int]:
    """Height and width after a convolution; "same" is ⌈size/stride⌉.

    Raises:
        ValueError: if a size is unknown, or the kernel larger than the image.
    """
    if None in sizes:
        raise ValueError(
            "`inputs` must have a known height and width; there is a weight for each place. "
            f"Received: height and width {sizes}"
        )
    found = []
    for size, kernel, stride in zip(sizes, kernel_size, strides, strict=True):
        if padding == "valid" and size < kernel:
            raise ValueError(
                "`kernel_size` must not exceed the image; without padding no output is left. "
                f"Received: kernel_size={kernel_size} for height and width {sizes}"
            )
        found.append(-(-size // stride) if padding == "same" else (size - kernel) // stride + 1)
    return found[0], found[1]


def padding_of(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after that make "same" of a "valid" convolution; an odd one comes after."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def draw_each(initializer: Any, shapes: list[tuple[int, ...]], dtype: Any) -> list[Any]:
    """One draw for each shape: each sees the fan-in of its own shape, and no two are alike.

    An initializer with a fixed seed repeats itself at each call; it goes on to the next seed here.
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
