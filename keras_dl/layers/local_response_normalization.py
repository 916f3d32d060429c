"""Local response normalization across neighbouring channels, as in AlexNet."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_count, check_real

__all__ = ["LocalResponseNormalization"]


@keras.saving.register_keras_serializable("keras_dl")
class LocalResponseNormalization(keras.layers.Layer):
    """Divides each value by (k + α Σ a²)^β, summed over the neighbouring channels of its pixel.

    The sum runs over `size` adjacent channels, centred; channels beyond the first and last count 0.
    `torch.nn.LocalResponseNorm` divides α by the size of the window, unlike the paper: its alpha is
    `size` times this one.

    Args:
        size: n, number of channels in the sum, odd.
        offset: k.
        alpha: α.
        beta: β.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `size` is not an integer, or another argument not a number.
        ValueError: if `size` is even or below 1, `offset` is not positive or `alpha` negative.

    Reference:
        Krizhevsky, Sutskever and Hinton, 2012, ImageNet classification with deep convolutional
        neural networks, section 3.3: k = 2, n = 5, α = 1e-4, β = 0.75.
    """

    def __init__(
        self,
        size: int = 5,
        offset: float = 2.0,
        alpha: float = 1e-4,
        beta: float = 0.75,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_count("size", size, "it is the number of channels in the sum")
        if size % 2 == 0:
            raise ValueError(
                f"`size` must be odd; the window is centred on a channel. Received: size={size}"
            )
        for name, value in (("offset", offset), ("alpha", alpha), ("beta", beta)):
            check_real(name, value, "it is a constant of the formula")
        if offset <= 0 or alpha < 0:
            raise ValueError(
                "`offset` must be positive and `alpha` 0 or more; their sum is divided by. "
                f"Received: offset={offset}, alpha={alpha}"
            )
        self.size = int(size)
        self.offset = offset
        self.alpha = alpha
        self.beta = beta

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Normalizes inputs of shape (batch, …, channels)."""
        channels, half = inputs.shape[-1], self.size // 2
        padding = [(0, 0)] * (len(inputs.shape) - 1) + [(half, half)]
        squares: Any = ops.pad(ops.square(inputs), padding)
        # Shifted views, which compilers fuse; a running sum would lose digits by cancellation.
        total = squares[..., :channels]
        for shift in range(1, self.size):
            total = total + squares[..., shift : shift + channels]
        return inputs * ops.power(self.offset + self.alpha * total, -self.beta)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        settings = {
            "size": self.size,
            "offset": self.offset,
            "alpha": self.alpha,
            "beta": self.beta,
        }
        return {**super().get_config(), **settings}
