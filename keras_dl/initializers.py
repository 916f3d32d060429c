"""Initializers by name: those of Keras, and those of papers and lectures that Keras lacks."""

import math
from collections.abc import Sequence
from typing import Any

import keras

__all__ = ["INITIALIZERS", "LeCun1989", "make_initializer"]

# Keras has more; these need no arguments. glorot_uniform is "Xavier": U(±√(6/(n_in + n_out))).
_KERAS = (
    *("glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal"),
    *("lecun_uniform", "orthogonal", "random_normal", "random_uniform", "truncated_normal"),
    *("ones", "zeros"),
)
_OURS = ("gaussian_0.01", "he_gaussian", "lecun_1989")
INITIALIZERS = tuple(sorted(_KERAS + _OURS))


def make_initializer(name: str) -> Any:
    """Creates a new initializer by name, with a random seed.

    In addition to the names of Keras:

    * "he_gaussian": N(0, 2/n_in), not truncated; 2/n_in is the variance. Keras' "he_normal" has the
      same variance, but is truncated at two standard deviations.
    * "lecun_1989": U(±2.4/F), F the number of inputs of a unit.
    * "gaussian_0.01": N(0, 0.01²), the initialization of AlexNet.

    "zeros" and "ones" make all units of a layer equal, and training does not change that; they are
    for demonstration.

    Args:
        name: one of `INITIALIZERS`.

    Returns:
        A `keras.Initializer`.

    Raises:
        ValueError: if `name` is not among `INITIALIZERS`.

    Reference:
        Glorot and Bengio, 2010, Understanding the difficulty of training deep feedforward neural
        networks, eq. 16. He et al., 2015, Delving Deep into Rectifiers, arXiv:1502.01852, eq. 10.
        Krizhevsky, Sutskever and Hinton, 2012, section 5, for 0.01.
    """
    if name not in INITIALIZERS:
        raise ValueError(
            f"`name` must be one of {', '.join(INITIALIZERS)}. Received: name={name!r}"
        )
    if name == "he_gaussian":
        return keras.initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal")
    if name == "gaussian_0.01":
        return keras.initializers.RandomNormal(stddev=0.01)
    if name == "lecun_1989":
        return LeCun1989()
    return keras.initializers.get(name)


@keras.saving.register_keras_serializable("keras_dl")
class LeCun1989(keras.initializers.Initializer):
    """Uniform over ±2.4/F, where F is the number of inputs of a unit.

    With inputs of size 1 the weighted sums lie in the linear range of the scaled tanh.

    Args:
        seed: integer that makes the draw repeatable; None draws one at each call.

    Reference:
        LeCun et al., 1989, Backpropagation applied to handwritten zip code recognition, Neural
        Computation 1(4), section 4; LeCun et al., 1998, doi:10.1109/5.726791, appendix A.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Any:
        """Draws a kernel of shape (…, inputs, units)."""
        bound = 2.4 / math.prod(shape[:-1])
        return keras.initializers.RandomUniform(-bound, bound, seed=self.seed)(shape, dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {"seed": self.seed}
