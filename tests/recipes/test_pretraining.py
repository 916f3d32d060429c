import keras
import pytest
from recipes.pretraining import build, data, recipe, train

from tests.recipes.test_stacked_autoencoder import RecordingSession


@pytest.mark.parametrize(("method", "activation"), [("denoising", "relu"), ("rbm", "sigmoid")])
def test_each_stage_changes_its_own_layer_alone(method, activation):
    digits = data(dataset="digits", labels=100)
    keras.utils.set_random_seed(0)
    model = build(digits, depth=2, units=30, activation=activation)
    session = RecordingSession(model)
    train(session, model, digits, method=method)
    assert session.stages == ["layer1", "layer2", "fit"]
    before, after = session.weights[:2]
    changed = [(old != new).any() for old, new in zip(before, after, strict=True)]
    assert changed == [False, False, True, True, False, False]


def test_without_a_method_there_is_one_stage():
    digits = data(dataset="digits", labels=100)
    session = RecordingSession(build(digits, depth=2, units=30))
    train(session, build(digits, depth=2, units=30), digits, method="none")
    assert session.stages == ["fit"]


def test_machines_need_binary_units():
    digits = data(dataset="digits", labels=100)
    model = build(digits, depth=1, units=30, activation="relu")
    with pytest.raises(ValueError, match="`layer` must have a sigmoid"):
        train(RecordingSession(model), model, digits, method="rbm")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ablation_draws_the_score_by_labels(store):
    made = recipe.ablate(
        over=("method", "labels"),
        values={"method": ("none", "denoising"), "labels": (100, 600)},
        dataset="digits",
        depth=2,
        units=30,
        epochs=1,
        seeds=2,
        workers=0,
        verbose=False,
    )
    assert [row["reason"] for row in made.rows] == [""] * 8
    assert "label_efficiency" in made.figures
    _, below = made.figures["label_efficiency"].axes
    assert len(below.containers) == 1
