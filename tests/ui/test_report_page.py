"""The page of `report --html` in a real browser; KERAS_DL_SHOTS keeps the pictures."""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from keras_dl.html_report import write_page
from tests.toys import conditional, toy

pytestmark = [pytest.mark.ui, pytest.mark.timeout(600)]
pytest.importorskip("vl_convert", reason="needs vl-convert-python (extra report)")
QUICK = {"verbose": False}


@pytest.fixture(scope="module")
def page(tmp_path_factory, empty_store):
    """The page of a search and three runs."""
    folder, before = tmp_path_factory.mktemp("report"), Path.cwd()
    (folder / "mlruns").mkdir()
    shutil.copy(empty_store, folder / "mlruns" / "mlflow.db")
    os.chdir(folder)
    try:
        conditional.tune(
            trials=6, epochs=3, algorithm="random", workers=0, final_seeds=0, prune=False, **QUICK
        )
        for seed in range(3):
            toy.run(seed=seed, epochs=4, **QUICK)
        write_page(folder / "page.html", verbose=False)
        yield (folder / "page.html").as_uri()
    finally:
        os.chdir(before)


@pytest.fixture
def opened(browser, page):
    browser.set_window_size(1300, 1600)
    browser.get("about:blank")
    browser.get(page)
    wait_for(browser, "return document.querySelectorAll('svg').length >= 2")
    return browser


def wait_for(browser, script):
    deadline = time.monotonic() + 60
    while not browser.execute_script(script):
        assert time.monotonic() < deadline, script
        time.sleep(0.2)


def keep(browser, name):
    if "KERAS_DL_SHOTS" in os.environ:
        time.sleep(2)
        browser.save_screenshot(str(Path(os.environ["KERAS_DL_SHOTS"]) / f"{name}.png"))


def names(browser):
    buttons = browser.find_elements("css selector", "#table button.open")
    return [button.text for button in buttons if button.is_displayed()]


def test_charts_are_drawn_without_errors(opened):
    keep(opened, "report_page")
    lines = opened.find_elements("css selector", ".study svg .mark-line path")
    assert len(lines) == 6  # one per trial
    assert not [e for e in opened.get_log("browser") if e["level"] == "SEVERE"]


def test_runs_are_sorted_and_filtered(opened):
    assert len(names(opened)) == 4
    heading = opened.find_element("xpath", "//table[@id='table']//th[text()='run']")
    heading.click()
    ascending = names(opened)
    heading.click()
    assert names(opened) == ascending[::-1] != ascending
    opened.find_element("id", "filter").send_keys("toy finished")
    assert names(opened) == ["toy-s2", "toy-s1", "toy-s0"]
    assert opened.find_element("id", "count").text == "3 of 4 runs"


def test_a_run_shows_its_parameters_metrics_and_figures(opened):
    opened.find_element("xpath", "//button[text()='toy-s2']").click()
    details = opened.find_element("css selector", "tr.details")
    for word in ("learning_rate", "test/accuracy", "keras-dl rerun"):
        assert word in details.text
    assert details.find_elements("tag name", "img")
    keep(opened, "report_details")
    opened.find_element("xpath", "//button[text()='toy-s2']").click()
    assert not opened.find_elements("css selector", "tr.details")


def test_theme_can_be_switched(opened):
    colour = "return getComputedStyle(document.body).backgroundColor"
    before = opened.execute_script(colour)
    opened.find_element("id", "theme").click()
    assert opened.execute_script(colour) != before
    keep(opened, "report_dark")


def test_a_phone_does_not_scroll_sideways(opened):
    opened.set_window_size(500, 900)
    keep(opened, "report_phone")
    width = "return [document.documentElement.scrollWidth, window.innerWidth]"
    needed, there = opened.execute_script(width)
    assert needed <= there


def clone_run(database, run_id, count):
    """Copies a run's rows, as creating one through MLflow takes a quarter of a second."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for table in ("runs", "params", "tags", "latest_metrics", "metrics"):
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            others = ", ".join(name for name in columns if name != "run_uuid")
            for number in range(count):
                connection.execute(
                    f"INSERT INTO {table} (run_uuid, {others}) "
                    f"SELECT ?, {others} FROM {table} WHERE run_uuid = ?",
                    (f"{number:032x}", run_id),
                )


def test_five_hundred_runs_fit_into_a_page(browser, store):
    result = toy.run(epochs=20, **QUICK)
    clone_run(store / "mlruns" / "mlflow.db", result.run_id, 499)
    write_page(store / "page.html", verbose=False)
    assert (store / "page.html").stat().st_size < 5_000_000
    browser.get((store / "page.html").as_uri())
    wait_for(browser, "return document.querySelectorAll('#table button.open').length == 500")
    timing = "const t = performance.timing; return t.domContentLoadedEventEnd - t.navigationStart"
    print(f"500 runs: {browser.execute_script(timing)} ms to the drawn table")
    keep(browser, "report_500")
