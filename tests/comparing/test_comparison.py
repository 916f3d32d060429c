"""Comparisons: paired tests, intervals, no winner without evidence, runs under one parent."""

import numpy as np
import pytest
from scipy import stats

from keras_dl.comparing import compare, paired_tests
from keras_dl.tracking import store as tracking
from tests.toys import conditional, misjudged, other, toy

QUICK = {"epochs": 2, "seeds": 3, "workers": 0, "verbose": False}


def test_paired_test_equals_scipys():
    random = np.random.default_rng(0)
    first, second = random.normal(0.9, 0.01, 6), random.normal(0.88, 0.01, 6)
    got = paired_tests(dict(enumerate(first)), {"b": dict(enumerate(second))})
    assert got["b"] == pytest.approx(stats.ttest_rel(first, second).pvalue)


def test_several_tests_are_adjusted_after_holm():
    first = {0: 1.0, 1: 1.1, 2: 0.9, 3: 1.05}
    others = {"b": {0: 0.5, 1: 0.7, 2: 0.4, 3: 0.5}, "c": {0: 0.9, 1: 1.05, 2: 0.8, 3: 1.04}}
    raw = {
        k: stats.ttest_rel(list(first.values()), list(v.values())).pvalue for k, v in others.items()
    }
    got = paired_tests(first, others)
    assert got["b"] == pytest.approx(2 * raw["b"])
    assert got["c"] == pytest.approx(max(2 * raw["b"], raw["c"]))


def test_only_common_seeds_are_paired_tests():
    got = paired_tests({0: 1.0, 1: 2.0, 2: 3.5}, {"b": {1: 1.0, 2: 2.0, 7: 99.0}})
    assert got["b"] == pytest.approx(stats.ttest_rel([2.0, 3.5], [1.0, 2.0]).pvalue)


def test_equal_scores_give_no_evidence():
    assert paired_tests({0: 1.0, 1: 2.0}, {"b": {0: 1.0, 1: 2.0}}) == {"b": 1.0}


def test_interval_covers_the_mean_as_often_as_it_says():
    from keras_dl.comparing.results import make_row
    from keras_dl.training.job import Outcome

    random = np.random.default_rng(1)
    hits = 0
    for _ in range(1000):
        ended = {
            seed: Outcome(x, 1, {}, 1, 1.0, metrics={"test/accuracy": x})
            for seed, x in enumerate(random.normal(0.9, 0.02, 5))
        }
        got = make_row("a", toy, ended)
        hits += got.low <= 0.9 <= got.high
    assert 930 <= hits <= 970


def test_same_recipe_under_two_names_has_no_winner(store):
    made = compare([toy, other], **QUICK)
    assert made.winner is None
    assert "No winner" in made.verdict
    assert made.rows[0].scores == made.rows[1].scores
    assert made.to_dataframe()["p_value"].tolist()[1] == 1.0


def test_runs_stand_under_one_parent_with_models_and_figures(store):
    import keras_dl

    made = keras_dl.compare([toy, other], **{**QUICK, "seeds": 2})
    parent = tracking.find_run(made.run_id)
    children = [
        r
        for r in tracking.search(parent.info.experiment_id, "")
        if r.data.tags.get("mlflow.parentRunId") == made.run_id
    ]
    assert sorted(r.info.run_name for r in children) == ["other-s0", "other-s1", "toy-s0", "toy-s1"]
    assert {r.info.status for r in [parent, *children]} == {"FINISHED"}
    names = {f.path for f in tracking.client().list_artifacts(made.run_id)}
    assert {"figures", "comparison.csv"} <= names
    assert keras_dl.load(children[0].info.run_id).name == "tiny"
    assert not list((store / "mlruns" / "comparisons").iterdir())


def test_clearly_better_recipe_wins(store):
    from keras_dl import Recipe
    from tests.toys import data, tiny

    def hopeless(data):
        return tiny(data, units=2, rate=1e-7)

    weak = Recipe(name="weak", data=data, build=hopeless, epochs=4)
    made = compare([weak, toy], **{**QUICK, "epochs": 8, "seeds": 5})
    assert made.rows[0].label == "toy"
    assert made.winner == "toy"
    assert made.p_values["weak"] < 0.05


@pytest.mark.parametrize(
    ("recipes", "given", "message"),
    [
        ([toy], {}, "two or more different ones"),
        ([toy, toy], {}, "two or more different ones"),
        ([toy, misjudged], {}, "must share task and objective"),
        ([toy, conditional], {"dropuot": 0.1}, "Did you mean 'dropout'"),
        ([toy, other], {"seeds": 1}, "`seeds` must lie in"),
        ([toy, other], {"trials": 3}, "'trials' is not a hyperparameter or option"),
    ],
)
def test_wrong_arguments_are_refused(store, recipes, given, message):
    with pytest.raises(ValueError, match=message):
        compare(recipes, **given)


def test_hyperparameter_goes_to_those_that_have_it(store):
    made = compare([toy, conditional], dropout=0.3, **{**QUICK, "epochs": 1, "seeds": 2})
    parent = tracking.find_run(made.run_id)
    params = {
        r.data.tags["recipe"]: r.data.params
        for r in tracking.search(parent.info.experiment_id, "tags.kind = 'final'")
    }
    assert params["toy"]["dropout"] == "0.3"
    assert "dropout" not in params["conditional"]


def test_recipes_on_different_data_are_refused(store):
    from keras_dl import Recipe
    from keras_dl.data import load
    from tests.toys import build

    def wine(*, dataset: str = "wine"):
        return load(dataset)

    elsewhere = Recipe(name="elsewhere", data=wine, build=build)
    with pytest.raises(ValueError, match="toy on iris, elsewhere on wine"):
        compare([toy, elsewhere], **QUICK)
    assert compare([toy, elsewhere], dataset="iris", **{**QUICK, "epochs": 1}).rows
