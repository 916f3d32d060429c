"""Objectives that a recipe does not declare: any logged metric, with its direction."""

import pytest

from keras_dl.tracking import store as tracking
from tests.toys import toy

QUIET = {"verbose": False, "epochs": 2}


def test_logged_metric_whose_name_says_the_direction_is_the_objective(store):
    result = toy.run(objective="val_loss", **QUIET)
    run = tracking.find_run(result.run_id)
    assert result.metrics["objective"] == min(result.history["val_loss"])
    assert run.data.params["objective"] == "val_loss"
    assert run.data.tags["objective_direction"] == "min"


def test_stated_direction_holds(store):
    result = toy.run(objective="max:val_loss", **QUIET)
    assert result.metrics["objective"] == max(result.history["val_loss"])
    assert tracking.find_run(result.run_id).data.params["objective"] == "max:val_loss"


def test_metric_of_the_test_is_validated_where_it_is_the_objective(store):
    result = toy.run(objective="val_f1", **QUIET)
    assert result.metrics["objective"] == max(result.history["val_f1"])
    assert {"test/f1", "test/balanced_accuracy", "test/auc"} <= set(result.metrics)
    assert "val_f1" not in toy.run(**QUIET).history


def test_metric_that_is_not_logged_is_refused_before_the_run(store):
    with pytest.raises(ValueError, match="reports: accuracy, loss, .*'val_error'"):
        toy.run(objective="val_error", **QUIET)
    assert not tracking.client().search_experiments(filter_string="name != 'Default'")


def test_search_takes_any_logged_metric(store):
    options = {**QUIET, "trials": 2, "workers": 0, "final_seeds": 0, "algorithm": "random"}
    search = toy.tune(objective="min:val_loss", search=("units",), **options)
    assert search.score == min(t.score for t in search.trials)
    parent = tracking.client().get_run(search.run_id)
    assert parent.data.tags["objective_direction"] == "min"
    with pytest.raises(ValueError, match="metrics that training reports"):
        toy.tune(objective="val_error", **options)
