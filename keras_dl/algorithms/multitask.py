"""Multitask learning: one network with a head for each task, and the balance of their losses."""

import math
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.optimizers import PlayerOptimizer
from keras_dl.utils.checks import check_choice
from keras_dl.utils.layers import leaf_layers

__all__ = ["BALANCES", "Multitask"]

BALANCES = ("sum", "alternate", "uncertainty")


@keras.saving.register_keras_serializable("keras_dl")
class Multitask(ComposedModel):
    """A network whose outputs by name are the heads of several tasks.

    A head "classes" has the cross-entropy of logits with class numbers, where −1 is an unknown
    class and has no loss; a head "values" has half the squared error, summed over its outputs, the
    negative logarithm of a normal density of variance 1 but for a constant.

    The balance of the losses Lᵢ, means over the examples with a target:

    * "sum": Σ wᵢ·Lᵢ.
    * "alternate": a step trains one head and the trunk, one head after the other; the variables of
      the idle heads and their optimizer's slots do not change.
    * "uncertainty": Σ exp(−sᵢ)·Lᵢ + dᵢ·sᵢ/2 with learnt sᵢ = log σᵢ²; dᵢ is the number of outputs
      of "values", 1 for "classes". For "values" that is the likelihood of a normal distribution of
      variance σᵢ², for "classes" the approximation of the paper.

    Reports `loss`, `<head>_loss` and, of classes, `<head>_accuracy`.

    Args:
        net: raw examples to a dict of outputs by head; a layer has the name of each head.
        heads: "classes" or "values" by head.
        balance: one of `BALANCES`.
        head_weights: wᵢ by head; missing ones are 1. A weight of 0 leaves the head untrained.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        ValueError: if `balance` or a kind of head is unknown, or the heads are not the outputs.

    Reference:
        Caruana, 1997, Multitask learning, Machine Learning 28. Kendall, Gal and Cipolla, 2018,
        Multi-Task Learning Using Uncertainty to Weigh Losses, arXiv:1705.07115, eq. 7 and 10.
    """

    reusable_step = True
    components = ("net",)
    arguments = ("heads", "balance", "head_weights")

    def __init__(
        self,
        net: Any,
        heads: Mapping[str, str],
        *,
        balance: str = "sum",
        head_weights: Mapping[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        check_choice("balance", balance, BALANCES)
        for head, kind in heads.items():
            check_choice(f"heads[{head!r}]", kind, ("classes", "values"))
        if set(heads) != set(net.output):
            raise ValueError(
                "`heads` must name the outputs of `net`. "
                f"Received: heads={sorted(heads)}, outputs {sorted(net.output)}"
            )
        super().__init__(**kwargs)
        self.net, self.heads, self.balance = net, dict(heads), balance
        self.head_weights = {head: float((head_weights or {}).get(head, 1.0)) for head in heads}
        self.log_variances = self.add_weight(
            (len(heads),), "zeros", trainable=balance == "uncertainty", name="log_variances"
        )
        self.turn = self.add_weight((), "zeros", dtype="int32", trainable=False, name="turn")
        self.trackers = {head: keras.metrics.Mean(f"{head}_loss") for head in heads}
        self.accuracies = {
            head: keras.metrics.Mean(f"{head}_accuracy")
            for head, kind in heads.items()
            if kind == "classes"
        }
        self.built = True

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Maps raw examples to the outputs by head."""
        return self.net(inputs, training=training)

    def compile(self, optimizer: Any = None, **kwargs: Any) -> None:
        """Compiles the model; with "alternate", each head has a copy of the optimizer.

        Args:
            optimizer: of all variables.
            **kwargs: of `keras.Model.compile`.
        """
        if self.balance == "alternate" and not isinstance(optimizer, PlayerOptimizer):
            config = optimizer.get_config()
            copies = [optimizer.from_config(config) for _ in range(1 + len(self.heads))]
            optimizer = PlayerOptimizer(copies)
        if isinstance(optimizer, PlayerOptimizer):
            optimizer.assign_variables(self._groups())
        super().compile(optimizer, **kwargs)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles from the result of `get_compile_config` and builds the optimizer's slots."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    def _groups(self) -> list[list[keras.Variable]]:
        """Returns the trainable variables of the trunk and of each head."""
        layers = {layer.name: layer for layer in leaf_layers(self.net)}
        own = [layers[head].trainable_variables for head in self.heads]
        of_heads = {id(variable) for group in own for variable in group}
        return [[v for v in self.trainable_variables if id(v) not in of_heads], *own]

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the balanced loss; in validation the weighted sum.

        Args:
            x: not used.
            y: targets by head: class numbers (batch,) or values (batch, outputs).
            y_pred: outputs by head.
            sample_weight: not used.
            training: whether the balance applies.
        """
        losses = {head: self._head_loss(head, y[head], y_pred[head]) for head in self.heads}
        weighted = [self.head_weights[head] * loss for head, loss in losses.items()]
        total: Any = sum(weighted)
        if training and self.balance == "alternate":
            turn: Any = ops.convert_to_tensor(self.turn)
            active: Any = ops.one_hot(turn % len(weighted), len(weighted))
            self.turn.assign_add(1)
            total = sum(active[i] * loss for i, loss in enumerate(weighted))
        elif training and self.balance == "uncertainty":
            logs: Any = ops.convert_to_tensor(self.log_variances)
            precisions: Any = ops.exp(-logs)
            dims = [y_pred[h].shape[-1] if k == "values" else 1 for h, k in self.heads.items()]
            total = sum(
                precisions[i] * loss + 0.5 * dims[i] * logs[i] for i, loss in enumerate(weighted)
            )
        return total + sum(self.net.losses)

    def _head_loss(self, head: str, target: Any, output: Any) -> Any:
        """Returns the mean loss over the examples with a target, and updates the metrics."""
        if self.heads[head] == "values":
            squares: Any = ops.square(output - ops.cast(target, output.dtype))
            sums: Any = ops.sum(squares, axis=-1)
            mean: Any = ops.mean(sums)
            loss = 0.5 * mean
            self.trackers[head].update_state(loss)
            return loss
        labels: Any = ops.cast(ops.reshape(target, (-1,)), "int32")
        labelled: Any = ops.cast(labels >= 0, output.dtype)
        entropy: Any = keras.losses.sparse_categorical_crossentropy(
            ops.maximum(labels, 0), output, from_logits=True
        )
        right: Any = ops.cast(
            ops.equal(ops.cast(ops.argmax(output, -1), "int32"), labels), "float32"
        )
        self.accuracies[head].update_state(right, labelled)
        self.trackers[head].update_state(entropy, labelled)
        total: Any = ops.sum(entropy * labelled)
        return total / ops.maximum(ops.sum(labelled), 1.0)

    def sigmas(self) -> dict[str, float]:
        """Returns the learnt σ of each head; 1 with another balance than "uncertainty"."""
        logs = np.asarray(ops.convert_to_numpy(self.log_variances.value))
        return {head: math.exp(s / 2) for head, s in zip(self.heads, logs.tolist(), strict=True)}
