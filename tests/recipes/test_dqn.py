from unittest import mock

import keras
import numpy as np
import pytest
from PIL import Image
from recipes.dqn import build, data, recipe

from keras_dl.algorithms.q_learning import Learner
from keras_dl.cli import main
from keras_dl.data import DatasetError
from tests.newcomers.checks import assert_equal, stopped_run

SMALL = {
    "dataset": "chain",
    "steps": 200,
    "warm_up": 50,
    "train_period": 16,
    "target_period": 20,
    "units": 32,
    "environments": 4,
    "validation_episodes": 4,
    "test_episodes": 6,
    "batch_size": 32,
    "verbose": False,
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory, empty_store):
    """A run of three epochs in a store of its own."""
    import shutil

    folder = tmp_path_factory.mktemp("dqn")
    (folder / "mlruns").mkdir()
    shutil.copy(empty_store, folder / "mlruns" / "mlflow.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        yield recipe.run(epochs=3, **SMALL)


def test_a_run_learns_reports_and_counts(whole):
    assert whole.metrics["test/return"] > whole.metrics["random_return"]
    assert whole.metrics["objective"] == max(whole.history["val_return"])
    assert {"learning_curves", "episode", "returns"} <= set(whole.figures)
    # The copy of the network is no parameter of its own: 5·32+32 + 32·32+32 + 32·2+2.
    assert whole.metrics["parameters"] == 1314


def test_resumed_run_equals_the_whole_with_its_buffer(whole):
    states, real, calls = {}, Learner.learn, [0]

    def learn(self, iteration, steps):
        metrics = real(self, iteration, steps)
        states[iteration] = {name: np.array(a) for name, a in self.state().items()}
        calls[0] += 1
        if calls[0] == 2:
            raise KeyboardInterrupt  # in the second iteration, which is lost
        return metrics

    with mock.patch.object(Learner, "learn", learn):
        with pytest.raises(KeyboardInterrupt):
            recipe.run(epochs=3, **SMALL)
        first, calls[0] = dict(states), 2
        states.clear()
        resumed = recipe.run(resume=stopped_run(), verbose=False)
    assert_equal(resumed, whole)
    assert sorted(states) == [2, 3]
    for name, array in first[2].items():  # played again from the buffer of iteration 1
        np.testing.assert_array_equal(states[2][name], array, err_msg=name)


def test_predict_plays_seeds_and_writes_films(whole, tmp_path, capsys):
    out = tmp_path / "films"
    assert main(["predict", whole.run_id, "3", "x", "--out", str(out)]) == 1
    shown = capsys.readouterr()
    assert "seed 3: return 1 in" in shown.out
    assert "x: not a seed, which is a whole number of 0 to 2147483647" in shown.err
    (film,) = out.iterdir()
    assert film.name == "seed 3.gif"
    assert Image.open(film).n_frames > 1
    assert main(["predict", whole.run_id, "3", "--no-film", "--random-share", "1.0"]) == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_tune_searches_rate_and_exploration(store):
    searched = ("learning_rate", "exploration_share")
    search = recipe.tune(
        trials=2, epochs=4, search=searched, algorithm="random", final_seeds=0, workers=0, **SMALL
    )
    assert {trial.status for trial in search.trials} == {"done"}
    assert search.score > 0


@pytest.mark.parametrize(("double", "dueling"), [(False, True), (True, False)])
def test_switches_reach_the_network(double, dueling):
    model = build(data(dataset="chain"), double=double, dueling=dueling, units=32)
    assert model.double == double
    names = {layer.name for layer in model.net.get_layer("dqn_mlp").layers}
    assert ("state_value" in names) == dueling


def test_rmsprop_is_centred_with_epsilon_inside_of_the_root():
    model = build(data(dataset="chain"), optimizer="rmsprop", epsilon=0.01, learning_rate=0.1)
    variable, gradient = keras.Variable([1.0]), np.array([0.02], "float32")
    model.optimizer.build([variable])
    model.optimizer.apply([gradient], [variable])
    second, mean = 0.05 * 0.02**2, 0.05 * 0.02
    expected = 1 - 0.1 * 0.02 / np.sqrt(second - mean**2 + 0.01)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(variable), expected, rtol=1e-5)


def test_other_data_are_refused(store, capsys):
    with pytest.raises(DatasetError, match="`dataset` must be an environment"):
        recipe.run(**{**SMALL, "dataset": "digits"})
    assert main(["run", "dqn", "--dataset", "cartpol"]) == 2
    assert "Did you mean 'cartpole'?" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("dataset", ["minatar_breakout", "atari_pong"])
def test_games_of_the_extra(store, dataset):
    pytest.importorskip({"m": "minatar", "a": "ale_py"}[dataset[0]], reason="needs the extra games")
    options = {**SMALL, "dataset": dataset, "test_episodes": 1, "validation_episodes": 1}
    with mock.patch("keras_dl.environments.atari.LIMIT", 30):
        result = recipe.run(epochs=1, **options)
    assert np.isfinite(result.metrics["test/return"])
    expected = {"minatar_breakout": 132_566, "atari_pong": 1_687_206}[dataset]
    assert result.metrics["parameters"] == expected
