"""Deep Q-learning on a chain of five states, with a replay buffer in the checkpoint."""

from typing import Annotated
from unittest import mock

import keras
import numpy as np
import pytest

from keras_dl import Choice, Objective, Range, Recipe
from keras_dl.data import Data, Features, Split, Values
from keras_dl.tasks.base import Task
from tests.newcomers import checks

STATES, ACTIONS, LIMIT = 5, 2, 10
ONE_HOT = np.eye(STATES, dtype="float32")


class Chain:
    """Left or right from the middle; 1 for the right end, 0.1 for the left one."""

    def reset(self):
        self.state, self.time = STATES // 2, 0
        return self.state

    def step(self, action):
        self.state, self.time = self.state + (1 if action else -1), self.time + 1
        ended = self.state in (0, STATES - 1)
        reward = {0: 0.1, STATES - 1: 1.0}.get(self.state, 0.0)
        return self.state, reward, ended or self.time == LIMIT


def data(*, discount: Annotated[float, Choice(0.5, 0.9)] = 0.9):
    q = np.zeros((STATES, ACTIONS))
    for _ in range(50):  # value iteration: the test set is the exact solution
        value = q.max(axis=1) * np.isin(np.arange(STATES), [0, STATES - 1], invert=True)
        for state in range(1, STATES - 1):
            rewards = (0.1 * (state == 1), 1.0 * (state == STATES - 2))
            q[state] = np.add(rewards, discount * value[[state - 1, state + 1]])
    inner = Split(ONE_HOT[1:-1], q[1:-1].astype("float32"))
    splits = dict.fromkeys(("train", "validation", "test"), inner)
    return Data.from_splits(
        "chain",
        splits,
        inputs=Features(),
        targets=Values(),
        batch_size=8,
        extras={"environment": Chain, "discount": discount},
    )


def build(data, *, learning_rate: Annotated[float, Range(1e-3, 1.0, log=True)] = 0.1):
    model = keras.Sequential([keras.Input(data.input_shape), keras.layers.Dense(ACTIONS)])
    model.compile(keras.optimizers.Adam(learning_rate), "mse")
    return model


def mean_return(model, split):
    """Return of one greedy episode."""
    environment, rewards = Chain(), []
    state, ended = environment.reset(), False
    while not ended:
        q = model.predict_on_batch(ONE_HOT[[state]])[0]
        state, reward, ended = environment.step(int(q.argmax()))
        rewards.append(reward)
    return {"return": float(sum(rewards))}


def collect(environment, model, random, epsilon):
    """One episode as rows (state, action, reward, next state, whether it ended)."""
    state, ended, rows = environment.reset(), False, []
    while not ended:
        q = model.predict_on_batch(ONE_HOT[[state]])[0]
        explores = random.random() < epsilon
        action = int(random.integers(ACTIONS)) if explores else int(q.argmax())
        after, reward, ended = environment.step(action)
        rows.append((state, action, reward, after, ended))
        state = after
    return np.array(rows, "float32")


def update(model, rows, discount):
    states, actions, after = (rows[:, i].astype(int) for i in (0, 1, 3))
    targets = model.predict_on_batch(ONE_HOT[states])
    future = model.predict_on_batch(ONE_HOT[after]).max(axis=1)
    ended = rows[:, 4]
    targets = np.array(targets)
    targets[np.arange(len(rows)), actions] = rows[:, 2] + discount * (1 - ended) * future
    return float(model.train_on_batch(ONE_HOT[states], targets))


def train(session, model, data, *, epsilon: Annotated[float, Range(0.1, 1.0)] = 0.5):
    restored = session.restored()
    buffer = np.zeros((0, 5), "float32") if restored is None else restored["buffer"]
    environment = data.extras["environment"]()
    for iteration in session.iterations():
        random = np.random.default_rng((session.seed, iteration))
        rows = collect(environment, model, random, epsilon)
        buffer = np.concatenate([buffer, rows])[-40:]
        batches = random.integers(0, len(buffer), (4, data.batch_size))
        losses = [update(model, buffer[b], data.extras["discount"]) for b in batches]
        greedy = mean_return(model, data.validation)["return"]
        values = {"loss": np.mean(losses), "train/return": rows[:, 2].sum(), "val_return": greedy}
        session.log(iteration, values)
        session.save({"buffer": buffer})


class Control(Task):
    name = "toy_control"

    def evaluators(self, data):
        return (mean_return,)


class TestDeepQ(checks.Newcomer):
    system = checks.System(
        Recipe(
            "chain",
            data,
            build,
            train,
            epochs=6,
            objective=Objective("val_return", "max"),
            task=Control(),
        ),
        steps=(4,),  # episodes
        epochs={"train/return": 6, "val/return": 6, "train/loss": 6},
        factor=("epsilon", (0.2, 0.8)),
        facts=("Features", "Values"),
    )

    def interrupted(self, steps):
        """Ctrl-C after an episode was collected and the network updated once."""
        real, count = update, [0]

        def interrupt(*arguments):
            count[0] += 1
            if count[0] == 4 * (steps - 1) + 2:
                raise KeyboardInterrupt
            return real(*arguments)

        return mock.patch(f"{__name__}.update", interrupt)

    def test_learns_the_way_to_the_right_end(self, whole):
        assert whole.metrics["objective"] == pytest.approx(1.0)
        assert whole.metrics["test/return"] == pytest.approx(1.0)
        assert np.isfinite(whole.metrics["test/loss"])
