"""Deep Q-learning beside a PyTorch loop of the same settings; tree search by games side by side.

The settings are those of CleanRL's `dqn.py` on CartPole: a perceptron of 120 and 84 units, an
update of 128 transitions for ten steps, a copy of the network every 500 steps. Both sides play the
same environments; the loop in PyTorch is written as CleanRL's, which is no package.
"""

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from keras_dl import settings

settings.load_backend()

import keras  # noqa: E402
import numpy as np  # noqa: E402

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
    import torch

    def network() -> Any:
        sizes = [*pairwise((4, *UNITS))]
        hidden = [part for size in sizes for part in (torch.nn.Linear(*size), torch.nn.ReLU())]
        return torch.nn.Sequential(*hidden, torch.nn.Linear(UNITS[-1], 2))

    torch.manual_seed(0)
    net, copy = network(), network()
    copy.load_state_dict(net.state_dict())
    optimizer = torch.optim.Adam(net.parameters(), RATE)
    game, random = VectorEnvironment("cartpole", count, 0), np.random.default_rng(0)
    states, nexts = (np.zeros((CAPACITY, 4), "float32") for _ in range(2))
    actions, rewards = np.zeros(CAPACITY, "int64"), np.zeros(CAPACITY, "float32")
    ended = np.zeros(CAPACITY, "float32")
    steps = 0

    def play() -> None:
        nonlocal steps
        before = game.observations.copy()
        chosen = random.integers(2, size=count)
        if random.random() >= SHARE:
            with torch.no_grad():
                chosen = net(torch.from_numpy(before)).argmax(1).numpy()
        after = game.step(chosen)
        at = np.arange(steps, steps + count) % CAPACITY
        states[at], nexts[at], actions[at] = before, after.frames, chosen
        rewards[at], ended[at] = after.rewards, after.terminated
        steps += count

    def update() -> None:
        rows = random.integers(min(steps, CAPACITY), size=BATCH)
        s, n, a, r, e = (
            torch.from_numpy(x[rows]) for x in (states, nexts, actions, rewards, ended)
        )
        with torch.no_grad():
            target = r + DISCOUNT * copy(n).max(1).values * (1 - e)
        value = net(s).gather(1, a[:, None])[:, 0]
        loss = torch.nn.functional.mse_loss(target, value)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def learn() -> None:
        for _ in range(STEPS // count):
            play()
            if steps > WARM_UP and steps % (PERIOD * count) == 0:
                for _ in range(count):
                    update()
            if steps % COPIED < count:
                copy.load_state_dict(net.state_dict())

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
