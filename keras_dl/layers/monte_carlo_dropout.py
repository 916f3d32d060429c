"""Monte Carlo dropout: dropout at inference, for averages over several masks."""

from typing import Any

import keras

from keras_dl.utils.checks import check_real

__all__ = ["MonteCarloDropout", "monte_carlo"]


@keras.saving.register_keras_serializable("keras_dl")
class MonteCarloDropout(keras.layers.Layer):
    """Dropout with a new mask at each call, in training and outside it.

    Remaining values are divided by 1 − rate, which preserves the mean. `rate` is the dropped share,
    as in Keras; the lectures state the remaining share: "hidden half active, inputs 80 % active" is
    rate 0.5 and 0.2. One call is one sample: average the probabilities of several.

    Args:
        rate: share of the inputs that is dropped, in [0, 1).
        seed: integer that makes the sequence of masks repeatable; None draws one.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `rate` is not a number.
        ValueError: if `rate` lies outside [0, 1).

    Reference:
        Srivastava et al., 2014, Dropout, Journal of Machine Learning Research 15, section 7.5.
        Gal and Ghahramani, 2016, Dropout as a Bayesian approximation, arXiv:1506.02142.
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_real("rate", rate, "it is the share of the inputs that is dropped")
        if not 0 <= rate < 1:
            raise ValueError(
                "`rate` must lie in [0, 1); it is the share of the inputs that is dropped. "
                f"Received: rate={rate}"
            )
        self.rate = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Applies a new mask to inputs of any shape."""
        return keras.random.dropout(inputs, self.rate, seed=self.seed_generator)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


def monte_carlo(model: keras.Model, seed: int | None = None) -> keras.Model:
    """Copies a trained model with dropout active at inference; other layers are unchanged.

    The lectures test by averaging the probabilities of several calls of the copy; one call of
    `model` itself, with all units scaled, approximates that average.

    Args:
        model: functional or sequential model with `keras.layers.Dropout`; it is not changed.
        seed: of the first dropout layer's masks; later layers have the next seeds. None draws them.

    Returns:
        A model with the same layer names and a copy of the weights.

    Raises:
        ValueError: if `model` has no dropout layer.
    """
    replaced = []

    def clone(layer: keras.Layer) -> Any:
        if not isinstance(layer, keras.layers.Dropout):
            return layer.__class__.from_config(layer.get_config())
        layer_seed = None if seed is None else seed + len(replaced)
        replaced.append(MonteCarloDropout(layer.rate, layer_seed, name=layer.name))
        return replaced[-1]

    # Keras recurses into nested models for functional ones only.
    functional = not isinstance(model, keras.Sequential)
    copy = keras.models.clone_model(model, clone_function=clone, recursive=functional)
    if not replaced:
        raise ValueError(
            "`model` must have layers of class Dropout; without them all samples are the same. "
            f"Received: model named {model.name!r}"
        )
    copy.set_weights(model.get_weights())
    return copy
