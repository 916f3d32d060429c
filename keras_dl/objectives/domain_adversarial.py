"""Learning labels in one domain and features that do not tell it from another."""

from typing import Any

import keras
from keras import ops

from keras_dl.layers._check import check_count

__all__ = ["DomainAdversarial"]

UNLABELLED = -1
SIGNS = {"reversal": 1.0, "source_only": 0.0, "multitask": -1.0}
GAMMA = 10.0  # of the schedule, as in the paper


@keras.saving.register_keras_serializable("keras_dl")
class DomainAdversarial(keras.Model):
    """A classifier of labelled source and unlabelled target examples, mixed in each batch.

    The loss is the cross-entropy of the labels, where there are any, plus that of the domains,
    source 0 and target 1. What the features learn of the second is set by λ of the net's
    gradient reversal:

    * "reversal": λ = 2/(1 + e^(-10p)) - 1, p the share of the training done: 0 → 1. The features
      are to confuse the domain head.
    * "source_only": λ = 0; the domain head looks on.
    * "multitask": minus that, so that the features help the domain head.

    Steps are counted in a variable of the model: on JAX, a loss does not see the optimizer's own.
    In validation and test the loss is that of the labels alone. `accuracy` counts labelled
    examples. `settled_accuracy` is that times |λ| of the schedule: what weights are to be chosen
    by where the target has no labels, as a good accuracy in the source says nothing of features
    that the reversal has hardly moved yet.

    Args:
        scaling: layer from raw examples to what the net takes.
        net: as `keras_dl.models.domain_adversarial` builds it: outputs "label" and "domain", and a
            layer named `reversal`.
        mode: "reversal", "source_only" or "multitask".
        total_steps: optimizer steps until λ has grown; None: |λ| is 1 from the start.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if `total_steps` is not an integer.
        ValueError: if `mode` is unknown, or `total_steps` below 1.

    Reference:
        Ganin et al., 2016, Domain-Adversarial Training of Neural Networks, Journal of Machine
        Learning Research 17, arXiv:1505.07818, eqs. 9 and 18 and section 5.2.2.
    """

    def __init__(
        self,
        scaling: keras.layers.Layer,
        net: keras.Model,
        *,
        mode: str = "reversal",
        total_steps: int | None = None,
        **kwargs: Any,
    ) -> None:
        if mode not in SIGNS:
            raise ValueError(f"`mode` must be one of {', '.join(SIGNS)}. Received: mode={mode!r}")
        if total_steps is not None:
            check_count("total_steps", total_steps, "the reversal grows over so many steps")
        super().__init__(**kwargs)
        self.scaling, self.net, self.mode, self.total_steps = scaling, net, mode, total_steps
        self.strength = net.get_layer("reversal").strength
        self.steps_done = self.add_weight(
            shape=(), initializer="zeros", trainable=False, dtype="float32", name="steps_done"
        )
        self.growth = self.add_weight(
            shape=(), initializer="zeros", trainable=False, dtype="float32", name="growth"
        )
        self.growth.assign(1.0 if total_steps is None else 0.0)
        self.strength.assign(SIGNS[mode] * (total_steps is None))
        self.crossentropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.accuracy = keras.metrics.Mean("accuracy")
        self.settled_accuracy = keras.metrics.Mean("settled_accuracy")

    def build(self, input_shape: Any) -> None:
        """Both parts come built."""
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Give the label logits of raw examples; while training, both heads' logits by name."""
        outputs: Any = self.net(self.scaling(inputs), training=training)
        return outputs if training else outputs["label"]

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Labels where they are known, plus domains; and λ is moved on for the next step.

        compute_loss and not a loss, because both heads are judged by what `y` says.
        """
        y = ops.reshape(ops.convert_to_tensor(y), (-1,))
        known: Any = ops.cast(ops.not_equal(y, UNLABELLED), "float32")
        logits = y_pred["label"] if isinstance(y_pred, dict) else y_pred
        right: Any = ops.cast(ops.equal(ops.cast(ops.argmax(logits, -1), y.dtype), y), "float32")
        self.accuracy.update_state(right, known)
        self.settled_accuracy.update_state(right * ops.convert_to_tensor(self.growth), known)
        # Keras divides by the size of the batch; the labelled ones are to have weight 1 together.
        count: Any = ops.cast(ops.size(y), "float32")
        weight = known * ops.divide(count, ops.maximum(ops.sum(known), 1.0))
        loss: Any = self.crossentropy(ops.maximum(y, 0), logits, sample_weight=weight)
        if isinstance(y_pred, dict):
            loss = loss + self.crossentropy(1.0 - known, y_pred["domain"])
        if training:
            self._advance()
        return loss

    def _advance(self) -> None:
        if self.total_steps is None:
            return
        self.steps_done.assign_add(1.0)
        share: Any = ops.minimum(ops.divide(self.steps_done, self.total_steps), 1.0)
        sigmoid: Any = ops.sigmoid(GAMMA * share)
        grown = 2.0 * sigmoid - 1.0  # 2/(1 + e^(-10p)) - 1
        self.growth.assign(grown)
        self.strength.assign(SIGNS[self.mode] * grown)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        parts = {"scaling": self.scaling, "net": self.net}
        saved = {k: keras.saving.serialize_keras_object(v) for k, v in parts.items()}
        own = {"mode": self.mode, "total_steps": self.total_steps}
        return {**super().get_config(), **saved, **own}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "DomainAdversarial":
        """Make a model from what `get_config` gave."""
        for part in ("scaling", "net"):
            config[part] = keras.saving.deserialize_keras_object(config[part], custom_objects)
        return cls(**config)
