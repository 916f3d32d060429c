import numpy as np
import pytest

from keras_dl.algorithms.replay_buffer import ReplayBuffer


def play(buffer, lengths, environments=1):
    """Frames count the steps of all episodes; an action is its frame's number, a reward half."""
    number = 0
    for length in lengths:
        for step in range(length):
            frame = np.full((environments, 1), number, "uint8")
            done = np.full(environments, step == length - 1)
            buffer.add(frame, frame[:, 0], frame[:, 0] / 2, done)
            number += 1
        last = np.full((environments, 1), number, "uint8")
        buffer.end(np.ones(environments, bool), last)
        number += 1


def test_no_transition_crosses_the_end_of_an_episode():
    buffer = ReplayBuffer(100, 2, (1,))
    play(buffer, (3, 1, 5, 2), environments=2)
    x, y = buffer.sample(np.random.default_rng(0), 2000)
    assert x.dtype == "uint8"
    numbers = x[:, 0].astype(int)
    np.testing.assert_array_equal(y["next_observation"][:, 0], numbers + 1)
    np.testing.assert_array_equal(y["action"], numbers)
    np.testing.assert_array_equal(y["reward"], numbers / 2)
    # The numbers 3, 5, 11 and 14 are last frames, which have no action.
    assert set(numbers) == {0, 1, 2, 4, 6, 7, 8, 9, 10, 12, 13}
    assert set(numbers[y["terminated"] == 1]) == {2, 4, 10, 13}


@pytest.mark.parametrize("capacity", [12, 40])
def test_history_holds_frames_of_its_own_episode(capacity):
    buffer = ReplayBuffer(capacity, 1, (1,), history=4)
    play(buffer, (5, 2, 9))
    starts = np.repeat([0, 6, 9], (6, 3, 10))  # of the episode of each number
    x, y = buffer.sample(np.random.default_rng(0), 3000)
    for rows, numbers in ((x, y["action"]), (y["next_observation"], y["action"] + 1)):
        for row, number in zip(rows.tolist(), numbers.tolist(), strict=True):
            expected = [n if n >= starts[number] else 0 for n in range(number - 3, number + 1)]
            assert row == expected
    # Of 19 numbers a ring of 12 holds 7 to 18; the history of 7 is overwritten, 8 is a last frame.
    drawn = set(range(18)) - {5, 8} if capacity == 40 else set(range(9, 18))
    assert set(y["action"].tolist()) == drawn


def test_transitions_are_drawn_with_equal_probability():
    buffer = ReplayBuffer(20, 1, (1,))
    play(buffer, (4, 6))
    _, y = buffer.sample(np.random.default_rng(0), 20_000)
    counts = np.bincount(y["action"], minlength=11)[[0, 1, 2, 3, 5, 6, 7, 8, 9, 10]]
    np.testing.assert_allclose(counts / 20_000, 0.1, atol=0.01)


def test_truncated_episode_keeps_its_last_frame_and_its_future():
    buffer = ReplayBuffer(10, 1, (1,))
    for number in range(3):
        frame = np.full((1, 1), number, "uint8")
        buffer.add(frame, np.array([0]), np.array([1.0]), np.array([False]))
    buffer.end(np.array([True]), np.full((1, 1), 3, "uint8"))
    x, y = buffer.sample(np.random.default_rng(0), 200)
    assert set(x[:, 0].tolist()) == {0, 1, 2}
    assert set(y["next_observation"][:, 0].tolist()) == {1, 2, 3}
    assert not y["terminated"].any()


def test_restored_buffer_draws_the_same():
    buffer, other = (ReplayBuffer(30, 2, (2, 2, 1), history=2) for _ in range(2))
    random = np.random.default_rng(0)
    for step in range(40):
        frames = random.integers(256, size=(2, 2, 2, 1)).astype("uint8")
        buffer.add(frames, random.integers(3, size=2), random.random(2), np.zeros(2, bool))
        buffer.end(np.array([step % 7 == 6, step % 5 == 4]), frames)
    other.restore({name: array.copy() for name, array in buffer.state().items()})
    one, two = (b.sample(np.random.default_rng(3), 50) for b in (buffer, other))
    np.testing.assert_array_equal(one[0], two[0])
    for name, values in one[1].items():
        np.testing.assert_array_equal(values, two[1][name])
    with pytest.raises(ValueError, match="`state` must be that of a buffer with the same"):
        ReplayBuffer(40, 2, (2, 2, 1)).restore(buffer.state())


def test_wrong_arguments_and_empty_buffers_are_refused():
    with pytest.raises(ValueError, match="`capacity` must be at least 12"):
        ReplayBuffer(11, 2, (1,), history=4)
    with pytest.raises(ValueError, match="`sample` needs a stored transition"):
        ReplayBuffer(10, 1, (1,)).sample(np.random.default_rng(0), 1)
