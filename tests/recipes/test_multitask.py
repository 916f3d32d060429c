import numpy as np
import pytest
from PIL import Image
from recipes.multitask import recipe

from keras_dl.tasks.predicting import predictions


def test_both_heads_are_reported_and_predicted(store):
    options = {"dataset": "digits", "labels": 1000, "epochs": 6, "verbose": False}
    result = recipe.run(balance="alternate", learning_rate=3e-3, **options)
    assert result.metrics["test/class_accuracy"] > 0.5
    assert result.metrics["r_squared/slant"] > 0.5
    assert {"confusion_matrix", "slant", "learning_curves"} <= set(result.figures)
    folder = store / "pictures"
    folder.mkdir()
    Image.fromarray(result.data.test.x[0, ..., 0].astype(np.uint8)).save(folder / "digit.png")
    (folder / "broken.png").write_bytes(b"no image")
    answers = list(predictions(result.run_id, [str(folder)]))
    assert len(answers) == 2
    answer, broken = sorted(answers, key=lambda a: bool(a.error))
    assert answer.ranking[0][0] in result.data.class_names
    assert "slant" in answer.text
    assert broken.error


def test_one_task_alone(store):
    options = {"dataset": "digits", "budget": "smoke", "verbose": False}
    result = recipe.run(tasks="moments", objective="val_moments_loss", **options)
    assert np.isfinite(result.metrics["test/moments_loss"])
    assert "confusion_matrix" not in result.figures


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_balances_are_compared_by_an_ablation(store):
    made = recipe.ablate(
        over=("balance",), dataset="digits", epochs=1, seeds=2, workers=0, verbose=False
    )
    assert [row["reason"] for row in made.rows] == [""] * 6
