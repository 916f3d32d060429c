"""The model card of a run."""

import re

from keras_dl import run
from keras_dl.tracking import store as tracking
from keras_dl.utils.intervals import exact_interval
from recipes import mlp
from tests.toys import toy

QUICK = {"epochs": 2, "verbose": False}


def card_of(run_id, folder):
    path = tracking.client().download_artifacts(run_id, "card.md", str(folder))
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_card_tells_figures_limits_and_how_to_repeat(store, tmp_path):
    result = mlp.run(dataset="iris", **QUICK)
    card = card_of(result.run_id, tmp_path)
    assert card.startswith("# mlp on iris\n")
    assert "Rumelhart, Hinton and Williams, 1986" in card
    accuracy = result.metrics["test/accuracy"]
    low, high = exact_interval(round(accuracy * 30), 30)
    assert f"| test/accuracy | {accuracy:.6g} | {low:.4f} … {high:.4f} |" in card
    assert "| units | 512,512 |" in card
    assert result.data.digest[:12] in card
    assert "- 1 of 30 test examples (3.33 %) is in train too" in card
    assert "Always answering the most frequent class has test/accuracy 0.3333" in card
    assert f"keras-dl rerun {result.run_id[:12]}" in card
    assert "One seed: how much the result depends on it is not known." in card


def test_card_has_the_spread_over_the_seeds_of_one_setting(store, tmp_path):
    results = [toy.run(seed=seed, **QUICK) for seed in (0, 1)]
    toy.run(seed=2, units=3, **QUICK)  # another setting
    last = toy.run(seed=5, **QUICK)
    scores = [r.metrics["test/accuracy"] for r in [*results, last]]
    line = re.search(r"Over 3 seeds of this setting \(0, 1, 5\).*", card_of(last.run_id, tmp_path))
    assert f"test/accuracy is {sum(scores) / 3:.4g} ±" in line[0]
    low, high = map(float, re.search(r"mean ([\d.]+) … ([\d.]+)\.$", line[0]).groups())
    assert low < sum(scores) / 3 < high


def test_card_of_a_model_of_one_s_own(store, tmp_path):
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    card = card_of(run(model, "iris", **QUICK).run_id, tmp_path)
    assert "A recipe of the user's own" in card
    assert "Paper:" not in card
