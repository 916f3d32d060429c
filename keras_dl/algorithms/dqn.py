"""Deep Q-networks: action values that agree with those of the next state."""

from typing import Any

import keras
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.algorithms._frozen_copy import copy_weights, frozen_copy
from keras_dl.utils.checks import check_real

__all__ = ["DQN"]


@keras.saving.register_keras_serializable("keras_dl")
class DQN(ComposedModel):
    """A network of action values that learns from transitions.

    The loss is Huber's between Q(s, a) and r + γ·max Q⁻(s', ·), with the future only where s' is no
    terminal state; Q⁻ is a copy of the network that `copy_target` renews. With `double` the network
    chooses the action of s', which the copy values.

    Reports `loss` and `action_value`, the mean of Q(s, a). `compile` takes an optimizer and no
    loss.

    Args:
        net: observations (batch, *shape) to action values (batch, actions); built.
        discount: γ, of rewards a step later, in [0, 1].
        double: whether the network chooses the action that the copy values.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if `discount` is not a number.
        ValueError: if it lies outside [0, 1].

    Reference:
        Mnih et al., 2015, Human-level control through deep reinforcement learning, Nature 518,
        algorithm 1. Van Hasselt, Guez and Silver, 2016, Deep Reinforcement Learning with Double
        Q-learning, arXiv:1509.06461, equation 4, for `double`.
    """

    components = ("net",)
    arguments = ("discount", "double")

    def __init__(
        self, net: keras.Model, *, discount: float = 0.99, double: bool = False, **kwargs: Any
    ) -> None:
        check_real("discount", discount, "it weights rewards a step later")
        if not 0 <= discount <= 1:
            raise ValueError(
                "`discount` must lie in [0, 1]; it weights rewards a step later. "
                f"Received: discount={discount}"
            )
        super().__init__(**kwargs)
        self.net, self.discount, self.double = net, float(discount), bool(double)
        self.target = frozen_copy(net)
        self.action_value = keras.metrics.Mean("action_value")
        self.built = True

    @property
    def data_variables(self) -> list[Any]:
        """Weights of the copy, which are not counted as parameters."""
        return self.target.variables

    def copy_target(self) -> None:
        """Gives the copy the weights of the network."""
        copy_weights(self.net, self.target)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes the action values.

        Args:
            inputs: observations (batch, *shape).
            training: passed to the network.

        Returns:
            (batch, actions).
        """
        return self.net(inputs, training=training)

    def learning_targets(self, y: Any) -> Any:
        """Computes what Q(s, a) should be.

        Args:
            y: "reward", "next_observation" and "terminated" by name.

        Returns:
            (batch,), without a gradient.
        """
        values: Any = self.target(y["next_observation"], training=False)
        if self.double:
            own: Any = self.net(y["next_observation"], training=False)
            greedy = ops.one_hot(ops.argmax(own, axis=-1), values.shape[-1], dtype=values.dtype)
            future: Any = ops.sum(values * greedy, axis=-1)
        else:
            future = ops.max(values, axis=-1)
        terminated: Any = ops.cast(y["terminated"], values.dtype)
        reward: Any = ops.cast(y["reward"], values.dtype)
        return ops.stop_gradient(reward + self.discount * (1.0 - terminated) * future)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the mean loss of the transitions.

        compute_loss and not a loss, because the targets are values of the network's copy.

        Args:
            x: observations (batch, *shape), not used.
            y: "action" and what `learning_targets` takes, by name.
            y_pred: action values (batch, actions).
            sample_weight: not used.
            training: not used; validation has the same loss.

        Returns:
            A scalar.
        """
        actions: Any = ops.one_hot(y["action"], y_pred.shape[-1], dtype=y_pred.dtype)
        values: Any = ops.sum(y_pred * actions, axis=-1)
        self.action_value.update_state(values)
        # Huber's loss at δ = 1 limits the gradient of each transition as clipping its error does.
        losses: Any = keras.losses.huber(
            ops.expand_dims(self.learning_targets(y), -1), ops.expand_dims(values, -1)
        )
        return ops.mean(losses)
