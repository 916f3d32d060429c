"""Unsupervised learning of one linear unit by the rules of Hebb and Oja."""

from typing import Any

import keras
from keras import ops

from keras_dl.algorithms._composed_model import ScaledModel
from keras_dl.utils.checks import check_choice

__all__ = ["HebbianLearning"]


@keras.saving.register_keras_serializable("keras_dl")
class HebbianLearning(ScaledModel):
    """A linear unit whose loss has the learning rule as its gradient, for plain SGD of rate η.

    * "hebb": Δw = η·y·x; ‖w‖ grows without bound.
    * "oja": Δw = η·y·(x − y·w), Hebb's rule with a decay that holds ‖w‖ at 1; w converges to the
      first principal component of the inputs.

    The reported loss is the same for both rules, for comparison: the mean squared error of the
    reconstruction of an input by its projection on w. The first principal component minimises it.
    `weight_norm` is ‖w‖.

    Args:
        scaling: layer from raw examples to floats of mean 0, (batch, features).
        unit: model from those to one response, such as `keras_dl.models.hebbian`.
        rule: "hebb" or "oja".
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        ValueError: if `rule` is neither "hebb" nor "oja".

    Reference:
        Hebb, 1949, The organization of behavior. Oja, 1982, Simplified neuron model as a principal
        component analyzer, Journal of Mathematical Biology 15, eqs. 2 and 3.
    """

    components = ("scaling", "unit")
    arguments = ("rule",)

    def __init__(
        self, scaling: keras.layers.Layer, unit: keras.Model, rule: str = "oja", **kwargs: Any
    ) -> None:
        check_choice("rule", rule, ("hebb", "oja"))
        super().__init__(**kwargs)
        self.scaling = scaling
        self.unit = unit
        self.rule = rule
        self.weight_norm = keras.metrics.Mean(name="weight_norm")
        self.build(unit.input_shape)

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> Any:
        """Computes the responses (batch, 1) of raw examples."""
        return self.unit(self.scaling(inputs), training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: keras.KerasTensor | None = None,
        y_pred: Any = None,
        sample_weight: keras.KerasTensor | None = None,
        training: bool = True,
    ) -> Any:
        """Computes the reconstruction error, with minus the learning rule as its gradient.

        compute_loss and not a loss, because both the inputs and the weights are needed.

        Args:
            x: raw examples, (batch, …).
            y: not used.
            y_pred: responses (batch, 1).
            sample_weight: not used.
            training: not used.

        Returns:
            A scalar.
        """
        w: Any = ops.convert_to_tensor(self.unit.trainable_variables[0])  # (features, 1)
        x = ops.reshape(self.scaling(x), (-1, w.shape[0]))
        change: Any = ops.mean(x * y_pred, axis=0)[:, None]  # pyright: ignore[reportOptionalSubscript]
        if self.rule == "oja":
            activity: Any = ops.mean(ops.square(y_pred))
            change -= activity * w
        # Divided first: under Hebb's rule the square of a weight soon exceeds float32.
        largest: Any = ops.max(ops.abs(w))
        length: Any = ops.norm(w / largest)
        norm = largest * length
        total: Any = ops.sum(ops.square(x), axis=-1)
        explained: Any = ops.square(ops.matmul(x, w / norm))
        error: Any = ops.mean(total - explained[:, 0])
        self.weight_norm.update_state(norm)
        # `zero` is exactly 0 and `change` a constant: only the gradient of the product is the rule.
        zero = w - ops.stop_gradient(w)
        rule: Any = ops.sum(zero * ops.stop_gradient(change))
        return ops.stop_gradient(error) - rule
