import numpy as np
import pytest
from recipes.prototypical import build, data, recipe

import keras_dl
from keras_dl.tasks.predicting import predictions

SMALL = {"dataset": "glyphs", "way": 8, "query": 3, "episodes": 30, "filters": 16}


def test_build_takes_episodes_of_the_data():
    episodes = data(dataset="glyphs", shot=2, way=6, query=3, episodes=4)
    model = build(episodes, filters=16)
    rows = episodes.sampler("train").indices(0, 0, 2, 1)
    assert model.predict(episodes.train.x[rows], verbose=0).shape == (2, 6, 3, 6)
    assert model.shot == 2


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_run_learns_reports_and_predicts_new_classes(store):
    result = recipe.run(epochs=4, verbose=False, **SMALL)
    assert result.metrics["test/accuracy"] > 0.7  # chance is 0.2
    # The report embeds each image once; evaluation embeds every episode.
    assert result.metrics["few_shot/5way_1shot"] == pytest.approx(
        result.metrics["test/accuracy"], abs=1e-3
    )
    assert {"learning_curves", "accuracies", "episode"} <= set(result.figures)
    again = keras_dl.load_model(result.run_id)
    images = result.data.test.x[:3]
    np.testing.assert_array_equal(
        again.encoder.predict(images, verbose=0), result.model.encoder.predict(images, verbose=0)
    )
    with pytest.raises(ValueError, match="must be a support folder"):
        list(predictions(result.run_id, ["a.png"]))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_trials_train_by_episodes(store):
    search = recipe.tune(
        trials=2, epochs=1, search=("way", "learning_rate"), algorithm="random", final_seeds=0,
        workers=0, verbose=False, **{k: v for k, v in SMALL.items() if k != "way"},
    )  # fmt: skip
    assert {trial.status for trial in search.trials} == {"done"}
    assert search.score > 0.05  # chance among 20 classes
