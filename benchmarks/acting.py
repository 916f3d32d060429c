"""Deep Q-learning beside a PyTorch loop of the same settings; tree search by games side by side.

The settings are those of CleanRL's `dqn.py` on CartPole: a perceptron of 120 and 84 units, an
update of 128 transitions for ten steps, a copy of the network every 500 steps. Both sides play the
same environments; the loop in PyTorch is written as CleanRL's, which is no package.
"""

import time
from collections.abc import Callable, Iterator

from keras_dl import settings

settings.load_backend()

import keras  # noqa: E402

from benchmarks.table import Row, compared, missing  # noqa: E402
from keras_dl.algorithms import AlphaZero  # noqa: E402
from keras_dl.algorithms.dqn import DQN  # noqa: E402
from keras_dl.algorithms.q_learning import Exploration, Learner  # noqa: E402
from keras_dl.environments import VectorEnvironment  # noqa: E402
from keras_dl.games import find_game  # noqa: E402
from keras_dl.models import policy_value_net, q_network  # noqa: E402

ROUNDS, STEPS, WARM_UP = 3, 8000, 500
UNITS, BATCH, PERIOD, COPIED, CAPACITY, RATE = (120, 84), 128, 10, 500, 10_000, 2.5e-4
SHARE, DISCOUNT = 0.1, 0.99  # of random actions; factor of the future
GAMES, SIMULATIONS = 64, 30
Side = Callable[[], None]


def rows() -> Iterator[Row]:
    """Steps a second with one and eight environments; simulations a second."""
    for count in (1, 8):
        yield _learning(count)
    yield _searching()


def _learning(count: int) -> Row:
    work = f"DQN on CartPole, {count} environment{'s' * (count > 1)}, an update for {PERIOD} steps"
    try:
        theirs = _torch_loop(count)
    except ImportError:
        return missing(work, "torch", "≥ 1")
    speeds = _in_turns({"ours": _ours(count), "torch": theirs}, STEPS)
    return Row(
        f"{work}: {_middle(speeds['ours']):,.0f} steps/s",
        f"PyTorch, CleanRL's loop: {_middle(speeds['torch']):,.0f} steps/s",
        goal="≥ 1",
        **compared(speeds["ours"], speeds["torch"]),
    )


def _ours(count: int) -> Side:
    keras.utils.set_random_seed(0)
    model = DQN(q_network((4,), 2, kind="mlp", units=UNITS), discount=DISCOUNT)
    model.compile(keras.optimizers.Adam(RATE))
    learner = Learner(
        model,
        "cartpole",
        seed=0,
        environments=count,
        capacity=CAPACITY,
        warm_up=WARM_UP,
        updates_per_step=1 / PERIOD,
        train_period=PERIOD * count,
        target_period=COPIED // PERIOD,
        exploration=Exploration(0, SHARE),
        batch_size=BATCH,
    )
    iterations = iter(range(10**6))
    return lambda: learner.learn(next(iterations), STEPS) and None


def _torch_loop(count: int) -> Side:
    from benchmarks.sides.pytorch_dqn import Loop

    loop = Loop(
        VectorEnvironment("cartpole", count, 0),
        units=UNITS,
        rate=RATE,
        capacity=CAPACITY,
        batch=BATCH,
        share=SHARE,
        discount=DISCOUNT,
    )

    def learn() -> None:
        for _ in range(STEPS // count):
            loop.play()
            if loop.steps > WARM_UP and loop.steps % (PERIOD * count) == 0:
                for _ in range(count):
                    loop.update()
            if loop.steps % COPIED < count:
                loop.copy_target()

    return learn


def _searching() -> Row:
    keras.utils.set_random_seed(0)
    game = find_game("connect_four")
    net = policy_value_net((game.rows, game.columns, 2), game.moves, filters=32, blocks=2)
    model, boards = AlphaZero(net, "connect_four", name="alphazero"), game.start(GAMES)

    def one_by_one() -> None:
        for board in boards:
            model.search(board[None], SIMULATIONS)

    sides: dict[str, Side] = {
        "ours": lambda: model.search(boards, SIMULATIONS) and None,
        "leaves": one_by_one,
    }
    speeds = _in_turns(sides, GAMES * SIMULATIONS)
    return Row(
        f"tree search of {GAMES} positions of connect four, {SIMULATIONS} simulations each, leaves "
        f"of all trees in one call: {_middle(speeds['ours']):,.0f} simulations/s",
        f"one position after the other, as alpha-zero-general does, by the same compiled network: "
        f"{_middle(speeds['leaves']):,.0f} simulations/s",
        goal="≥ 5",
        **compared(speeds["ours"], speeds["leaves"]),
    )


def _in_turns(sides: dict[str, Side], work: int) -> dict[str, list[float]]:
    """Work a second of each side; the first turn, which compiles, does not count."""
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(ROUNDS + 1):
        for name, side in sides.items():
            begun = time.perf_counter()
            side()
            if turn:
                speeds[name].append(work / (time.perf_counter() - begun))
    return speeds


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
