import keras
import pytest
from recipes.dbn import build, data, recipe, train

from keras_dl.tracking import store as tracking_store
from tests.recipes.test_stacked_autoencoder import RecordingSession


def trained(**options):
    digits = data(dataset="digits")
    keras.utils.set_random_seed(0)
    model = build(digits, units=(40, 30))
    session = RecordingSession(model)
    train(session, model, digits, **options)
    return session


@pytest.mark.parametrize("persistent", [False, True])
def test_each_stage_changes_its_own_layer_alone(persistent):
    session = trained(persistent=persistent)
    assert session.stages == ["rbm1", "rbm2", "fit"]
    for before, after, changed in (
        (*session.weights[:2], [False, False, True, True, False, False]),
        (*session.weights[1:], [True] * 6),
    ):
        assert [(a != b).any() for a, b in zip(before, after, strict=True)] == changed


def test_without_pretraining_there_is_one_stage():
    assert trained(pretraining=False).stages == ["fit"]


@pytest.mark.slow
def test_machines_and_network_are_in_one_run(store):
    options = {"dataset": "digits", "units": (60, 40), "epochs": 20, "learning_rate": 5e-3}
    result = recipe.run(**options, batch_size=20, verbose=False)
    assert result.metrics["test/accuracy"] > 0.85
    for name in ("rbm1/mean_squared_error", "rbm2/val_loss", "train/loss"):
        history = tracking_store.client().get_metric_history(result.run_id, name)
        assert [m.step for m in history] == list(range(1, 11 if "rbm" in name else 21))
