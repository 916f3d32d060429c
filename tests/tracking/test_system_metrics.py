"""System metrics of a run: sampled in the background, written by the training's thread."""

import functools
import threading
import time

import pytest

from keras_dl.tracking import runs
from keras_dl.tracking import store as tracking
from keras_dl.tracking.system_metrics import SystemMetrics
from tests.toys import toy


def test_samples_are_logged_by_seconds_since_the_start(store):
    tracked = runs.start(toy, "load", "run", "run", {})
    with SystemMetrics(tracked, interval=0.05) as load:
        time.sleep(0.4)
        load.write()
        time.sleep(1.1)
    tracked.end()
    history = tracking.client().get_metric_history(
        tracked.id, "system/system_memory_usage_megabytes"
    )
    assert {m.step for m in history} >= {1}
    assert all(m.value > 0 for m in history)
    names = tracking.find_run(tracked.id).data.metrics
    assert {"system/cpu_utilization_percentage", "system/disk_usage_percentage"} <= set(names)
    assert not [t for t in threading.enumerate() if t.name == "system-metrics"]


def test_an_error_ends_the_sampling(store):
    tracked = runs.start(toy, "load", "run", "run", {})
    with pytest.raises(RuntimeError, match="in the block"), SystemMetrics(tracked, interval=0.05):
        raise RuntimeError("in the block")
    assert not [t for t in threading.enumerate() if t.name == "system-metrics"]
    tracked.end("FAILED")


def test_runs_have_them(store, monkeypatch):
    often = functools.partial(SystemMetrics, interval=0.05)
    monkeypatch.setattr("keras_dl.training.run.SystemMetrics", often)
    made = toy.run(epochs=2, verbose=False)
    names = tracking.find_run(made.run_id).data.metrics
    assert not [n for n in made.metrics if n.startswith("system/")]
    assert {"objective", "system/cpu_utilization_percentage"} <= set(names)
