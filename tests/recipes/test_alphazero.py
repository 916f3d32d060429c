from unittest import mock

import keras
import numpy as np
import pytest

from keras_dl.cli import main
from keras_dl.games import TIC_TAC_TOE
from keras_dl.tasks.board_game import mistake_rate
from keras_dl.training import fit
from keras_dl.training.job import Job
from recipes import alphazero

SMALL = {"games": 8, "simulations": 10, "updates": 10, "filters": 8, "blocks": 1}


@pytest.fixture(autouse=True)
def few_matches():
    with mock.patch.dict(
        "keras_dl.tasks.board_game.MATCHES", {"validation": (1, 6), "test": (2, 6)}
    ):
        yield


def trained(folder):
    """Two iterations with a gate, so that weights, replay window and reference are resumed."""
    values = {name: hyper.default for name, hyper in alphazero.recipe.space().items()}
    job = Job(alphazero.recipe, {**values, **SMALL, "gate": True}, 0, 2, folder)
    data = fit.load_data(job)
    return fit.train(job, data, fit.build_model(job, data), lambda *_: None)


@pytest.mark.slow
def test_resumed_training_equals_the_whole(tmp_path):
    whole = trained(tmp_path / "whole")
    real, calls = alphazero.evaluate_play, []

    def interrupt(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    with mock.patch.object(alphazero, "evaluate_play", interrupt), pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "stopped")
    resumed = trained(tmp_path / "stopped")
    assert resumed.state.history == whole.state.history
    for one, other in zip(resumed.model.variables, whole.model.variables, strict=True):
        np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (one, other)))
    arrays = whole.session.restored()
    assert len(arrays["boards"]) > 8 * 2 * 5
    for name, array in resumed.session.restored().items():
        np.testing.assert_array_equal(array, arrays[name])


@pytest.mark.slow
def test_a_run_is_played_against(store, monkeypatch, capsys):
    result = alphazero.run(**SMALL, epochs=1, verbose=False)
    assert {"lines", "lost_lines", "score", "mistakes"} <= {
        name.removeprefix("test/") for name in result.metrics
    }
    assert set(result.figures) == {"learning_curves", "positions"}
    monkeypatch.setattr("sys.stdin", iter(["nine\n", "5\n", "q\n"]))
    assert main(["play", result.run_id, "--simulations", "5"]) == 0
    out = capsys.readouterr().out
    assert "`move` must be one of 1 2 3 4 5 6 7 8 9. Received: move='nine'" in out
    assert "O plays " in out
    assert out.endswith("The game was left.\n")
    assert main(["predict", result.run_id, "start", "15", "111"]) == 1
    captured = capsys.readouterr()
    assert "15: move " in captured.out
    assert "`move` must be one of 2 3 4 5 6 7 8 9. Received: move='1'" in captured.err


def test_other_runs_are_not_played_against(store, capsys):
    from tests.toys import toy

    result = toy.run(epochs=1, verbose=False)
    assert main(["play", result.run_id]) == 2
    message = capsys.readouterr().err
    assert "`run_id` must name a run of a board game. Received:" in message
    assert message.count("\n") == 1


def test_mistakes_are_moves_that_lose_value():
    split = alphazero.data().test
    assert mistake_rate(split, split.y["policy"]) == 0
    legal = TIC_TAC_TOE.legal(split.x.reshape(-1, 9))
    assert mistake_rate(split, legal - split.y["policy"] * 2) == 1


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_short_training_loses_at_most_two_percent_of_the_lines(store):
    options = {"games": 64, "updates": 60, "filters": 16, "blocks": 1}
    result = alphazero.run(epochs=8, verbose=False, **options)
    assert result.metrics["test/lines"] > 300
    assert result.metrics["test/lost_lines"] <= 0.02 * result.metrics["test/lines"]
    assert result.history["val_mistakes"][-1] < result.history["val_mistakes"][0]
