"""The output layer of LeNet-5: squared distances to a bitmap code of each class."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

__all__ = ["DIGIT_CODES", "RBFOutput"]

# Digits of 7×12 pixels, drawn for this package in the manner of the paper's figure 3.
_DIGITS = """
..###.. ...##.. .#####. .#####. ....##. ####### ..####. ####### .#####. .#####.
.##.##. ..###.. ##...## ##...## ...###. ##..... .##.... ##...## ##...## ##...##
##...## .####.. .....## .....## ..####. ##..... ##..... .....## ##...## ##...##
##...## ...##.. .....## .....## .##.##. ##..... ##..... ....##. ##...## ##...##
##...## ...##.. ....##. .....## ##..##. ######. ##..... ....##. .##.##. ##...##
##...## ...##.. ...##.. ..####. ##..##. .....## ######. ...##.. ..###.. .######
##...## ...##.. ..##... .....## ####### .....## ##...## ...##.. .##.##. .....##
##...## ...##.. .##.... .....## ....##. .....## ##...## ..##... ##...## .....##
##...## ...##.. ##..... .....## ....##. .....## ##...## ..##... ##...## .....##
##...## ...##.. ##..... ##...## ....##. ##...## ##...## .##.... ##...## ....##.
.##.##. ...##.. ##....# ##...## ....##. ##...## ##...## .##.... ##...## ...##..
..###.. .###### ####### .#####. ....##. .#####. .#####. .##.... .#####. .###...
"""


def _digit_codes() -> np.ndarray:
    dots = np.array([list(row) for row in _DIGITS.split()]).reshape(12, 10, 7)
    return np.where(dots == "#", 1, -1).astype("int8").swapaxes(0, 1).reshape(10, 84)


DIGIT_CODES = _digit_codes()  # row after row of each picture


@keras.saving.register_keras_serializable("keras_dl")
class RBFOutput(keras.layers.Layer):
    """Minus the squared distance of the input to a fixed code of ±1 for each class, as logits.

    The unit of class i computes yᵢ = Σⱼ (xⱼ − wᵢⱼ)², the penalty for that class: twice the negative
    log-likelihood of a Gaussian around the code, up to a constant. The class of the smallest
    penalty is predicted. As the logits are −yᵢ, cross-entropy is the penalty of the right class
    plus log Σᵢ exp(−yᵢ), the paper's discriminative criterion (eq. 9) with j → ∞, which drops its
    rubbish class; mean squared error would be the mean of y at the right class (eq. 8), under which
    trained codes may collapse. The codes are therefore fixed.

    Args:
        codes: a code of ±1 for each class, as long as the input. The default is a bitmap of each
            digit of 7×12 pixels, for an input of 84 units.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        ValueError: if the codes are not a table of ±1, two of them are the same, or the length of
            the input differs from that of the codes.

    Reference:
        LeCun, Bottou, Bengio and Haffner, 1998, Gradient-based learning applied to document
        recognition, doi:10.1109/5.726791, section II.B, eq. 7 and figure 3; section II.C, eq. 8, 9.
    """

    def __init__(self, codes: Sequence[Sequence[int]] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        table = DIGIT_CODES if codes is None else np.asarray(codes)
        if table.ndim != 2 or not np.isin(table, (-1, 1)).all():
            raise ValueError(
                "`codes` must be a table of -1 and 1, a row for each class. "
                f"Received: codes of shape {table.shape}"
            )
        if len(np.unique(table, axis=0)) < len(table):
            raise ValueError(
                "`codes` must differ from class to class; equal ones cannot be told apart. "
                f"Received: {len(table)} codes, {len(np.unique(table, axis=0))} different"
            )
        self.codes = table.astype("int8")
        self.input_spec = keras.layers.InputSpec(ndim=2, axes={-1: table.shape[1]})

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Computes logits (batch, classes) of inputs (batch, units)."""
        codes: Any = ops.convert_to_tensor(self.codes, dtype=self.compute_dtype)
        difference: Any = inputs[:, None] - codes  # (batch, classes, units)
        return ops.negative(ops.sum(ops.square(difference), axis=-1))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, int]:
        """Returns (batch, classes)."""
        return input_shape[0], len(self.codes)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "codes": self.codes.tolist()}
