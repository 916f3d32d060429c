import keras
import numpy as np
import pytest
from scipy.special import log_softmax

from keras_dl.algorithms import AlphaZero, Arena
from keras_dl.algorithms.arena import elo_difference
from keras_dl.games import CONNECT_FOUR, GAMES, TIC_TAC_TOE, Examples, solve
from keras_dl.models.policy_value import policy_value_net
from tests.algorithms.alphazero_values import values
from tests.backends import values_on
from tests.games.test_rules import played


def network(game=TIC_TAC_TOE, seed=0, l2=1e-4, **options):
    keras.utils.set_random_seed(seed)
    net = policy_value_net(
        (game.rows, game.columns, 2), game.moves, filters=8, blocks=1, units=8, l2=l2
    )
    model = AlphaZero(net, game.name, **options)
    model.compile_losses(keras.optimizers.Adam(1e-2))
    return model


@pytest.fixture(scope="module")
def solved():
    level = solve(TIC_TAC_TOE, TIC_TAC_TOE.start(1))[4]
    best = level.best[~level.ended]
    policy = (best / best.sum(axis=1, keepdims=True)).astype("float32")
    return Examples(level.boards[~level.ended], policy, level.values[~level.ended].astype("f4"))


@pytest.mark.parametrize("game", GAMES.values(), ids=GAMES)
def test_illegal_moves_have_no_probability(game):
    model = network(game)
    boards = np.concatenate([played(game, *[0] * 6) if game.drops else played(game, 0, 4, 8)] * 3)
    policy, values = model.evaluate_boards(boards)
    assert not policy[~game.legal(boards)].any()
    assert (policy[game.legal(boards)] > 0).all()
    np.testing.assert_allclose(policy.sum(axis=1), 1, rtol=1e-5)
    assert values.shape == (3,)


def test_evaluations_do_not_depend_on_the_number_of_boards(solved):
    model = network()
    policy, values = model.evaluate_boards(solved.boards[:21])
    for row in (0, 20):
        one, value = model.evaluate_boards(solved.boards[row : row + 1])
        np.testing.assert_allclose(one[0], policy[row], rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(value[0], values[row], rtol=1e-4, atol=1e-6)


def test_own_stones_are_the_first_plane():
    model, board = network(), played(TIC_TAC_TOE, 0, 4, 8).reshape(1, 3, 3)
    planes = np.stack([board == 1, board == -1], axis=-1).astype("float32")
    direct = model.net.predict_on_batch(planes)
    np.testing.assert_allclose(model.predict_on_batch(board)["value"], direct["value"], rtol=1e-5)
    swapped = model.predict_on_batch(-board)["value"]
    assert abs(swapped - direct["value"]) > 1e-4


def test_loss_is_crossentropy_and_squared_error_and_penalty(solved):
    model = network(l2=1e-2)
    boards = solved.boards[:32].reshape(-1, 3, 3)
    targets = {"policy": solved.policy[:32], "value": solved.value[:32, None]}
    metrics = model.test_on_batch(boards, targets, return_dict=True)
    outputs = model.predict_on_batch(boards)
    logs = log_softmax(outputs["policy"].astype("float64"), axis=1)
    entropy = -(targets["policy"] * np.where(targets["policy"] > 0, logs, 0)).sum(axis=1).mean()
    square = np.mean((outputs["value"] - targets["value"]) ** 2)
    assert metrics["policy_loss"] == pytest.approx(entropy, rel=1e-4)
    assert metrics["value_loss"] == pytest.approx(square, rel=1e-4)
    penalty = sum(map(float, model.losses))
    assert metrics["loss"] == pytest.approx(entropy + square + penalty, rel=1e-4)


def test_learning_lowers_the_loss(solved):
    model, few = network(), solved.take(slice(0, 8))
    first = model.learn(few, 1, 32, np.random.default_rng(0), augmented=False)
    model.learn(few, 80, 32, np.random.default_rng(1), augmented=False)
    last = model.learn(few, 1, 32, np.random.default_rng(2), augmented=False)
    for name in ("loss", "policy_loss", "value_loss"):
        assert last[name] < first[name]


def test_settings_are_saved_with_the_network(tmp_path):
    model = network(CONNECT_FOUR, simulations=17, exploration=2.5)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert (loaded.game, loaded.simulations, loaded.exploration) == ("connect_four", 17, 2.5)
    board = played(CONNECT_FOUR, 3, 3)
    for one, other in zip(loaded.evaluate_boards(board), model.evaluate_boards(board), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)


def test_elo_differences_follow_the_logistic_curve():
    assert elo_difference(0.5, 10) == 0
    assert elo_difference(0.75, 100) == pytest.approx(400 * np.log10(3))
    assert elo_difference(1.0, 40) == pytest.approx(400 * np.log10(79))
    assert elo_difference(0.0, 40) == pytest.approx(-400 * np.log10(79))


def weights_of(model):
    return np.concatenate([np.ravel(w) for w in model.get_weights()])


def test_the_gate_keeps_the_reference_until_it_is_beaten(monkeypatch):
    model, scores = network(simulations=2), [0.54, 0.55]
    arena = Arena(model, None, gate=True)
    model.net.get_layer("value").kernel.assign_add(np.ones((8, 1)))
    result = type("Result", (), {})()
    monkeypatch.setattr("keras_dl.algorithms.arena.play_match", lambda *_: result)
    before = weights_of(arena.reference)
    assert arena.self_player is arena.reference
    result.score = scores[0]
    assert arena.rate(1, np.random.default_rng(0)) == 0
    np.testing.assert_array_equal(weights_of(arena.reference), before)
    result.score = scores[1]
    assert arena.rate(2, np.random.default_rng(0)) == pytest.approx(elo_difference(0.55, 40))
    np.testing.assert_array_equal(weights_of(arena.reference), weights_of(model))


def test_ratings_add_up_and_continue_from_a_checkpoint():
    model = network(simulations=4)
    arena = Arena(model, None, gate=False)
    assert arena.self_player is model
    assert [arena.rate(i, np.random.default_rng(i)) for i in range(1, 5)] == [0] * 4
    model.net.get_layer("policy").kernel.assign_add(np.ones((18, 9)))
    first = arena.rate(5, np.random.default_rng(5))
    again = Arena(model, arena.arrays(), gate=False)
    assert again.elo == first
    np.testing.assert_array_equal(weights_of(again.reference), weights_of(model))


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_values_equal_another_backend_s(backend, tmp_path):
    there = values_on(backend, "algorithms.alphazero_values", tmp_path)
    here = values()
    assert there.keys() == here.keys()
    for name, expected in here.items():
        np.testing.assert_allclose(there[name], expected, rtol=1e-3, atol=1e-4, err_msg=name)
