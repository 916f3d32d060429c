"""Unsupervised domain adaptation: labels in the source domain, none in the target domain."""

from typing import Any

import keras
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.algorithms._domain_moments import DomainMoments
from keras_dl.data.adaptation import UNLABELLED
from keras_dl.utils.checks import check_count, check_real

__all__ = ["DomainAdaptation"]

STATISTICS = ("joint", "separate")
SIGNS = {"reversal": 1.0, "source_only": 0.0, "coral": 0.0, "multitask": -1.0}
GAMMA = 10.0  # of the schedule, as in the paper


@keras.saving.register_keras_serializable("keras_dl")
class DomainAdaptation(ComposedModel):
    """A classifier trained on labelled source domains and an unlabelled target domain.

    In training, a row holds one example of each domain, in the layout of
    `keras_dl.data.adaptation`; the last one is the target's. The loss is the cross-entropy of the
    labels, of the examples that have one, plus that of the domains, a sum of one mean over the
    examples of each domain (eq. 9). The mode sets the gradient of the second that reaches the
    features; it grows with λ = 2/(1 + e^(-10p)) - 1, p the finished share of the training:

    * "reversal": the gradient times -λ, so that the features confuse the domain head.
    * "multitask": the gradient times λ, so that the features help the domain head.
    * "source_only": no gradient; rows may then hold one example, and the domain head is untrained.
    * "coral": no gradient; λ·coral·‖C_source - C_target‖²/(4·classes²) is added to the loss, C the
      covariance of the label logits.

    Steps are counted in a variable of the model: on JAX, a loss cannot read the optimizer's
    counter. In validation and test the loss is that of the labels alone. `accuracy` is that of
    labelled examples. `scheduled_accuracy` is the accuracy times |λ|. It selects weights where the
    target has no labels, as the source accuracy of early epochs, where λ is small, says nothing
    about the adaptation. Validation also reports the measures of `DomainMoments`, on the features
    from which the label logits are computed.

    Args:
        scaling: layer from raw examples to the inputs of `net`.
        net: model with outputs "label" and "domain" and layers named `label`, the logits, and
            `reversal`, such as `keras_dl.models.domain_adversarial`.
        mode: "reversal", "multitask", "source_only" or "coral".
        total_steps: optimizer steps of the schedule; None: λ is 1 from the start.
        coral: weight of the distance between covariances, at least 0.
        statistics: "joint": batch normalization uses all domains of a step as one batch;
            "separate": each domain by itself. Both update one moving average, for inference.
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

    reusable_step = True
    arguments = ("mode", "total_steps", "coral", "statistics")

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
        self.scheduled_accuracy = keras.metrics.Mean("scheduled_accuracy")
        logits: Any = net.get_layer("label")
        self.hidden = keras.Model(net.input, logits.input)
        self.moments = DomainMoments(logits.input.shape[-1], logits.output.shape[-1])
        self._evaluates = False

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> Any:
        """Computes the label logits of raw examples, in training both heads' logits by name.

        Args:
            inputs: raw examples (batch, …), or rows of them (batch, domains, …).
            training: whether to return a dict of "label" and "domain".

        Returns:
            Logits (batch, classes), or the dict; of rows, logits (batch, domains, classes) and
            (batch, domains, domains).
        """
        images: Any = self.scaling(inputs)
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
        sample_weight: keras.KerasTensor | None = None,
        training: bool = True,
    ) -> Any:
        """Computes the loss of labels and domains, and updates λ for the next step.

        compute_loss and not a loss, because `y` decides which head trains on an example.

        Args:
            x: raw examples, (batch, …) or (batch, domains, …).
            y: class numbers, (batch,) or (batch, domains); `UNLABELLED` where there is none.
            y_pred: result of `call`.
            sample_weight: not used.
            training: whether to advance the schedule; otherwise `DomainMoments` are updated.

        Returns:
            A scalar.
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
        labelled: Any = ops.cast(ops.not_equal(y, UNLABELLED), "float32")
        loss = self._label_loss(y, logits, labelled)
        if isinstance(y_pred, dict):
            loss = loss + self._domain_loss(domains, y_pred, labelled)
        if training:
            self._advance()
        else:
            self.moments.update_state(self.hidden(self.scaling(x), training=False), logits, y)
        return loss

    def _label_loss(self, y: Any, logits: keras.KerasTensor, labelled: keras.KerasTensor) -> Any:
        correct: Any = ops.cast(ops.equal(ops.cast(ops.argmax(logits, -1), y.dtype), y), "float32")
        self.accuracy.update_state(correct, labelled)
        self.scheduled_accuracy.update_state(correct * ops.convert_to_tensor(self.growth), labelled)
        # Keras divides by the size of the batch; the weights of the labelled ones must sum to it.
        count: Any = ops.cast(ops.size(y), "float32")
        weight = labelled * ops.divide(count, ops.maximum(ops.sum(labelled), 1.0))
        return self.crossentropy(ops.maximum(y, 0), logits, sample_weight=weight)

    def _domain_loss(
        self, domains: keras.KerasTensor | None, logits: dict[str, Any], labelled: keras.KerasTensor
    ) -> Any:
        if domains is None:  # Keras warns about weights without a gradient
            total: Any = ops.sum(logits["domain"])
            return 0.0 * total
        # The mean over all examples times the number of domains is the sum of their means.
        loss = logits["domain"].shape[-1] * self.crossentropy(domains, logits["domain"])
        if self.mode == "coral":
            loss = loss + self.growth * self.coral * _covariance_distance(logits["label"], labelled)
        return loss

    def _advance(self) -> None:
        if self.total_steps is None:
            return
        self.steps_done.assign_add(1.0)
        share: Any = ops.minimum(ops.divide(self.steps_done, self.total_steps), 1.0)
        sigmoid: Any = ops.sigmoid(GAMMA * share)
        strength = 2.0 * sigmoid - 1.0  # 2/(1 + e^(-10p)) - 1
        self.growth.assign(strength)
        self.strength.assign(SIGNS[self.mode] * strength)

    def evaluate(self, *args: Any, return_dict: bool = False, **kwargs: Any) -> Any:
        """Evaluates as `keras.Model.evaluate`; omits the target's measures without its examples."""
        results: Any = super().evaluate(*args, return_dict=True, **kwargs)
        if not self.moments.num_unlabelled():
            results = {k: v for k, v in results.items() if k not in self.moments.result()}
        return results if return_dict else list(results.values())

    def get_metrics_result(self) -> dict[str, Any]:
        """Returns all metrics, in training without those of `DomainMoments`."""
        if self._evaluates:
            return super().get_metrics_result()
        plain = [metric for metric in self.metrics if metric is not self.moments]
        return {metric.name: metric.result() for metric in plain}


def _check(mode: str, total_steps: object, coral: Any, statistics: str) -> None:
    for name, value, options in (("mode", mode, SIGNS), ("statistics", statistics, STATISTICS)):
        if value not in options:
            raise ValueError(
                f"`{name}` must be one of {', '.join(options)}. Received: {name}={value!r}"
            )
    if total_steps is not None:
        check_count("total_steps", total_steps, "it is the length of the schedule of λ")
    check_real("coral", coral, "it weighs the distance of covariances")
    if not coral >= 0:
        raise ValueError(f"`coral` must not be negative. Received: coral={coral}")


def _covariance_distance(values: keras.KerasTensor, labelled: keras.KerasTensor) -> Any:
    """‖C_labelled - C_unlabelled‖²/(4·d²) of the covariances of (batch, d) values."""
    difference: Any = _covariance(values, labelled) - _covariance(values, 1.0 - labelled)
    total: Any = ops.sum(ops.square(difference))
    return total / (4.0 * values.shape[-1] ** 2)


def _covariance(values: keras.KerasTensor, mask: Any) -> Any:
    """Covariance (d, d) of the rows with mask 1, divided by n - 1; 0 for one row."""
    count: Any = ops.sum(mask)
    weight: Any = ops.expand_dims(mask, axis=-1)
    mean: Any = ops.sum(weight * values, axis=0)
    centred = weight * (values - mean / ops.maximum(count, 1.0))
    products: Any = ops.matmul(ops.transpose(centred), centred)
    return products / ops.maximum(count - 1.0, 1.0)
