"""Linear and logistic regression that report the gradient norm of their convex loss."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

__all__ = ["ConvexLearning", "GradientNorm"]


@keras.saving.register_keras_serializable("keras_dl")
class ConvexLearning(keras.Model):
    """A generalised linear model that reports the norm of its loss gradient, 0 at the minimum.

    Near the minimum a float32 loss stops changing long before the weights do, as it changes with
    the square of their error. The gradient is proportional to the error, so the epoch of the
    smallest gradient norm has the best weights. A softmax is invariant to one direction of the
    weights; there the gradient is 0 as well.

    Constructed like a functional model, `ConvexLearning(inputs, outputs)`. The network has one
    Dense layer, which holds all the weights, after a layer named `scaling`.

    For outputs in other units than the net's, or a scaled loss, set `model.gradient_norm.scale` to
    the gradient of the loss with respect to the net's output, divided by the prediction error.

    Args:
        *args: inputs and outputs of the functional model.
        **kwargs: `name` of the model.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kernel: Any = self.trainable_variables[0]
        self.gradient_norm = GradientNorm(kernel.shape, name="gradient_norm")

    def compute_loss(
        self,
        x: keras.KerasTensor | None = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: keras.KerasTensor | None = None,
        training: bool = True,
    ) -> Any:
        """Computes the compiled loss and updates the metric of its gradient.

        compute_loss and not a metric, because the gradient needs the inputs:
        Xᵀ(ŷ − y)/n + λ·w, with ŷ the prediction, or the probabilities of the classes.

        Args:
            x: raw examples, (batch, …).
            y: targets, (batch,).
            y_pred: predictions (batch, 1) or logits (batch, classes).
            sample_weight: weights of the examples, (batch,), or None.
            training: passed to the compiled loss.

        Returns:
            A scalar.
        """
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        kernel: Any = self.trainable_variables[0]
        features = ops.reshape(self.get_layer("scaling")(x), (-1, kernel.shape[0]))
        y = ops.reshape(ops.convert_to_tensor(y), (-1,))
        if kernel.shape[1] > 1:
            probabilities: Any = ops.softmax(y_pred)
            error = probabilities - ops.one_hot(ops.cast(y, "int32"), kernel.shape[1])
        else:
            error = y_pred - ops.expand_dims(ops.cast(y, y_pred.dtype), axis=-1)
        self.gradient_norm.update_state(features, error, kernel)
        return loss


@keras.saving.register_keras_serializable("keras_dl")
class GradientNorm(keras.metrics.Metric):
    """L∞ norm of a gradient that is averaged over all batches.

    Args:
        shape: shape of the kernel, (features, outputs).
        name: name of the metric.
        **kwargs: `dtype` of `keras.metrics.Metric`.
    """

    def __init__(self, shape: Sequence[int], name: str = "gradient_norm", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.shape = tuple(shape)
        self.scale = 1.0
        self.kernel = self.add_variable(self.shape, initializer="zeros", name="kernel")
        self.bias = self.add_variable(self.shape[1:], initializer="zeros", name="bias")
        self.penalty = self.add_variable(self.shape, initializer="zeros", name="penalty")
        self.count = self.add_variable((), initializer="zeros", name="count")

    def update_state(self, features: Any, error: Any, kernel: keras.Variable) -> None:
        """Adds a batch.

        Args:
            features: inputs of the Dense layer, (batch, features).
            error: prediction minus target, (batch, outputs).
            kernel: the layer's kernel, (features, outputs).
        """
        # A metric only: it has no gradient.
        features, error = ops.stop_gradient(features), ops.stop_gradient(error)
        gradient: Any = ops.matmul(ops.transpose(features), error)
        bias: Any = ops.sum(error, axis=0)
        count: Any = ops.shape(features)
        self.kernel.assign_add(self.scale * gradient)
        self.bias.assign_add(self.scale * bias)
        if kernel.regularizer is not None:  # l2·‖w‖² has the gradient 2·l2·w
            self.penalty.assign(ops.stop_gradient(2.0 * float(kernel.regularizer.l2) * kernel))
        self.count.assign_add(ops.cast(count[0], "float32"))

    def result(self) -> Any:
        """Returns max |∂L/∂w| over kernel and bias."""
        count: Any = ops.maximum(self.count, 1.0)
        kernel = ops.max(ops.abs(self.kernel / count + self.penalty))
        return ops.maximum(kernel, ops.max(ops.abs(self.bias / count)))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "shape": self.shape}
