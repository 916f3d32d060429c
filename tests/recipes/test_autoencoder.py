import numpy as np
import pytest
from PIL import Image
from recipes.autoencoder import recipe

from keras_dl.tasks.predicting import predictions

SMALL = {
    "dataset": "digits",
    "units": (32, 8),
    "epochs": 15,
    "learning_rate": 0.01,
    "verbose": False,
}


@pytest.mark.slow
def test_reconstructions_are_reported_and_predicted(store):
    result = recipe.run(**SMALL)
    assert result.metrics["test/mean_squared_error"] < 0.06
    assert result.metrics["nearest_neighbour_accuracy"] > 0.5
    assert result.metrics["pca_mean_squared_error"] > 0
    assert {"reconstructions", "filters", "codes", "learning_curves"} <= set(result.figures)
    Image.fromarray(result.data.test.x[0, ..., 0].astype(np.uint8)).save(store / "digit.png")
    (answer,) = predictions(result.run_id, [str(store / "digit.png")])
    assert answer.picture is not None
    assert answer.picture.shape[:2] == result.data.test.x.shape[1:3]
    assert "mean squared error" in answer.text


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {"architecture": "convolutional", "code": 8, "filters": (8,)},
        {"tied": True, "corruption": 0.3},
        {"dataset": "iris", "units": (8, 2), "activation": "tanh"},
        {"sparsity": 0.01, "reconstruction_loss": "cross_entropy"},
    ],
)
def test_kinds_train(store, options):
    units = {} if "architecture" in options else {"units": (32, 8)}
    result = recipe.run(
        **{"dataset": "digits", "budget": "smoke", "verbose": False, **units, **options}
    )
    assert np.isfinite(result.metrics["test/mean_squared_error"])
