"""Dropout that stays on outside training, for averages over several masks."""

from typing import Any

import keras

from keras_dl.utils.checks import check_real

__all__ = ["MonteCarloDropout", "monte_carlo"]


@keras.saving.register_keras_serializable("keras_dl")
class MonteCarloDropout(keras.layers.Layer):
    """Dropout with a new mask at each call, in training and outside it.

    What is kept is divided by 1 − rate, so that each value keeps its mean. `rate` is the share that
    is dropped, as in Keras; the lectures count what is kept: "hidden half active, inputs 80 %
    active" is rate 0.5 and 0.2. One call is one sample: average the probabilities of several.

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

    def call(self, inputs: Any) -> Any:
        """Drop values of inputs of any shape."""
        return keras.random.dropout(inputs, self.rate, seed=self.seed_generator)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Give the input's own shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


def monte_carlo(model: keras.Model, seed: int | None = None) -> keras.Model:
    """A twin of a trained model whose dropout stays on; the other layers are as outside training.

    Calling it several times and averaging the probabilities is the lectures' way to test; calling
    `model` itself is the other, which runs all units at once, scaled.

    Args:
        model: functional or sequential model with `keras.layers.Dropout`; it stays as it is.
        seed: of the first dropout's masks; the next ones count up. None draws them.

    Returns:
        A model with the same layer names and a copy of the weights.

    Raises:
        ValueError: if `model` has no dropout: every sample would be the same.
    """
    twins = []

    def turned_on(layer: Any) -> Any:
        if not isinstance(layer, keras.layers.Dropout):
            return layer.__class__.from_config(layer.get_config())
        own = None if seed is None else seed + len(twins)
        twins.append(MonteCarloDropout(layer.rate, own, name=layer.name))
        return twins[-1]

    # Keras recurses into nested models for functional ones only.
    functional = not isinstance(model, keras.Sequential)
    twin = keras.models.clone_model(model, clone_function=turned_on, recursive=functional)
    if not twins:
        raise ValueError(
            "`model` must have layers of class Dropout; without them all samples are the same. "
            f"Received: model named {model.name!r}"
        )
    twin.set_weights(model.get_weights())
    return twin
