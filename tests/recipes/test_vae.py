import numpy as np
import pytest
from PIL import Image
from recipes.vae import recipe

from keras_dl.data import DatasetError
from keras_dl.tasks.predicting import predictions

SMALL = {"dataset": "digits", "units": (32,), "learning_rate": 0.01, "verbose": False}


@pytest.mark.slow
def test_likelihood_figures_and_predictions(store):
    result = recipe.run(**SMALL, latent_dim=4, epochs=10)
    bound = result.metrics["test/elbo"]
    assert -30 < bound < -15  # of 64 pixels
    assert bound < result.metrics["test/importance_sampled_log_likelihood"] < bound + 5
    assert result.metrics["nearest_neighbour_accuracy"] > 0.5
    figures = {"reconstructions", "samples", "latent_interpolation", "latent_traversal", "codes"}
    assert figures <= set(result.figures)
    Image.fromarray(result.data.test.x[0, ..., 0].astype(np.uint8)).save(store / "digit.png")
    answers = list(predictions(result.run_id, ["9", str(store / "digit.png"), "no.png"]))
    assert [bool(answer.error) for answer in answers] == [False, False, True]
    assert answers[0].text == "9 drawn from the prior"
    assert "mean squared error" in answers[1].text


def test_two_latent_variables_are_drawn_as_a_plane(store):
    result = recipe.run(**SMALL, latent_dim=2, budget="smoke")
    assert {"latent_grid", "codes"} <= set(result.figures)


@pytest.mark.slow
def test_conditional_model_draws_classes_and_predicts_them(store):
    result = recipe.run(**SMALL, latent_dim=2, conditional=True, epochs=15)
    assert result.metrics["class_accuracy"] > 0.6
    (answer,) = predictions(result.run_id, ["3"])
    assert answer.text == "1 drawn from the prior"
    assert "latent_grid" not in result.figures


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {"likelihood": "gaussian", "variance": 0.5},
        {"binarisation": False, "beta": 4.0},
        {"fixed_binarisation": True},
    ],
)
def test_kinds_train(store, options):
    result = recipe.run(**SMALL, budget="smoke", **options)
    assert np.isfinite(result.metrics["test/importance_sampled_log_likelihood"])


def test_pixels_are_drawn_once():
    first, second = (recipe.data(dataset="digits", fixed_binarisation=True) for _ in range(2))
    grey = recipe.data(dataset="digits")
    assert set(np.unique(first.train.x)) == {0, 255}
    np.testing.assert_array_equal(first.test.x, second.test.x)
    assert first.train.x.mean() == pytest.approx(grey.train.x.mean(), rel=0.01)
    assert first.digest != grey.digest


def test_tables_and_labels_without_classes_are_refused():
    with pytest.raises(DatasetError, match="`dataset` must hold images"):
        recipe.data(dataset="iris")
