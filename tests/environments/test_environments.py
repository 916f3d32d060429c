import numpy as np
import pytest

from keras_dl.data import DatasetError
from keras_dl.environments import VectorEnvironment, load_environment, make, play
from keras_dl.environments.chain import chain_values
from keras_dl.environments.dataset import seeds_of

EMBEDDED = ("chain", "catch", "cartpole")
MINATAR = ("minatar_breakout", "minatar_space_invaders")


def available(name):
    package = {"minatar": "minatar", "atari": "ale_py"}.get(name.partition("_")[0])
    if package:
        pytest.importorskip(package, reason=f"{name} needs the extra games")
    return make(name)


@pytest.mark.parametrize("name", [*EMBEDDED, *MINATAR, "atari_pong"])
def test_equal_seeds_and_actions_give_equal_episodes(name):
    games = available(name), available(name)
    specification = games[0].specification
    frames = [game.reset(7) for game in games]
    np.testing.assert_array_equal(*frames)
    assert frames[0].shape == specification.frame_shape
    assert frames[0].dtype == specification.dtype
    random = np.random.default_rng(0)
    for _ in range(40):
        action = int(random.integers(len(specification.actions)))
        one, other = (game.step(action) for game in games)
        np.testing.assert_array_equal(one.frame, other.frame)
        assert one[1:] == other[1:]
        if one.terminated or one.truncated:
            break
    picture = games[0].render()
    assert picture.dtype == "uint8"
    assert picture.shape[2] == 3


def test_cartpole_equals_gymnasium():
    gymnasium = pytest.importorskip("gymnasium", reason="part of the extra games")
    theirs, ours = gymnasium.make("CartPole-v1"), make("cartpole")
    for seed in range(5):
        np.testing.assert_array_equal(theirs.reset(seed=seed)[0], ours.reset(seed))
        random, ended = np.random.default_rng(seed), False
        while not ended:
            action = int(random.integers(2))
            frame, reward, terminated, truncated, _ = theirs.step(action)
            step = ours.step(action)
            np.testing.assert_allclose(step.frame, frame, rtol=1e-5, atol=1e-6)
            assert (step.reward, step.terminated) == (reward, terminated)
            ended = terminated or truncated


def test_cartpole_is_truncated_and_not_terminated_after_500_steps():
    def upright(observations):  # a hand-made controller
        push = observations @ np.array([0.1, 0.5, 5.0, 1.0]) > 0
        return np.stack([~push, push], axis=1)

    (episode,) = play(upright, "cartpole", [3])
    assert (episode.score, episode.steps) == (500.0, 500)
    game = make("cartpole")
    frame = game.reset(3)
    for _ in range(500):
        step = game.step(int(upright(frame[None]).argmax()))
        frame = step.frame
    assert step.truncated
    assert not step.terminated


def test_perfect_play_of_catch_has_a_return_of_1():
    def follow(observations):
        paddle, ball = (observations[..., kind].sum(axis=1).argmax(axis=-1) for kind in (0, 1))
        paddle = observations[:, -1, :, 0].argmax(axis=-1)
        return np.eye(3)[1 + np.sign(ball - paddle)]

    assert [e.score for e in play(follow, "catch", range(20))] == [1.0] * 20


def test_values_of_the_chain_are_those_of_hand():
    np.testing.assert_allclose(
        chain_values(0.5), [[0.2, 0.25], [0.125, 0.5], [0.25, 1.0]], atol=1e-12
    )


@pytest.mark.parametrize("name", ["cartpole", "minatar_breakout", "atari_breakout"])
def test_restored_environments_go_on_equally(name):
    available(name)
    one, other = VectorEnvironment(name, 3, seed=5), VectorEnvironment(name, 3, seed=5)
    random = np.random.default_rng(1)
    actions = random.integers(len(one.specification.actions), size=(60, 3))
    for row in actions[:40]:
        one.step(row)
    other.restore(one.state())
    np.testing.assert_array_equal(one.observations, other.observations)
    for row in actions[40:]:
        for ours, theirs in zip(one.step(row), other.step(row), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        np.testing.assert_array_equal(one.observations, other.observations)


def test_atari_stacks_four_frames_with_zeros_before_the_episode():
    available("atari_breakout")
    environment = VectorEnvironment("atari_breakout", 1, seed=0)
    assert environment.observations.shape == (1, 84, 84, 4)
    assert not environment.observations[..., :3].any()
    first = environment.frames.copy()
    environment.step(np.array([1]))
    np.testing.assert_array_equal(environment.observations[..., 2:3], first)
    np.testing.assert_array_equal(environment.observations[..., 3:], environment.frames)


def test_lost_life_is_no_end_of_a_game():
    game = available("atari_breakout")
    game.reset(0)
    fire, lost = game.specification.actions.index("fire"), 0
    for _ in range(400):
        step = game.step(fire)  # the paddle stands still
        lost += step.life_lost
        if lost == 1:
            assert not step.terminated
        if step.terminated:
            break
    assert lost == 5
    assert step.terminated


def test_splits_have_seeds_of_their_own():
    data = load_environment("catch", validation_episodes=5, test_episodes=7)
    seeds = [set(seeds_of(split)) for split in (data.train, data.validation, data.test)]
    assert [len(s) for s in seeds] == [5, 5, 7]
    assert len(seeds[0] | seeds[1] | seeds[2]) == 17
    assert data.facts()["inputs"]["environment"] == "catch"
    assert data.targets.names == ("left", "stay", "right")
    again = load_environment("catch", validation_episodes=5, test_episodes=7)
    assert data.digest == again.digest


@pytest.mark.parametrize("name", ["cartpol", "breakout", "minatar_pong", "digits"])
def test_unknown_environment_gets_a_sentence(name):
    with pytest.raises(DatasetError, match="`dataset` must be an environment: chain, catch, "):
        make(name)


def test_missing_package_is_named(monkeypatch):
    import importlib

    def missing(package):
        raise ImportError(package)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(DatasetError, match=r"pip install 'keras-dl\[games\]'. Received: dataset="):
        make("minatar_freeway")
