"""Learning labels in one domain and features that serve in another."""

from typing import Any

import keras
from keras import ops

from keras_dl.layers._check import check_count, check_real

__all__ = ["DomainAdaptation"]

UNLABELLED = -1
SIGNS = {"reversal": 1.0, "source_only": 0.0, "coral": 0.0, "multitask": -1.0}
GAMMA = 10.0  # of the schedule, as in the paper


@keras.saving.register_keras_serializable("keras_dl")
class DomainAdaptation(keras.Model):
    """A classifier of labelled source and unlabelled target examples, mixed in each batch.

    The loss is the cross-entropy of the labels, where there are any, plus that of the domains,
    source 0 and target 1. What the features learn of the second is set by the mode, and grows with
    λ = 2/(1 + e^(-10p)) - 1, p the share of the training done:

    * "reversal": the features are to confuse the domain head; λ is that of the net's reversal.
    * "multitask": -λ, so that the features help the domain head.
    * "source_only": nothing; the domain head looks on.
    * "coral": the domain head looks on, and the label logits of both domains are to have the same
      covariance C: λ·coral·‖C_source - C_target‖²/(4·classes²) is added to the loss.

    Steps are counted in a variable of the model: on JAX, a loss does not see the optimizer's own.
    In validation and test the loss is that of the labels alone. `accuracy` counts labelled
    examples. `settled_accuracy` is that times |λ| of the schedule: what weights are to be chosen
    by where the target has no labels, as a good accuracy in the source says nothing of features
    that the reversal has hardly moved yet.

    Args:
        scaling: layer from raw examples to what the net takes.
        net: as `keras_dl.models.domain_adversarial` builds it: outputs "label" and "domain", and a
            layer named `reversal`.
        mode: "reversal", "multitask", "source_only" or "coral".
        total_steps: optimizer steps until λ has grown; None: λ is 1 from the start.
        coral: weight of the distance between covariances, at least 0.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if `total_steps` is not an integer or `coral` not a number.
        ValueError: if `mode` is unknown, `total_steps` below 1 or `coral` negative.

    Reference:
        Ganin et al., 2016, Domain-Adversarial Training of Neural Networks, Journal of Machine
        Learning Research 17, arXiv:1505.07818, eqs. 9 and 18 and section 5.2.2. Sun and Saenko,
        2016, Deep CORAL: Correlation Alignment for Deep Domain Adaptation, arXiv:1607.01719, eqs. 1
        to 3.
    """

    def __init__(
        self,
        scaling: keras.layers.Layer,
        net: keras.Model,
        *,
        mode: str = "reversal",
        total_steps: int | None = None,
        coral: float = 1.0,
        **kwargs: Any,
    ) -> None:
        if mode not in SIGNS:
            raise ValueError(f"`mode` must be one of {', '.join(SIGNS)}. Received: mode={mode!r}")
        if total_steps is not None:
            check_count("total_steps", total_steps, "the reversal grows over so many steps")
        check_real("coral", coral, "it weighs the distance of covariances")
        if not coral >= 0:
            raise ValueError(f"`coral` must not be negative. Received: coral={coral}")
        super().__init__(**kwargs)
        self.scaling, self.net, self.mode, self.total_steps = scaling, net, mode, total_steps
        self.coral = float(coral)
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
            if self.mode == "coral":
                loss = loss + self.growth * self.coral * _distance(logits, known)
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
        own = {"mode": self.mode, "total_steps": self.total_steps, "coral": self.coral}
        return {**super().get_config(), **saved, **own}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "DomainAdaptation":
        """Make a model from what `get_config` gave."""
        for part in ("scaling", "net"):
            config[part] = keras.saving.deserialize_keras_object(config[part], custom_objects)
        return cls(**config)


def _distance(values: Any, known: Any) -> Any:
    """‖C_known - C_rest‖²/(4·d²) of the covariances of (batch, d) values."""
    difference: Any = _covariance(values, known) - _covariance(values, 1.0 - known)
    whole: Any = ops.sum(ops.square(difference))
    return whole / (4.0 * values.shape[-1] ** 2)


def _covariance(values: Any, chosen: Any) -> Any:
    """Covariance (d, d) of the rows whose weight in `chosen` is 1, with n - 1; of one row, 0."""
    count: Any = ops.sum(chosen)
    weight: Any = ops.expand_dims(chosen, axis=-1)
    mean: Any = ops.sum(weight * values, axis=0)
    centred = weight * (values - mean / ops.maximum(count, 1.0))
    products: Any = ops.matmul(ops.transpose(centred), centred)
    return products / ops.maximum(count - 1.0, 1.0)
