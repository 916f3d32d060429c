"""Learning without a teacher by the rules of Hebb and Oja."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_choice

__all__ = ["HebbianLearning"]


@keras.saving.register_keras_serializable("keras_dl")
class HebbianLearning(keras.Model):
    """A linear unit whose loss has the learning rule as its gradient, for plain SGD of rate η.

    * "hebb": Δw = η·y·x, what fires together wires together; ‖w‖ grows without bound.
    * "oja": Δw = η·y·(x − y·w), Hebb's rule with a decay that holds ‖w‖ at 1; w turns to the first
      principal component of the inputs.

    What is reported as loss is the same for both rules, so that they can be compared: the mean
    squared length of what is left of an input once its part along w is taken out. Its minimum is
    reached by the first principal component. `weight_norm` is ‖w‖.

    Args:
        scaling: layer from raw examples to floats of mean 0.
        unit: model from those to one response, as `keras_dl.models.hebbian` builds it.
        rule: "hebb" or "oja".
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        ValueError: if `rule` is neither.

    Reference:
        Hebb, 1949, The organization of behavior. Oja, 1982, Simplified neuron model as a principal
        component analyzer, Journal of Mathematical Biology 15, eqs. 2 and 3.
    """

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

    def build(self, input_shape: Any) -> None:
        """Build the scaling here: within a traced step its constants would be lost after it."""
        if not self.scaling.built:
            self.scaling.build(input_shape)
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Give the responses (batch, 1) of raw examples."""
        return self.unit(self.scaling(inputs), training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The rest's mean squared length, in value; minus the rule, in gradient.

        The labels `y` are not looked at. compute_loss and not a loss, because both the inputs and
        the weights are needed.
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
        whole: Any = ops.sum(ops.square(x), axis=-1)
        along: Any = ops.square(ops.matmul(x, w / norm))
        left: Any = ops.mean(whole - along[:, 0])
        self.weight_norm.update_state(norm)
        # The rule is a constant here, and the bracket exactly 0: only the gradient is the rule.
        bracket = w - ops.stop_gradient(w)
        learnt: Any = ops.sum(bracket * ops.stop_gradient(change))
        return ops.stop_gradient(left) - learnt

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        parts = {"scaling": self.scaling, "unit": self.unit}
        saved = {k: keras.saving.serialize_keras_object(v) for k, v in parts.items()}
        return {**super().get_config(), **saved, "rule": self.rule}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "HebbianLearning":
        """Make a model from what `get_config` gave."""
        for part in ("scaling", "unit"):
            config[part] = keras.saving.deserialize_keras_object(config[part], custom_objects)
        return cls(**config)
