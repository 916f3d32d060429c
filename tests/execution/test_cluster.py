"""Searches on a Ray cluster of two nodes, simulated on this machine: equal to those without."""

import ast
import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import keras
import numpy as np
import psutil
import pytest

from keras_dl.errors import TimedOut
from keras_dl.execution import executors, ray_connection
from keras_dl.execution.cluster import ClusterPool
from keras_dl.tracking import store as tracking
from tests.toys import toy

ROOT = Path(__file__).resolve().parents[2]
needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None,
    reason="Ray is missing: pip install 'keras-dl[cluster]'",
)
LOOPBACK = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # addresses stay 127.0.0.1
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_worker_niceness": "0",  # by default Ray's workers yield to all other processes
    "PYTHONPATH": str(ROOT),
    "OMP_NUM_THREADS": "1",
}
NODE = {"num_cpus": 1, "object_store_memory": 80 * 2**20, "node_ip_address": "127.0.0.1"}
OPTIONS = {
    "trials": 3,
    "algorithm": "random",
    "prune": False,
    "final_seeds": 0,
    "epochs": 3,
    "verbose": False,
}


@pytest.fixture(scope="module")
def nodes():
    """A cluster of two nodes with a processor each."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in LOOPBACK.items():
            patch.setenv(name, value)
        from ray.cluster_utils import Cluster

        made = Cluster(initialize_head=True, head_node_args=NODE | {"include_dashboard": False})
        made.add_node(**NODE)
        yield made
        made.shutdown()


def examples():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 90)
    return (rng.normal(size=(90, 4)) + y[:, None]).astype("float32"), y


class Pause(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        time.sleep(0.5)


def scores(search):
    return sorted((t.number, t.status, t.score, t.curve) for t in search.trials)


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The scores of the search in this process, and those of its runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("expected"))
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        search = toy.tune(data=examples(), workers=0, callbacks=lambda: [Pause()], **OPTIONS)
        return scores(search), objectives(search)


def objectives(search):
    """The objective by epoch of each child run."""
    client = tracking.client()
    where = f"tags.search = '{search.run_id}'"
    found = tracking.search(client.get_run(search.run_id).info.experiment_id, where)
    return sorted(
        (run.info.run_name, [m.value for m in client.get_metric_history(run.info.run_id, name)])
        for run in found
        for name in ("objective",)
    )


def tune(nodes, **options):
    return toy.tune(
        data=examples(), cluster=nodes.address, callbacks=lambda: [Pause()], **OPTIONS | options
    )


def kill_an_actor(stop):
    """Kills the first actor of Ray whose worker trains."""
    while not stop.is_set():
        if list(Path("mlruns").rglob("trials/*/*/journal.jsonl")):
            actors = [p for p in psutil.process_iter(["cmdline"]) if is_actor(p)]
            actors[0].send_signal(signal.SIGKILL)
            return
        time.sleep(0.05)


def is_actor(process):
    return any("ray::_Actor" in word for word in process.info["cmdline"] or ())


@needs_ray
@pytest.mark.slow
def test_search_on_a_cluster_equals_that_of_this_process_even_if_an_actor_is_killed(
    nodes, store, expected
):
    stop = threading.Event()
    killer = threading.Thread(target=kill_an_actor, args=(stop,))
    killer.start()
    try:
        search = tune(nodes)
    finally:
        stop.set()
        killer.join()
    assert scores(search) == expected[0]
    assert objectives(search) == expected[1]
    logs = list((search.folder / "workers").glob("worker-127.0.0.1-*.log"))
    assert len(logs) == 2


DRIVER = """
from keras_dl import settings
settings.load_backend(lean=True)
from tests.execution.test_cluster import scores, tune
class Nodes:
    address = {address!r}
if __name__ == "__main__":
    print(scores(tune(Nodes)))
"""


@needs_ray
@pytest.mark.slow
def test_search_whose_process_was_killed_is_resumed(nodes, store, expected):
    code = DRIVER.format(address=nodes.address)
    driver = subprocess.Popen(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    while not any('"end"' in p.read_text() for p in Path("mlruns").rglob("events.jsonl")):
        assert driver.poll() is None
        time.sleep(0.1)
    driver.kill()
    driver.wait()
    search = tune(nodes, resume=True)
    assert scores(search) == expected[0]


@needs_ray
@pytest.mark.slow
def test_search_on_a_local_cluster_that_it_starts_itself(store, expected):
    driver = subprocess.run(
        [sys.executable, "-c", DRIVER.format(address="local")],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert driver.returncode == 0, driver.stderr
    assert ast.literal_eval(driver.stdout.splitlines()[-1]) == expected[0]


@needs_ray
@pytest.mark.slow
def test_calls_time_out_and_slots_follow_the_nodes(nodes, tmp_path, monkeypatch):
    monkeypatch.setattr(executors, "GRACE", 0.0)
    with ClusterPool(nodes.address, tmp_path, timeout=15.0) as pool:
        assert pool.submit(pow, 2, 5).result() == 32
        hanging = pool.submit(time.sleep, 600)
        assert pool.slots == 2
        third = nodes.add_node(**NODE)
        wait_for(lambda: pool.slots == 3)
        nodes.remove_node(third)
        wait_for(lambda: pool.slots == 2)
        with pytest.raises(TimedOut, match="longer than 15 s"):
            hanging.result()
        with pytest.raises(ValueError, match="wrong"):
            pool.submit(fail).result()


def fail():
    raise ValueError("wrong")


def wait_for(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


@needs_ray
@pytest.mark.slow
def test_resources_that_no_node_has_are_refused_before_any_training(nodes, store):
    with pytest.raises(ValueError, match="`trial_gpus` must be at most what one node of the cl.*0"):
        tune(nodes, trial_gpus=1.0)


@needs_ray
@pytest.mark.parametrize("address", ["127.0.0.1:9", "ray://127.0.0.1:9", "somewhere", "auto"])
def test_cluster_that_does_not_answer_is_refused(address, tmp_path, monkeypatch):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    with pytest.raises(ValueError, match="`cluster` must be the address of a Ray cluster that ans"):
        ClusterPool(address, tmp_path)


def test_missing_ray_names_the_extra(tmp_path, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(ray_connection.importlib, "import_module", missing)
    with pytest.raises(ValueError, match=r"without Ray: pip install 'keras-dl\[cluster\]'"):
        ClusterPool("local", tmp_path)
