import numpy as np
import pytest
from PIL import Image
from recipes.siamese import build, data, recipe

import keras_dl
from keras_dl.tasks.one_shot import accuracy, best_threshold
from keras_dl.tasks.predicting import predictions

SMALL = {"dataset": "glyphs", "way": 8, "episodes": 40, "test_way": 8, "filters": 16}


def test_small_images_get_small_kernels_and_large_ones_the_paper_s():
    small = data(dataset="glyphs", test_way=5)
    kernels = build(small, encoder="koch", units=64).encoder.get_layer("koch_encoder").layers
    assert [layer.kernel_size[0] for layer in kernels if "conv" in layer.name] == [4, 3, 2, 2]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_folder_at_105_pixels_is_for_the_paper_s_network(tmp_path):
    rng = np.random.default_rng(0)
    for number in range(12):
        folder = tmp_path / "signs" / f"alphabet{number % 3}" / f"sign{number}"
        folder.mkdir(parents=True)
        for drawing in range(3):
            pixels = rng.integers(0, 256, (20, 20), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / f"{drawing}.png")
    own = data(dataset=str(tmp_path / "signs"), image_size=105, way=2, test_way=2)
    model = build(own, encoder="koch", pair_loss="crossentropy")
    assert model.count_params() == 38_951_745


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("pair_loss", ["crossentropy", "contrastive", "triplet"])
def test_a_run_learns_and_reports(store, pair_loss):
    result = recipe.run(epochs=5, pair_loss=pair_loss, verbose=False, **SMALL)
    assert result.metrics["test/accuracy"] > 0.25  # chance is 0.125
    assert result.metrics["one_shot/5way"] > result.metrics["one_shot/20way"]
    assert result.metrics["verification/auc"] > 0.6
    assert {"learning_curves", "roc", "episode"} <= set(result.figures)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_predictions_name_the_class_of_the_nearest_support(store):
    result = recipe.run(epochs=1, distortion=False, verbose=False, **SMALL)
    test = result.data.test
    rows = [int(np.flatnonzero(test.y == c)[0]) for c in range(3)]
    for row, name in zip(rows, "abc", strict=True):
        (store / "support" / name).mkdir(parents=True)
        Image.fromarray(test.x[row, ..., 0]).save(store / "support" / name / "1.png")
        Image.fromarray(test.x[row, ..., 0]).save(store / f"query_{name}.png")
    queries = [str(store / f"query_{name}.png") for name in "abc"]
    answers = list(predictions(result.run_id, [str(store / "support"), *queries]))
    assert [answer.ranking[0][0] for answer in answers] == ["a", "b", "c"]
    again = keras_dl.load_model(result.run_id)
    np.testing.assert_array_equal(
        again.encoder.predict(test.x[:3], verbose=0),
        result.model.encoder.predict(test.x[:3], verbose=0),
    )


def test_accuracy_looks_at_the_best_score_of_each_image():
    scores = np.array([[[3.0, 1, 0], [2, 1, 0], [0, 0, 1]]])
    np.testing.assert_allclose(accuracy(scores), [2 / 3])


def test_threshold_has_the_fewest_errors():
    scores = np.array([0.9, 0.8, 0.7, 0.3, 0.2])
    threshold = best_threshold(np.array([True, False, True, True, False]), scores)
    assert threshold == 0.3
