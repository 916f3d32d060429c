import keras
import numpy as np
import pytest
from recipes.distillation import build, data, make_net, recipe, train

from keras_dl.tracking import store as tracking_store


class RecordingSession:
    """Keeps the data of each stage and trains nothing."""

    def __init__(self):
        self.stages = {}

    def epochs(self, share=1.0):
        return 1

    def fit(self, model, data, *, epochs=None, stage="fit"):
        self.stages[stage] = (model, data)


def test_nets_are_the_paper_s():
    digits = data(dataset="digits")
    for name, count in (("large_mlp", 2_395_210), ("small_mlp", 1_276_810)):
        net = make_net(name, digits).layers[-1]
        assert sum(int(np.prod(w.shape)) for w in net.trainable_weights) == count


@pytest.mark.parametrize(("teacher", "stages"), [("none", ["fit"]), ("lenet5", ["teacher", "fit"])])
def test_stages(teacher, stages):
    digits, session = data(dataset="digits"), RecordingSession()
    model = build(digits)
    train(session, model, digits, teacher=teacher)
    assert list(session.stages) == stages
    student, own = session.stages["fit"]
    assert student is model
    if teacher == "none":
        assert own is digits
        return
    net, _ = session.stages["teacher"]
    np.testing.assert_array_equal(own.train.y[:, 0], digits.train.y)
    logits = net.predict(digits.train.x[:20], verbose=0)
    np.testing.assert_allclose(own.train.y[:20, 1:], logits, atol=1e-5)
    assert own.validation is digits.validation
    assert own.test is digits.test


@pytest.mark.slow
def test_teacher_is_logged_and_the_student_saved(store, tmp_path):
    result = recipe.run(dataset="digits", epochs=2, teacher="lenet5", verbose=False)
    history = tracking_store.client().get_metric_history(result.run_id, "teacher/val_accuracy")
    assert len(history) == 2
    result.model.save(tmp_path / "student.keras")
    loaded = keras.saving.load_model(tmp_path / "student.keras")
    x = result.data.test.x[:5]
    expected = result.model.predict(x, verbose=0)
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), expected)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_temperature_and_weight_are_tuned(store):
    search = recipe.tune(
        dataset="digits", epochs=2, trials=3, search=("temperature", "soft_weight"),
        teacher="lenet5", algorithm="random", final_seeds=0, workers=0, verbose=False,
    )  # fmt: skip
    assert {trial.status for trial in search.trials} == {"done"}
