"""Linear and logistic regression that say how far they are from their one minimum."""

from typing import Any

import keras
from keras import ops

__all__ = ["ConvexLearning", "Slope"]


@keras.saving.register_keras_serializable("keras_dl")
class ConvexLearning(keras.Model):
    """A generalised linear model that reports the slope of its loss, 0 at the minimum.

    Near its minimum a loss in float32 stands still long before the weights do: it changes with the
    square of their error. The gradient changes in proportion, so that the epoch of the smallest
    slope has the best weights. The weights of two logits a class apart are free in one direction;
    there the gradient is 0 as well.

    Called like a functional model, `ConvexLearning(inputs, outputs)`, with one Dense layer that has
    all the weights, in a net after a layer named `scaling`.

    For outputs in other units than the net's, or a scaled loss, set `model.slope.scale` to the
    gradient of the loss with respect to the net's output, divided by the error of the prediction.

    Args:
        *args: inputs and outputs of the functional model.
        **kwargs: `name` of the model.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kernel: Any = self.trainable_variables[0]
        self.slope = Slope(kernel.shape, name="slope")

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The compiled loss; its gradient with respect to the weights is noted beside it.

        compute_loss and not a metric, because the gradient needs the inputs:
        Xᵀ(ŷ − y)/n + λ·w, with ŷ the prediction, or the probabilities of the classes.
        """
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        kernel: Any = self.trainable_variables[0]
        features = ops.reshape(self.get_layer("scaling")(x), (-1, kernel.shape[0]))
        y = ops.reshape(ops.convert_to_tensor(y), (-1,))
        if kernel.shape[1] > 1:
            chances: Any = ops.softmax(y_pred)
            error = chances - ops.one_hot(ops.cast(y, "int32"), kernel.shape[1])
        else:
            error = y_pred - ops.expand_dims(ops.cast(y, y_pred.dtype), axis=-1)
        self.slope.update_state(features, error, kernel)
        return loss


@keras.saving.register_keras_serializable("keras_dl")
class Slope(keras.metrics.Metric):
    """Largest component of a gradient, averaged over all batches before its size is taken.

    Args:
        shape: of the kernel, (features, outputs).
        name: name of the metric.
        **kwargs: `dtype` of `keras.metrics.Metric`.
    """

    def __init__(self, shape: Any, name: str = "slope", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.shape = tuple(shape)
        self.scale = 1.0
        self.kernel = self.add_variable(self.shape, initializer="zeros", name="kernel")
        self.bias = self.add_variable(self.shape[1:], initializer="zeros", name="bias")
        self.penalty = self.add_variable(self.shape, initializer="zeros", name="penalty")
        self.count = self.add_variable((), initializer="zeros", name="count")

    def update_state(self, features: Any, error: Any, kernel: Any) -> None:
        """Adds a batch: features (batch, features), error (batch, outputs), and the kernel."""
        # Reported only: nothing learns from a slope.
        features, error = ops.stop_gradient(features), ops.stop_gradient(error)
        change: Any = ops.matmul(ops.transpose(features), error)
        offset: Any = ops.sum(error, axis=0)
        count: Any = ops.shape(features)
        self.kernel.assign_add(self.scale * change)
        self.bias.assign_add(self.scale * offset)
        if kernel.regularizer is not None:  # l2·‖w‖² has the gradient 2·l2·w
            self.penalty.assign(ops.stop_gradient(2.0 * float(kernel.regularizer.l2) * kernel))
        self.count.assign_add(ops.cast(count[0], "float32"))

    def result(self) -> Any:
        """Gives max |∂L/∂w|, at the weights that the last batch met."""
        count: Any = ops.maximum(self.count, 1.0)
        kernel = ops.max(ops.abs(self.kernel / count + self.penalty))
        return ops.maximum(kernel, ops.max(ops.abs(self.bias / count)))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "shape": self.shape}
