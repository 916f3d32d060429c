"""Learning of threshold units: hidden units learn towards virtual targets."""

import math
from typing import Any

import keras
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.utils.checks import check_choice

__all__ = ["RULES", "TargetPropagation"]

RULES = ("error", "desired_state", "straight_through", "fixed")


@keras.saving.register_keras_serializable("keras_dl")
class TargetPropagation(ComposedModel):
    """A network of threshold units, each of which is trained as a perceptron with a margin.

    A unit with the sum a and the target t = ±1 has the hinge loss max(0, 1 − t·a). The target of
    an output is 1 for the class of the example and −1 for the others. That of a hidden unit is
    virtual, and no gradient passes a threshold:

    * "error": the sign of the change of the unit's output that would lower the loss of the layer
      above, tᵢ = sign(Σⱼ wᵢⱼ·tⱼ) over the units j above with a loss; none without such units.
    * "desired_state": tᵢ = sign(Σⱼ wᵢⱼ·tⱼ) over all units j above, with and without a loss: the
      state that would be consistent with the states desired above.
    * "straight_through": no virtual targets; back-propagation of the output loss that takes the
      gradient of a threshold as 1 where |a| ≤ 1 and 0 elsewhere.
    * "fixed": hidden units keep their initial weights.

    Args:
        scaling: layer from raw examples to floats.
        net: model of Dense layers with `sign` activations in layers of their own, such as
            `keras_dl.models.threshold_network`; built.
        rule: one of `RULES`.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if `rule` is not a string.
        ValueError: if `rule` is unknown.

    Reference:
        Le Cun, 1986, Learning process in an asymmetric threshold network, in Disordered Systems and
        Biological Organization, NATO ASI F20, for desired states. Friesen and Domingos, 2018, Deep
        Learning as a Mixed Convex-Combinatorial Optimization Problem, arXiv:1710.11573, section 3
        and eq. 4, for "error". Hubara et al., 2016, Binarized Neural Networks, arXiv:1602.02830,
        eq. 4, for "straight_through".
    """

    arguments = ("rule",)

    def __init__(self, scaling: Any, net: Any, *, rule: str = "error", **kwargs: Any) -> None:
        check_choice("rule", rule, RULES)
        super().__init__(**kwargs)
        self.scaling, self.net, self.rule = scaling, net, rule
        self.denses = [layer for layer in net.layers if isinstance(layer, keras.layers.Dense)]
        if rule == "fixed":
            for layer in self.denses[:-1]:
                layer.trainable = False
        self.built = True

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Maps raw examples to the sums of the output units, (batch, classes)."""
        return self.net(self.scaling(inputs), training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the mean over examples of the sum of the hinge losses of all units.

        In validation, and for "straight_through" and "fixed", the hidden units have no loss.

        Args:
            x: raw examples, (batch, …).
            y: class numbers, (batch,).
            y_pred: sums of the output units, (batch, classes).
            sample_weight: weights of the examples, (batch,), or None.
            training: whether the hidden units have a loss.
        """
        own: Any = ops.one_hot(ops.reshape(y, (-1,)), y_pred.shape[-1], dtype="float32")
        targets = 2.0 * own - 1.0
        if not training or self.rule in ("straight_through", "fixed"):
            return _mean(_hinge(y_pred, targets), sample_weight)
        sums = self._sums(x)
        losses = [_hinge(sums[-1], targets)]
        for upper, below in zip(self.denses[:0:-1], sums[-2::-1], strict=True):
            above = sums[len(sums) - len(losses)]
            targets = self._virtual_targets(targets, above, upper.kernel)
            losses.append(_hinge(below, targets))
        return _mean(sum(losses), sample_weight)

    def _sums(self, x: Any) -> list[Any]:
        """Returns the sums of each layer's units, from inputs that pass no gradient."""
        scaled = self.scaling(x)
        states = ops.reshape(scaled, (-1, math.prod(scaled.shape[1:])))
        sums = []
        for layer in self.denses:
            sums.append(layer(ops.stop_gradient(states)))
            states = ops.where(sums[-1] >= 0, 1.0, -1.0)
        return sums

    def _virtual_targets(self, targets: Any, sums: Any, kernel: Any) -> Any:
        """Returns the targets −1, 0 (none) or 1 of the units below a layer, (batch, units)."""
        if self.rule == "error":
            targets = ops.where(targets * sums < 1.0, targets, 0.0)
        return ops.stop_gradient(ops.sign(ops.matmul(targets, ops.transpose(kernel))))


def _hinge(sums: Any, targets: Any) -> Any:
    """Returns the sum over units of max(0, 1 − t·a) where t is not 0, (batch,)."""
    losses: Any = ops.maximum(0.0, 1.0 - targets * sums)
    return ops.sum(ops.where(targets == 0, 0.0, losses), axis=-1)


def _mean(losses: Any, sample_weight: Any) -> Any:
    return ops.mean(losses if sample_weight is None else losses * sample_weight)
