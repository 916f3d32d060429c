"""An optimizer of several networks, with an inner optimizer for each of them."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

__all__ = ["PlayerOptimizer"]


@keras.saving.register_keras_serializable("keras_dl")
class PlayerOptimizer(keras.optimizers.Optimizer):
    """Applies the gradients of each network, such as a GAN's two, by that network's optimizer.

    `fit` computes one gradient and calls one optimizer; this one splits the gradient by network.
    All slots are among its variables, so that saving the optimizer saves those of all networks.
    `keras.optimizers.MultiOptimizer` does the same without skipped updates or gradient norms.

    An update is skipped where all gradients of a network are exactly 0: neither its weights nor its
    slots change, not even by momentum. A model thus skips a network's update by giving its loss the
    weight 0.

    `assign_variables` says which weights belong to which network; a model calls it in `compile`.

    Args:
        optimizers: one for each network.
        name: of the optimizer.

    Attributes:
        norm_sums: sum of the norms of each network's gradient since the last reset, (networks,).
        step_counts: number of steps in that sum, (networks,).

    Raises:
        TypeError: if an item of `optimizers` is not a Keras optimizer.
        ValueError: if `optimizers` is empty.

    Reference:
        Heusel et al., 2017, GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
        Equilibrium, arXiv:1706.08500: a learning rate for each network.
    """

    def __init__(
        self, optimizers: Sequence[keras.Optimizer], name: str = "player_optimizer"
    ) -> None:
        if not optimizers:
            raise ValueError("`optimizers` must hold an optimizer for each network. Received: none")
        for optimizer in optimizers:
            if not isinstance(optimizer, keras.optimizers.Optimizer):
                raise TypeError(
                    "`optimizers` must hold Keras optimizers. "
                    f"Received: one of class {type(optimizer).__name__}"
                )
        super().__init__(learning_rate=1.0, name=name)  # its own rate is not used
        self.optimizers = list(optimizers)
        # By id: Keras would track variables in an attribute as the optimizer's own.
        self._groups: list[list[int]] = []
        self._may_skip = True

    def assign_variables(
        self, groups: Sequence[Sequence[keras.Variable]], *, may_skip: bool = True
    ) -> None:
        """Assigns variables to the inner optimizers.

        Args:
            groups: the trainable variables of each network, in the order of `optimizers`.
            may_skip: whether a network may have gradients of 0; False saves time.

        Raises:
            ValueError: if the numbers of groups and of optimizers differ.
        """
        if len(groups) != len(self.optimizers):
            raise ValueError(
                "`groups` must hold the variables of each network. "
                f"Received: {len(groups)} groups for {len(self.optimizers)} optimizers"
            )
        self._groups, self._may_skip = [[id(v) for v in group] for group in groups], may_skip

    def build(self, variables: list[keras.Variable]) -> None:
        """Creates the slots of all inner optimizers.

        Raises:
            ValueError: if the groups do not hold exactly these variables.
        """
        if self.built:
            return
        index = {id(variable): i for i, variable in enumerate(variables)}
        assigned = sorted(index.get(key, -1) for group in self._groups for key in group)
        if assigned != list(range(len(variables))):
            raise ValueError(
                "`assign_variables` must assign each trainable variable to one optimizer before "
                f"the optimizer is built. Received: {len(assigned)} assigned variables, "
                f"{len(variables)} to train"
            )
        super().build(variables)
        self._indices = [[index[key] for key in group] for group in self._groups]
        count = (len(self.optimizers),)
        self.norm_sums = self.add_variable(count, dtype="float32", name="norm_sums")
        self.step_counts = self.add_variable(count, dtype="float32", name="step_counts")
        for optimizer, indices in zip(self.optimizers, self._indices, strict=True):
            optimizer.build([variables[i] for i in indices])
            for variable in optimizer.variables:
                self._track_variable(variable)

    def apply(
        self,
        grads: Sequence[keras.KerasTensor | None],
        trainable_variables: Sequence[keras.Variable] | None = None,
    ) -> None:
        """Updates the weights of all networks.

        Args:
            grads: one gradient for each variable, in the order of `build`.
            trainable_variables: the variables, needed only before the optimizer is built.
        """
        if not self.built:
            self.build(list(trainable_variables or ()))
        norms = []
        for optimizer, indices in zip(self.optimizers, self._indices, strict=True):
            own = [grads[i] for i in indices]
            norm = _global_norm(own)
            norms.append(norm)
            self._apply_unless_zero(optimizer, own, norm)
        stacked = ops.stack(norms)
        self.norm_sums.assign_add(stacked)
        self.step_counts.assign_add(ops.cast(ops.not_equal(stacked, 0.0), "float32"))
        self._iterations.assign_add(1)

    def _apply_unless_zero(
        self, optimizer: Any, grads: list[keras.KerasTensor | None], norm: keras.KerasTensor
    ) -> None:
        if all(grad is None for grad in grads):  # the loss does not depend on this network
            return
        changing = [*optimizer._trainable_variables, *optimizer.variables]
        # Copies: on torch, optimizers write into the tensors themselves.
        before = [ops.copy(v.value) for v in changing] if self._may_skip else []
        optimizer.apply(grads, optimizer._trainable_variables)
        updates = ops.not_equal(norm, 0.0)
        for variable, old in zip(changing, before, strict=False):
            variable.assign(ops.where(updates, variable.value, old))

    def pop_gradient_norms(self) -> list[float]:
        """Returns each network's mean gradient norm over its updates since the last call.

        Returns:
            One number for each network; 0 without an update.
        """
        counters = (self.norm_sums, self.step_counts)
        sums, counts = (np.asarray(ops.convert_to_numpy(v.value)).tolist() for v in counters)
        for variable in counters:
            variable.assign(ops.zeros(variable.shape))
        return [total / max(count, 1.0) for total, count in zip(sums, counts, strict=True)]

    def save_own_variables(self, store: Any) -> None:
        """Saves the variables that are not of the inner optimizers; Keras saves those itself."""
        for i, variable in enumerate(self._own()):
            store[str(i)] = ops.convert_to_numpy(variable.value)

    def load_own_variables(self, store: Any) -> None:
        """Loads the result of `save_own_variables`."""
        for i, variable in enumerate(self._own()):
            variable.assign(store[str(i)])

    def _own(self) -> list[keras.Variable]:
        inner = {id(v) for optimizer in self.optimizers for v in optimizer.variables}
        return [variable for variable in self.variables if id(variable) not in inner]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        saved = [keras.saving.serialize_keras_object(optimizer) for optimizer in self.optimizers]
        return {"optimizers": saved, "name": self.name}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> "PlayerOptimizer":
        """Creates an optimizer from the result of `get_config`."""
        optimizers: list[Any] = [
            keras.saving.deserialize_keras_object(optimizer, custom_objects)
            for optimizer in config["optimizers"]
        ]
        return cls(optimizers, config["name"])


def _global_norm(grads: Sequence[keras.KerasTensor | None]) -> Any:
    """Euclidean norm of all gradients together; scaled first, as squares may leave float32."""
    present: list[Any] = [ops.cast(grad, "float32") for grad in grads if grad is not None]
    if not present:
        return ops.zeros((), "float32")
    largest: Any = ops.max(ops.stack([ops.max(ops.abs(grad)) for grad in present]))
    scale: Any = ops.where(ops.equal(largest, 0.0), 1.0, largest)
    squares: list[Any] = [ops.sum(ops.square(grad / scale)) for grad in present]
    norm: Any = ops.sqrt(ops.sum(ops.stack(squares)))
    return scale * norm
