"""One optimizer that hands each of several players' gradients to an optimizer of its own."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

__all__ = ["PlayerOptimizer"]


@keras.saving.register_keras_serializable("keras_dl")
class PlayerOptimizer(keras.optimizers.Optimizer):
    """Several optimizers behind the face of one, each for the weights of one player.

    `fit` computes one gradient and calls one optimizer; this one gives each player's part of it to
    that player's own. All slots are among its variables, so that whoever saves an optimizer saves
    those of all players.

    A player whose gradients are all exactly 0 rests: neither its weights nor its slots move, not
    even by momentum. So an objective lets a player sit out a step by weighing its loss with 0.

    Which weights belong to which player is said by `share`, which an objective calls when it is
    compiled.

    Args:
        players: an optimizer each.
        name: of the optimizer.

    Attributes:
        norm_sums: sum of the norms of each player's gradient since it was set to 0, (players,).
        step_counts: number of steps in that sum, (players,).

    Raises:
        TypeError: if a player's part is no optimizer.
        ValueError: if there is none.

    Reference:
        Heusel et al., 2017, GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
        Equilibrium, arXiv:1706.08500: a learning rate for each player.
    """

    def __init__(self, players: Sequence[Any], name: str = "players") -> None:
        if not players:
            raise ValueError("`players` must hold an optimizer for each player. Received: none")
        for player in players:
            if not isinstance(player, keras.optimizers.Optimizer):
                raise TypeError(
                    "`players` must hold Keras optimizers. "
                    f"Received: one of class {type(player).__name__}"
                )
        super().__init__(learning_rate=1.0, name=name)  # its own rate is not used
        self.players = list(players)
        # By id: Keras would take variables that it finds here for the optimizer's own.
        self._groups: list[list[int]] = []
        self._may_rest = True

    def share(self, groups: Sequence[Sequence[Any]], *, may_rest: bool = True) -> None:
        """Says whose weights are whose.

        Args:
            groups: the trainable variables of each player, in the order of the players.
            may_rest: whether a player may have gradients of 0; saves time where none does.

        Raises:
            ValueError: if there are more or fewer groups than players.
        """
        if len(groups) != len(self.players):
            raise ValueError(
                "`groups` must hold the variables of each player. "
                f"Received: {len(groups)} groups for {len(self.players)} players"
            )
        self._groups, self._may_rest = [[id(v) for v in group] for group in groups], may_rest

    def build(self, variables: list[Any]) -> None:
        """Makes the slots of all players.

        Raises:
            ValueError: if the groups do not hold exactly these variables.
        """
        if self.built:
            return
        places = {id(variable): place for place, variable in enumerate(variables)}
        known = sorted(places.get(key, -1) for group in self._groups for key in group)
        if known != list(range(len(variables))):
            raise ValueError(
                "`share` must give each trainable variable to one player before the optimizer is "
                f"built. Received: {len(known)} variables in groups, {len(variables)} to train"
            )
        super().build(variables)
        self._places = [[places[key] for key in group] for group in self._groups]
        count = (len(self.players),)
        self.norm_sums = self.add_variable(count, dtype="float32", name="norm_sums")
        self.step_counts = self.add_variable(count, dtype="float32", name="step_counts")
        for player, group in zip(self.players, self._places, strict=True):
            player.build([variables[place] for place in group])
            for variable in player.variables:
                self._track_variable(variable)

    def apply(self, grads: Sequence[Any], trainable_variables: Any = None) -> None:
        """Updates all players' weights by the gradients, given in the order of `build`."""
        if not self.built:
            self.build(list(trainable_variables))
        norms = []
        for player, places in zip(self.players, self._places, strict=True):
            own = [grads[place] for place in places]
            norm = _norm(own)
            norms.append(norm)
            self._step(player, own, norm)
        stacked = ops.stack(norms)
        self.norm_sums.assign_add(stacked)
        self.step_counts.assign_add(ops.cast(ops.not_equal(stacked, 0.0), "float32"))
        self._iterations.assign_add(1)

    def _step(self, player: Any, grads: list[Any], norm: Any) -> None:
        if all(grad is None for grad in grads):  # nothing in the loss depends on this player
            return
        moving = [*player._trainable_variables, *player.variables]
        # Copies: on torch, optimizers write into the tensors themselves.
        before = [ops.copy(v.value) for v in moving] if self._may_rest else []
        player.apply(grads, player._trainable_variables)
        acts = ops.not_equal(norm, 0.0)
        for variable, old in zip(moving, before, strict=False):
            variable.assign(ops.where(acts, variable.value, old))

    def average_norms(self) -> list[float]:
        """Each player's mean gradient norm over the steps it took; and the count starts anew.

        Returns:
            One number a player; 0 for one that took no step.
        """
        kept = (self.norm_sums, self.step_counts)
        sums, counts = (np.asarray(ops.convert_to_numpy(v.value)).tolist() for v in kept)
        for variable in kept:
            variable.assign(ops.zeros(variable.shape))
        return [total / max(count, 1.0) for total, count in zip(sums, counts, strict=True)]

    def save_own_variables(self, store: Any) -> None:
        """Save what is not the players'; Keras walks to these by itself."""
        for i, variable in enumerate(self._own()):
            store[str(i)] = ops.convert_to_numpy(variable.value)

    def load_own_variables(self, store: Any) -> None:
        """Load what `save_own_variables` saved."""
        for i, variable in enumerate(self._own()):
            variable.assign(store[str(i)])

    def _own(self) -> list[Any]:
        theirs = {id(variable) for player in self.players for variable in player.variables}
        return [variable for variable in self.variables if id(variable) not in theirs]

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        saved = [keras.saving.serialize_keras_object(player) for player in self.players]
        return {"players": saved, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "PlayerOptimizer":
        """Make an optimizer from what `get_config` gave."""
        players = [
            keras.saving.deserialize_keras_object(player, custom_objects)
            for player in config["players"]
        ]
        return cls(players, config["name"])


def _norm(grads: Sequence[Any]) -> Any:
    """Euclidean length of all gradients together; divided first, as squares leave float32."""
    known: list[Any] = [ops.cast(grad, "float32") for grad in grads if grad is not None]
    if not known:
        return ops.zeros((), "float32")
    largest: Any = ops.max(ops.stack([ops.max(ops.abs(grad)) for grad in known]))
    scale: Any = ops.where(ops.equal(largest, 0.0), 1.0, largest)
    squares: list[Any] = [ops.sum(ops.square(grad / scale)) for grad in known]
    length: Any = ops.sqrt(ops.sum(ops.stack(squares)))
    return scale * length
