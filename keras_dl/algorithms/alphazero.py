"""AlphaZero's network of a board game: from boards to legal moves and a value."""

from typing import Any

import keras
import numpy as np
from keras import ops
from scipy.special import softmax

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.backend.fused_operations import fused_operations
from keras_dl.games import Examples, Game, Player, augment, find_game, search, searching

__all__ = ["AlphaZero"]

ILLEGAL = -1e9  # logit of a move that is not legal: probability 0, and no gradient
SMALLEST = 8  # boards in a call; other numbers are rounded up to powers of 2, for few traces


@keras.saving.register_keras_serializable("keras_dl")
class AlphaZero(ComposedModel):
    """Policy and value of positions of a game, with the settings of the search that uses them.

    The loss is the cross-entropy of the search's policy, the squared error of the result and the
    penalties of the net, with equal weights.

    Args:
        net: of `keras_dl.models.policy_value_net` for two planes, the own stones and the others.
        game: name of the game.
        simulations: of each move in play.
        exploration: factor of the prior's term in the search.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Reference:
        Silver et al., 2018, A general reinforcement learning algorithm that masters chess, shogi
        and Go through self-play, Science 362.
    """

    components = ("net",)
    arguments = ("game", "simulations", "exploration")

    def __init__(
        self,
        net: keras.Model,
        game: str,
        *,
        simulations: int = 50,
        exploration: float = 1.5,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.net, self.game = net, game
        self.simulations, self.exploration = simulations, exploration
        self.built = True

    @property
    def rules(self) -> Game:
        """The game."""
        return find_game(self.game)

    def call(self, inputs: Any, training: bool = False) -> dict[str, Any]:
        """Computes logits of the moves and values.

        Args:
            inputs: boards (batch, rows, columns): 1 own stones, -1 the other's, 0 empty.
            training: whether batch normalization uses the statistics of the batch.

        Returns:
            "policy" (batch, moves), -1e9 for illegal moves, and "value" (batch, 1).
        """
        planes = ops.stack([ops.equal(inputs, 1), ops.equal(inputs, -1)], axis=-1)
        outputs: Any = self.net(ops.cast(planes, self.compute_dtype), training=training)
        empty: Any = ops.equal(inputs, 0)
        legal = empty[:, 0] if self.rules.drops else ops.reshape(empty, (-1, self.rules.cells))
        return {
            "policy": ops.where(legal, outputs["policy"], ILLEGAL),
            "value": outputs["value"],
        }

    def compile_losses(self, optimizer: keras.Optimizer) -> None:
        """Compiles the model with the losses of AlphaZero."""
        losses = {"policy": keras.losses.CategoricalCrossentropy(from_logits=True), "value": "mse"}
        self.compile(optimizer, losses)

    def learn(
        self,
        examples: Examples,
        updates: int,
        batch_size: int,
        random: np.random.Generator,
        *,
        augmented: bool = True,
    ) -> dict[str, float]:
        """Updates the weights on examples that are drawn with replacement.

        Args:
            examples: of self-play.
            updates: number of updates.
            batch_size: examples of an update.
            random: draws examples and symmetries.
            augmented: whether each example is turned or mirrored by a symmetry that is drawn.

        Returns:
            Means over the updates of "loss", "policy_loss" and "value_loss".
        """
        self.reset_metrics()
        logs: Any = {}
        for _ in range(updates):
            batch = examples.take(random.integers(0, len(examples.boards), batch_size))
            batch = augment(self.rules, batch, random) if augmented else batch
            boards = batch.boards.reshape(-1, self.rules.rows, self.rules.columns)
            targets: Any = {"policy": batch.policy, "value": batch.value[:, None]}
            with fused_operations():
                logs = self.train_on_batch(boards, targets, return_dict=True)
        return {name: float(value) for name, value in logs.items()}

    def evaluate_boards(self, boards: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Predicts positions in one compiled call.

        Args:
            boards: (n, cells) of games that go on.

        Returns:
            Probabilities of the moves (n, moves), 0 for illegal ones, and values (n,).
        """
        count, rules = len(boards), self.rules
        size = max(SMALLEST, 1 << (count - 1).bit_length())
        grid = np.zeros((size, rules.rows, rules.columns), "int8")
        grid[:count] = boards.reshape(-1, rules.rows, rules.columns)
        with fused_operations():
            outputs: Any = self.predict_on_batch(grid)
        logits, values = (np.asarray(outputs[name])[:count] for name in ("policy", "value"))
        return softmax(logits, axis=1), values[:, 0]

    def search(
        self, boards: np.ndarray, simulations: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Searches the moves of positions without noise.

        Args:
            boards: (n, cells) of games that go on.
            simulations: of each position; None: those of play.

        Returns:
            Visits (n, moves) and mean values (n,), see `keras_dl.games.search`.
        """
        return search(
            self.rules,
            boards,
            self.evaluate_boards,
            simulations or self.simulations,
            exploration=self.exploration,
        )

    def player(self, *, sampled_moves: int = 0) -> Player:
        """Returns a player that searches without noise.

        Args:
            sampled_moves: stones on the board up to which a move is drawn by its visits.
        """
        return searching(
            self.rules,
            self.evaluate_boards,
            self.simulations,
            exploration=self.exploration,
            sampled_moves=sampled_moves,
        )
