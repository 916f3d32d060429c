"""AlphaZero: self-play with tree search teaches a network policy and value of a board game.

Paper: Silver et al., 2018, A general reinforcement learning algorithm that masters chess, shogi and
    Go through self-play, Science 362; 2017, Mastering the game of Go without human knowledge,
    Nature 550, for the network, the symmetries and the gate.
Data: tic-tac-toe or connect four by their rules. Validation and test are games against an opponent
    that wins at once, prevents such a win, or moves at random; and positions with exact solutions.
Run: keras-dl run alphazero
Expect: tic-tac-toe, seeds 0 to 2: of the games that an opponent's answers lead to 0 of 646, 0 of
    730 and 3 of 697 are lost; the most probable move loses value in 2.8, 3.9 and 8.3 % of the
    test's positions; score 63.5, 73.5 and 77.8 % against one-step look-ahead, of 200 games each
    none lost; 115 to 141 s of training on one core of an Intel Xeon. Connect four is not measured.
Differs: Small boards and networks, Adam in place of momentum, each search begins with a new tree,
    and a move without visits has the predicted value of its position in place of a loss or 0.
    Iterations alternate between self-play and updates, where the paper's run at the same time.
"""

from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe, Score
from keras_dl.algorithms import AlphaZero, Arena
from keras_dl.data import Data
from keras_dl.data.games import load_game
from keras_dl.games import Examples, play_both_sides
from keras_dl.models.policy_value import policy_value_net
from keras_dl.tasks.board_game import evaluate_play


def data(
    *,
    dataset: str = "tic_tac_toe",
    batch_size: Annotated[int, Range(32, 1024, log=True)] = 128,
) -> Data:
    """Positions of tic_tac_toe or connect_four with exact solutions; none is trained on."""
    return load_game(dataset, batch_size=batch_size)


def build(
    data: Data,
    *,
    filters: Annotated[int, Range(8, 128, log=True)] = 32,
    blocks: Annotated[int, Range(1, 8)] = 2,
    learning_rate: Annotated[float, Range(3e-4, 1e-2, log=True)] = 2e-3,
    l2: Annotated[float, Range(1e-6, 1e-3, log=True)] = 1e-4,
    simulations: Annotated[int, Range(10, 400, log=True)] = 50,
    exploration: Annotated[float, Range(0.5, 4.0)] = 1.5,
) -> Any:
    """Compiles a residual tower with small heads, and the settings of its search."""
    rows, columns = data.input_shape
    moves = data.train.y["policy"].shape[1]
    net = policy_value_net(
        (rows, columns, 2),
        moves,
        filters=filters,
        blocks=blocks,
        head_filters=(8, 4),
        units=64,
        l2=l2,
    )
    game = data.inputs.game  # type: ignore[attr-defined]
    model = AlphaZero(net, game, simulations=simulations, exploration=exploration)
    model.compile_losses(keras.optimizers.Adam(learning_rate))
    return model


def train(
    session: Any,
    model: Any,
    data: Data,
    *,
    games: Annotated[int, Range(8, 512, log=True)] = 128,
    updates: Annotated[int, Range(10, 1000, log=True)] = 150,
    window: Annotated[int, Range(1_000, 200_000, log=True)] = 40_000,
    sampled_share: Annotated[float, Range(0.0, 1.0)] = 0.35,
    noise: Annotated[bool, Choice(False, True)] = True,
    augmented: Annotated[bool, Choice(False, True)] = True,
    gate: Annotated[bool, Choice(False, True)] = False,
) -> None:
    """Alternates self-play and updates on the latest positions.

    `sampled_share` of a full game's moves are drawn by their visits, the later ones are the most
    visited; `window` is the number of latest positions in the training set.
    """
    saved = session.restored()
    arena = Arena(model, saved, gate=gate)
    replay = None
    if saved is not None:
        replay = Examples(saved["boards"], saved["policy"], saved["value"])
    for iteration in session.iterations():
        random = np.random.default_rng((session.seed, iteration))
        played = play_both_sides(
            model.rules,
            arena.self_player.evaluate_boards,
            games,
            model.simulations,
            random,
            exploration=model.exploration,
            noise=noise,
            sampled_moves=round(sampled_share * model.rules.cells),
        )
        replay = played if replay is None else replay.append(played, window)
        losses = model.learn(replay, updates, data.batch_size, random, augmented=augmented)
        rating = arena.rate(iteration, random)
        results = evaluate_play(data, model, data.validation)
        validation = {f"val_{name}": value for name, value in results.items()}
        session.log(iteration, {**losses, "elo": rating, **validation})
        session.save({**replay.arrays(), **arena.arrays()})


recipe = Recipe(
    name="alphazero",
    data=data,
    build=build,
    train=train,
    epochs=30,
    objective=Objective("val_mistakes", "min"),
    alternatives=(Objective("val_score", "max"),),
    task="board_game",
    factors=("noise", "augmented", "gate"),
    on_request=("simulations", "games", "updates", "window"),  # more is better, and takes longer
    score=Score("test/score", "max", label="score against one-step look-ahead"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
