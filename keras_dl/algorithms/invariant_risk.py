"""Invariant risk minimization: a classifier that is optimal in each environment at once."""

from typing import Any

import keras
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.utils.checks import check_count, check_nonnegative

__all__ = ["InvariantRisk"]


@keras.saving.register_keras_serializable("keras_dl")
class InvariantRisk(ComposedModel):
    """A binary classifier whose loss is R + l2·‖w‖² + λ·P, means over training environments.

    R is the cross-entropy of an environment, P the square of its derivative by a factor w = 1 of
    the logits, that is the square of mean((σ(z) - y)·z): 0 if no other scale of the logits would be
    better there. λ is 1 in the first steps; where it is above 1, the loss is divided by it.

    In training, a row holds one example of each environment, as `DomainSampler` draws them; in
    validation and test it is one example, and the loss the cross-entropy.

    Args:
        scaling: layer from raw examples to the inputs of `net`.
        net: gives one logit, (n, 1).
        penalty: λ after the first steps; 0 for empirical risk minimization.
        anneal: first steps, with λ = 1.
        l2: weight of the squared norm of all weights, biases included.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError, ValueError: if a number is negative, or `anneal` no integer.

    Reference:
        Arjovsky, Bottou, Gulrajani and Lopez-Paz, 2019, Invariant Risk Minimization,
        arXiv:1907.02893, IRMv1 in section 3.1 and appendix D.
    """

    reusable_step = True
    arguments = ("penalty", "anneal", "l2")

    def __init__(
        self,
        scaling: keras.layers.Layer,
        net: keras.Model,
        *,
        penalty: float = 0.0,
        anneal: int = 0,
        l2: float = 0.0,
        **kwargs: Any,
    ) -> None:
        check_nonnegative("penalty", penalty, "it weighs the squared derivatives")
        check_count("anneal", anneal, "it is a number of steps", least=0)
        check_nonnegative("l2", l2, "it weighs the squared norm of the weights")
        super().__init__(**kwargs)
        self.scaling, self.net = scaling, net
        self.penalty, self.anneal, self.l2 = float(penalty), anneal, float(l2)
        self.steps_done = self.add_weight(
            shape=(), initializer="zeros", trainable=False, dtype="float32", name="steps_done"
        )

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> Any:
        """Computes logits (n, 1) of examples, or (n, environments) of rows of them."""
        images: Any = self.scaling(inputs)
        if len(images.shape) == len(self.net.input_shape):
            return self.net(images, training=training)
        count = images.shape[1]
        logits = self.net(ops.reshape(images, (-1, *images.shape[2:])), training=training)
        return ops.reshape(logits, (-1, count))

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the loss over environments, in validation and test the compiled one.

        compute_loss and not a loss, because the penalty needs means over an environment.

        Args:
            x: raw examples or rows of them.
            y: labels 0 and 1 of the same leading shape.
            y_pred: result of `call`.
            sample_weight: not used in training.
            training: whether to use the penalty, and to count the step.

        Returns:
            A scalar.
        """
        if not training:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        logits: Any = ops.cast(y_pred, "float32")
        labels: Any = ops.reshape(ops.cast(y, "float32"), ops.shape(logits))
        risk: Any = ops.binary_crossentropy(labels, logits, from_logits=True)
        slope = ops.mean((ops.sigmoid(logits) - labels) * logits, axis=0)
        squares: list[Any] = [ops.sum(ops.square(w)) for w in self.trainable_weights]
        norm: Any = sum(squares)
        annealing: Any = ops.cast(ops.less(self.steps_done, self.anneal), "float32")
        weight: Any = annealing + (1.0 - annealing) * self.penalty
        self.steps_done.assign_add(1.0)
        loss: Any = ops.mean(risk) + self.l2 * norm + weight * ops.mean(ops.square(slope))
        return loss / ops.maximum(weight, 1.0)
