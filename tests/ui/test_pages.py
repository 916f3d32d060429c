"""What a person sees in MLflow's pages, in a real browser; KERAS_DL_SHOTS keeps the pictures."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from keras_dl import Recipe
from keras_dl.data import load
from keras_dl.tracking import store as tracking
from tests.toys import build

pytestmark = [pytest.mark.ui, pytest.mark.timeout(600)]


def digits(*, dataset: str = "digits"):
    return load(dataset, batch_size=64)


recipe = Recipe(name="digits_net", data=digits, build=build, epochs=3)


@pytest.fixture(scope="module")
def searched(tmp_path_factory, empty_store):
    """A folder with a search and a run in it."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "mlruns").mkdir()
    shutil.copy(empty_store, folder / "mlruns" / "mlflow.db")
    before = Path.cwd()
    os.chdir(folder)
    try:
        search = recipe.tune(
            trials=6, epochs=3, workers=0, algorithm="random", final_seeds=2, verbose=False
        )
        result = recipe.run(epochs=4, verbose=False)
        yield folder, search, result
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def served(searched):
    """`keras-dl ui` on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name in ("token", "mlflow", "json"):  # a stranger's files, which the server must not run
        (searched[0] / f"{name}.py").write_text("import os; os.mkdir('executed')")
    words = [sys.executable, "-m", "keras_dl", "ui", "--port", str(port)]
    process = subprocess.Popen(
        words, cwd=searched[0], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1)
            break
        except OSError:
            time.sleep(0.3)
    yield f"http://127.0.0.1:{port}"
    family = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    process.wait(20)
    assert family
    assert not [p for p in family if p.is_running()]  # the server's children end with it
    assert not (searched[0] / "executed").exists()


def check_page(browser, served, url, *words):
    """Opens a printed link on the test's port and waits until all words are on the page."""
    address = url.replace("http://127.0.0.1:5000", served)
    browser.get("about:blank")
    browser.get(address)
    return check_words(browser, *words)


def check_words(browser, *words):
    """Waits until all words are on the page."""
    deadline = time.monotonic() + 90
    text = ""
    while time.monotonic() < deadline:
        text = browser.find_element("tag name", "body").text
        if all(word in text for word in words):
            break
        time.sleep(0.5)
    keep = os.environ.get("KERAS_DL_SHOTS")
    if keep:
        time.sleep(4)
        name = os.environ["PYTEST_CURRENT_TEST"].partition("::")[2].partition(" ")[0]
        browser.save_screenshot(str(Path(keep) / f"{name}.png"))
    missing = [word for word in words if word not in text]
    assert not missing, text[:3000]
    return text


def test_page_of_an_experiment_links_to_all_runs_with_objective_and_hyperparameters(
    browser, served, searched
):
    run = tracking.find_run(searched[2].run_id)
    page = f"http://127.0.0.1:5000/#/experiments/{run.info.experiment_id}/runs"
    words = "All runs with objective, score and hyperparameters"
    check_page(browser, served, f"{page}?workflowType=machine_learning", words)
    link = browser.find_element("link text", words).get_attribute("href")
    check_page(browser, served, link, "objective", "dropout", "test/accuracy")


def test_trials_are_listed_by_name_with_parameters_and_objective(browser, served, searched):
    _, search, _ = searched
    names = [f"digits_net-{t.number:03d}" for t in search.trials]
    check_page(browser, served, search.url, *names, "objective", "learning_rate")


def test_printed_link_shows_parallel_coordinates(browser, served, searched):
    from keras_dl.tracking import store

    _, search, _ = searched
    parent = store.client().get_run(search.run_id)
    note = parent.data.tags["mlflow.note.content"]
    link = note.partition("[side by side](")[2].partition(")")[0]
    check_page(
        browser,
        served,
        f"{served}/{link}",
        "Parallel coordinates of all trials",
        "learning_rate",
        "units",
    )


def test_run_page_shows_data_set_parameters_and_metrics(browser, served, searched):
    _, _, result = searched
    metrics = "test/accuracy", "test/majority_share"
    summary = "digits, embedded in scikit-learn", "classification, 10 classes"
    check_page(browser, served, result.url, "digits_net-s0", "dropout", *metrics, *summary)


def test_curves_are_grouped_by_split(browser, served, searched):
    _, _, result = searched
    check_page(browser, served, result.url.replace("?", "/model-metrics?"), "train", "val", "test")


def test_figures_are_among_the_artifacts(browser, served, searched):
    _, _, result = searched
    check_page(
        browser,
        served,
        result.url.replace("?", "/artifacts/figures/confusion_matrix.png?"),
        "confusion_matrix.png",
        "mistakes.png",
    )


def test_model_is_listed_with_its_run(browser, served, searched):
    _, _, result = searched
    check_page(browser, served, result.url, "Logged models")


def test_search_page_holds_its_figures_and_links(browser, served, searched):
    from keras_dl.tracking import links, store

    _, search, _ = searched
    url = links.run_url(store.client().get_run(search.run_id))
    check_page(
        browser, served, url, "digits_net-random-search", "side by side", "best_learning_rate"
    )
