"""Learning labels in one domain and features that serve in another."""

from typing import Any

import keras
from keras import ops

from keras_dl.algorithms._domain_moments import DomainMoments
from keras_dl.data.adaptation import UNLABELLED
from keras_dl.utils.checks import check_count, check_real

__all__ = ["DomainAdaptation"]

STATISTICS = ("joint", "separate")
SIGNS = {"reversal": 1.0, "source_only": 0.0, "coral": 0.0, "multitask": -1.0}
GAMMA = 10.0  # of the schedule, as in the paper


@keras.saving.register_keras_serializable("keras_dl")
class DomainAdaptation(keras.Model):
    """A classifier that learns from labelled sources and from a target without labels.

    While training, a row holds one example of each domain, as `keras_dl.data.adaptation` lays them
    out; the last one is the target's. The loss is the cross-entropy of the labels, where there are
    any, plus that of the domains' numbers. What the features learn of the second is set by the
    mode, and grows with λ = 2/(1 + e^(-10p)) - 1, p the share of the training done:

    * "reversal": the features are to confuse the domain head; λ is that of the net's reversal.
    * "multitask": -λ, so that the features help the domain head.
    * "source_only": nothing; rows may then hold one example, and the domain head learns nothing.
    * "coral": the domain head looks on, and the label logits of sources and target are to have the
      same covariance C: λ·coral·‖C_source - C_target‖²/(4·classes²) is added to the loss.

    Steps are counted in a variable of the model: on JAX, a loss does not see the optimizer's own.
    In validation and test the loss is that of the labels alone. `accuracy` counts labelled
    examples. `settled_accuracy` is that times |λ| of the schedule: what weights are to be chosen
    by where the target has no labels, as a good accuracy in the source says nothing of features
    that the reversal has hardly moved yet. In validation there are also the measures of
    `DomainMoments`, on the features in front of the label logits.

    Args:
        scaling: layer from raw examples to what the net takes.
        net: as `keras_dl.models.domain_adversarial` builds it: outputs "label" and "domain", and
            layers named `label`, the logits, and `reversal`.
        mode: "reversal", "multitask", "source_only" or "coral".
        total_steps: optimizer steps until λ has grown; None: λ is 1 from the start.
        coral: weight of the distance between covariances, at least 0.
        statistics: "joint": batch normalization sees all domains of a step as one batch;
            "separate": each domain by itself. Both keep one moving average, for the test.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if `total_steps` is not an integer or `coral` not a number.
        ValueError: if `mode` or `statistics` is unknown, `total_steps` below 1 or `coral` negative.

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
        statistics: str = "joint",
        **kwargs: Any,
    ) -> None:
        _check(mode, total_steps, coral, statistics)
        super().__init__(**kwargs)
        self.scaling, self.net, self.mode, self.total_steps = scaling, net, mode, total_steps
        self.coral, self.statistics = float(coral), statistics
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
        logits: Any = net.get_layer("label")
        self.hidden = keras.Model(net.input, logits.input)
        self.moments = DomainMoments(logits.input.shape[-1], logits.output.shape[-1])
        self._evaluates = False

    def build(self, input_shape: Any) -> None:
        """Both parts come built."""
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Give the label logits of raw examples; while training, both heads' logits by name.

        Of rows with an example of each domain, (batch, domains, classes) and (batch, domains,
        domains).
        """
        images = self.scaling(inputs)
        if len(images.shape) == len(self.net.input_shape):
            outputs: Any = self.net(images, training=training)
            return outputs if training else outputs["label"]
        domains = images.shape[1]
        if self.statistics == "separate":
            parts: Any = [self.net(images[:, i], training=training) for i in range(domains)]
            return {head: ops.stack([part[head] for part in parts], axis=1) for head in parts[0]}
        outputs = self.net(ops.reshape(images, (-1, *images.shape[2:])), training=training)
        shapes = {head: (-1, domains, logits.shape[-1]) for head, logits in outputs.items()}
        return {head: ops.reshape(logits, shapes[head]) for head, logits in outputs.items()}

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
        self._evaluates = not training
        y = ops.convert_to_tensor(y)
        domains: Any = None
        if isinstance(y_pred, dict) and len(y_pred["label"].shape) == 3:
            numbers: Any = ops.arange(y_pred["label"].shape[1])
            domains = ops.reshape(ops.broadcast_to(numbers, ops.shape(y)), (-1,))
            y_pred = {k: ops.reshape(v, (-1, v.shape[-1])) for k, v in y_pred.items()}
        y = ops.reshape(y, (-1,))
        logits = y_pred["label"] if isinstance(y_pred, dict) else y_pred
        known: Any = ops.cast(ops.not_equal(y, UNLABELLED), "float32")
        loss = self._of_labels(y, logits, known)
        if isinstance(y_pred, dict):
            loss = loss + self._of_domains(domains, y_pred, known)
        if training:
            self._advance()
        else:
            self.moments.update_state(self.hidden(self.scaling(x), training=False), logits, y)
        return loss

    def _of_labels(self, y: Any, logits: Any, known: Any) -> Any:
        right: Any = ops.cast(ops.equal(ops.cast(ops.argmax(logits, -1), y.dtype), y), "float32")
        self.accuracy.update_state(right, known)
        self.settled_accuracy.update_state(right * ops.convert_to_tensor(self.growth), known)
        # Keras divides by the size of the batch; the labelled ones are to have weight 1 together.
        count: Any = ops.cast(ops.size(y), "float32")
        weight = known * ops.divide(count, ops.maximum(ops.sum(known), 1.0))
        return self.crossentropy(ops.maximum(y, 0), logits, sample_weight=weight)

    def _of_domains(self, domains: Any, logits: dict[str, Any], known: Any) -> Any:
        if domains is None:  # Keras warns of weights without a gradient
            untouched: Any = ops.sum(logits["domain"])
            return 0.0 * untouched
        loss = self.crossentropy(domains, logits["domain"])
        if self.mode == "coral":
            loss = loss + self.growth * self.coral * _distance(logits["label"], known)
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

    def evaluate(self, *args: Any, return_dict: bool = False, **kwargs: Any) -> Any:
        """As Keras evaluates; without the measures of the target where no example was its."""
        found: Any = super().evaluate(*args, return_dict=True, **kwargs)
        if not self.moments.unlabelled():
            found = {k: v for k, v in found.items() if k not in self.moments.result()}
        return found if return_dict else list(found.values())

    def get_metrics_result(self) -> dict[str, Any]:
        """While training, without the measures of validation."""
        if self._evaluates:
            return super().get_metrics_result()
        plain = [metric for metric in self.metrics if metric is not self.moments]
        return {metric.name: metric.result() for metric in plain}

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        parts = {"scaling": self.scaling, "net": self.net}
        saved = {k: keras.saving.serialize_keras_object(v) for k, v in parts.items()}
        own = {k: getattr(self, k) for k in ("mode", "total_steps", "coral", "statistics")}
        return {**super().get_config(), **saved, **own}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "DomainAdaptation":
        """Make a model from what `get_config` gave."""
        for part in ("scaling", "net"):
            config[part] = keras.saving.deserialize_keras_object(config[part], custom_objects)
        return cls(**config)


def _check(mode: Any, total_steps: Any, coral: Any, statistics: Any) -> None:
    for name, value, known in (("mode", mode, SIGNS), ("statistics", statistics, STATISTICS)):
        if value not in known:
            raise ValueError(
                f"`{name}` must be one of {', '.join(known)}. Received: {name}={value!r}"
            )
    if total_steps is not None:
        check_count("total_steps", total_steps, "the reversal grows over so many steps")
    check_real("coral", coral, "it weighs the distance of covariances")
    if not coral >= 0:
        raise ValueError(f"`coral` must not be negative. Received: coral={coral}")


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
