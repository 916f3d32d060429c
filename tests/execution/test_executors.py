"""Worker processes: they answer, die, hang and are replaced."""

import os
import signal
import time
from concurrent.futures import Executor, ThreadPoolExecutor

import joblib
import psutil
import pytest

from keras_dl.errors import Failure, TimedOut, WorkerDied, WorkerNotStarted
from keras_dl.execution import executors
from keras_dl.execution.executors import InProcess, WorkerPool
from keras_dl.execution.scheduler import count_workers


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    with WorkerPool(1, tmp_path_factory.mktemp("logs"), recycle_after=6) as made:
        yield made


def test_pool_is_an_executor_that_takes_functions_of_notebooks(workers):
    factor = 3
    assert isinstance(workers, Executor)
    assert workers.submit(lambda x: factor * x, 14).result() == 42


def test_errors_come_back_as_they_are(workers):
    def wrong():
        raise ValueError("`units` must be positive")

    with pytest.raises(ValueError, match="`units` must be positive"):
        workers.submit(wrong).result()


def test_error_that_cannot_travel_comes_back_as_what_it_means(workers):
    def wrong():
        class Odd(Exception):
            def __reduce__(self):
                raise TypeError("no way")

        raise Odd("something")

    with pytest.raises(Failure, match="Odd: something"):
        workers.submit(wrong).result()


def test_dead_worker_fails_its_call_and_is_replaced(workers):
    first = workers.submit(os.getpid).result()
    dead = workers.submit(lambda: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(WorkerDied, match="killed by signal 9"):
        dead.result()
    assert workers.submit(os.getpid).result() != first


def test_worker_is_recycled_after_its_calls(workers):
    seen = [workers.submit(os.getpid).result() for _ in range(8)]
    assert len(set(seen)) == 2


@pytest.mark.slow
def test_hanging_call_is_timed_out_and_its_process_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(executors, "GRACE", 0.0)
    with WorkerPool(1, tmp_path, timeout=20.0) as made:
        pid = made.submit(os.getpid).result()
        hanging = made.submit(time.sleep, 600)
        with pytest.raises(TimedOut, match="longer than 20 s"):
            hanging.result()
        assert not psutil.pid_exists(pid)


def test_shutdown_in_the_middle_of_a_call_leaves_no_process(tmp_path):
    made = WorkerPool(2, tmp_path)
    pids = {made.submit(os.getpid).result() for _ in range(4)}
    busy = [made.submit(time.sleep, 600) for _ in range(3)]
    time.sleep(0.5)
    made.shutdown(cancel_futures=True)
    assert all(f.done() for f in busy)
    assert not any(psutil.pid_exists(p) for p in pids)
    with pytest.raises(RuntimeError, match="after shutdown"):
        made.submit(os.getpid)


def test_worker_that_ends_in_its_imports_tells_why(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "abacus")
    monkeypatch.delitem(os.environ, "PYTHONPATH", raising=False)
    with WorkerPool(1, tmp_path) as made:
        unstarted = made.submit(os.getpid)
        with pytest.raises(WorkerNotStarted, match="could not start: .*KERAS_BACKEND=abacus; its"):
            unstarted.result(120)


def test_worker_that_the_system_refuses_tells_why(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(executors, "Pipe", refuse)
    with WorkerPool(1, tmp_path) as made:
        for _ in range(2):  # its thread goes on
            with pytest.raises(WorkerNotStarted, match="could not start: Too many open files"):
                made.submit(os.getpid).result(20)


def test_output_of_a_worker_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(executors, "LOG", 1000)
    monkeypatch.setattr(executors, "TAIL", 100)
    worker = executors.Worker(tmp_path / "worker.log", {})
    log = tmp_path / "worker.log"
    log.write_bytes(b"x" * 1000)
    worker._cut_log()
    assert log.stat().st_size == 1000
    with log.open("ab") as output:
        output.write(b"the end")
        output.flush()
        worker._cut_log()
        output.write(b", and more")
    text = log.read_text()
    assert text.startswith("Earlier output is left out.\nxxx")
    assert text.endswith("xxxthe end, and more")
    assert len(text) < 200


def test_workers_share_the_cores_and_respect_the_user(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert executors.worker_environment(2)["OMP_NUM_THREADS"] == "2"
    assert "OMP_NUM_THREADS" not in executors.worker_environment(None)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert executors.worker_environment(2)["OMP_NUM_THREADS"] == "7"


def test_workers_follow_the_executors_size(monkeypatch):
    monkeypatch.setattr(joblib, "cpu_count", lambda: 6)
    assert count_workers(None, None) == 1
    assert count_workers(0, None) == 0
    assert count_workers(3, InProcess()) == 3
    assert count_workers(None, InProcess()) == 6  # has no size
    with ThreadPoolExecutor(4) as pool:
        assert count_workers(None, pool) == 4
