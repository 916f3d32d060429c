"""Links to MLflow's pages."""

import json
from pathlib import Path

from keras_dl.tracking import links, store


def test_links_open_the_mode_of_model_training(store):
    assert links.page_url("experiments/1/runs/2") == (
        "http://127.0.0.1:5000/#/experiments/1/runs/2?workflowType=machine_learning"
    )
    assert links.page_url("experiments/1/runs?a=b").endswith(
        "runs?a=b&workflowType=machine_learning"
    )


def test_links_have_the_port_that_is_served(store):
    with links.serving("0.0.0.0", 5123):
        assert links.base_url() == "http://127.0.0.1:5123"
    assert links.base_url() == "http://127.0.0.1:5000"


def test_a_dead_server_or_a_broken_file_counts_for_nothing(store):
    with links.serving("127.0.0.1", 5123):
        file = Path("mlruns/ui.json")
        served = json.loads(file.read_text())
        host = served["process"].partition("/")[0]
        file.write_text(json.dumps({**served, "process": f"{host}/999999999/1"}))
        assert links.base_url() == "http://127.0.0.1:5000"
        file.write_text("[]")
        assert links.base_url() == "http://127.0.0.1:5000"
    assert file.exists()  # it may be that of a later server


def test_links_of_the_pages_hold_on_any_port():
    assert links.in_page("http://127.0.0.1:5000/#/experiments/1") == "#/experiments/1"


def test_experiments_are_of_model_training(store):
    identifier = make_experiment()
    tags = make_client().get_experiment(identifier).tags
    assert tags["mlflow.experimentKind"] == "custom_model_development"


def make_client():
    return store.client()


def make_experiment():
    return store.experiment("iris-classification")
