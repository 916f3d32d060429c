"""Adversarial training: each step computes adversarial examples from the current weights."""

from typing import Any

import keras
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.attacks._ascent import Bounds, ascent, loss_gradient
from keras_dl.attacks._check import check_budget
from keras_dl.utils.checks import check_choice, check_real

__all__ = ["AdversarialTraining"]


@keras.saving.register_keras_serializable("keras_dl")
class AdversarialTraining(ComposedModel):
    """A classifier whose loss is α·L(x) + (1 - α)·L(x_adv), x_adv computed from x in every step.

    * `attack="fgsm"`, α = 1/2: Goodfellow et al., the fast gradient sign method.
    * `attack="pgd"`, α = 0: Madry et al., many projected steps from a random start.
    * α = 1: standard training; the attack is only measured.

    Reports, in addition to the compiled metrics on x, `adversarial_accuracy`: on the adversarial
    examples of the attack in training, and on those of the fast gradient sign method in validation
    and test, for either attack; the loss of validation and test is the same mixture.

    Adversarial examples are constants: no gradient flows through their computation. They are
    computed in inference mode, without dropout masks.

    Args:
        scaling: layer from raw examples to the inputs of `net`; built.
        net: classifier that returns logits; built.
        attack: "fgsm" or "pgd".
        epsilon: L∞ radius of the perturbation after `scaling`, in its units: [0, 1] for pixels.
        alpha: weight α of the loss on the unchanged examples, in [0, 1].
        steps: steps of "pgd"; each costs a forward and a backward pass.
        step_size: step size of "pgd"; None: 2.5·ε/steps.
        bounds: range of the inputs after `scaling`; None for no limits.
        seed: of the random starts.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if a size is not a number.
        ValueError: if a size is out of its range or `attack` is unknown.

    Reference:
        Goodfellow, Shlens and Szegedy, 2015, Explaining and Harnessing Adversarial Examples,
        arXiv:1412.6572, section 6. Madry et al., 2018, Towards Deep Learning Models Resistant to
        Adversarial Attacks, arXiv:1706.06083, eq. 2.1.
    """

    reusable_step = True
    arguments = ("attack", "epsilon", "alpha", "steps", "step_size", "bounds", "seed")

    def __init__(
        self,
        scaling: keras.layers.Layer,
        net: keras.Model,
        *,
        attack: str = "fgsm",
        epsilon: float = 0.25,
        alpha: float = 0.5,
        steps: int = 7,
        step_size: float | None = None,
        bounds: Bounds = (0.0, 1.0),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        check_choice("attack", attack, ("fgsm", "pgd"))
        check_budget(epsilon, bounds, steps=steps, step_size=step_size)
        check_real("alpha", alpha, "it weighs the loss on unchanged examples")
        if not 0 <= alpha <= 1:
            raise ValueError(
                "`alpha` must lie in [0, 1]; it weighs the loss on unchanged examples. "
                f"Received: alpha={alpha}"
            )
        super().__init__(**kwargs)
        self.scaling, self.net = scaling, net
        self.attack, self.epsilon, self.alpha = attack, epsilon, alpha
        self.steps, self.step_size = steps, step_size
        self.bounds = None if bounds is None else (float(bounds[0]), float(bounds[1]))
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.adversarial_accuracy = keras.metrics.SparseCategoricalAccuracy("adversarial_accuracy")

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> Any:
        """Computes the logits (batch, classes) of raw examples."""
        return self.net(self.scaling(inputs), training=training)

    def compute_loss(
        self,
        x: keras.KerasTensor | None = None,
        y: keras.KerasTensor | None = None,
        y_pred: Any = None,
        sample_weight: keras.KerasTensor | None = None,
        training: bool = True,
    ) -> Any:
        """Computes the mixture of the compiled losses on the examples and on adversarial ones.

        compute_loss and not a loss, because the inputs and the net are needed.

        Args:
            x: raw examples, (batch, …).
            y: class numbers, (batch,).
            y_pred: logits (batch, classes) of `x`.
            sample_weight: weights of the examples, (batch,), or None.
            training: whether to use the training attack and training mode.

        Returns:
            A scalar.
        """
        adversarial = self.net(self._attack(x, y, training), training=training)
        self.adversarial_accuracy.update_state(y, adversarial, sample_weight)
        clean_loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        if self.alpha == 1:
            return clean_loss
        adversarial_loss = super().compute_loss(x, y, adversarial, sample_weight, training)
        return self.alpha * clean_loss + (1 - self.alpha) * adversarial_loss

    def _attack(self, x: Any, y: Any, training: bool) -> Any:
        x = self.scaling(x)
        loss: Any = keras.losses.get(self.loss)
        gradient = loss_gradient(lambda v: self.net(v, training=False), y, loss)
        start: Any = x
        size, steps = self.epsilon, 1
        if self.attack == "pgd" and training:
            steps = self.steps
            size = 2.5 * self.epsilon / steps if self.step_size is None else self.step_size
            offset = keras.random.uniform(
                ops.shape(x), -self.epsilon, self.epsilon, seed=self.seed_generator
            )
            start = x + ops.cast(offset, x.dtype)
            start = start if self.bounds is None else ops.clip(start, *self.bounds)
        return ascent(
            gradient,
            x,
            start,
            epsilon=self.epsilon,
            step_size=size,
            steps=steps,
            bounds=self.bounds,
        )
