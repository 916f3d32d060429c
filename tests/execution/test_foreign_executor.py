"""Executors of the user: they stay open, and their workers may share no folder with the search."""

import dataclasses
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from keras_dl.errors import WorkerDied
from keras_dl.tracking import store as tracking
from tests.toys import toy

OPTIONS = {
    "trials": 2,
    "algorithm": "random",
    "epochs": 2,
    "final_seeds": 1,
    "prune": False,
    "verbose": False,
}


class Elsewhere(Executor):
    """A machine with folders of its own; the first job dies there after a while."""

    slots = 1

    def __init__(self, folder):
        self.folder, self.jobs, self.closed = folder, 0, False

    def submit(self, fn, /, job):
        future, self.jobs = Future(), self.jobs + 1
        if self.jobs == 2:  # the first after the dry run
            threading.Timer(0.5, future.set_exception, [WorkerDied("signal 9")]).start()
        else:
            own = dataclasses.replace(job, folder=self.folder / str(self.jobs))
            future.set_result(fn(own))
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        self.closed = True


def facts(search):
    """Name, objective by epoch and parameters of each run of a search."""
    client = tracking.client()
    where = f"tags.search = '{search.run_id}'"
    found = tracking.search(client.get_run(search.run_id).info.experiment_id, where)
    return sorted(
        (
            run.info.run_name,
            [(m.step, m.value) for m in client.get_metric_history(run.info.run_id, "objective")],
            run.data.metrics.get("parameters"),
        )
        for run in found
    )


def test_objectives_reach_the_runs_without_a_shared_folder(store, tmp_path_factory):
    executor = Elsewhere(tmp_path_factory.mktemp("elsewhere"))
    search = toy.tune(executor=executor, **OPTIONS)
    own = toy.tune(workers=0, **OPTIONS)
    assert facts(search) == facts(own)
    steps = [[step for step, _ in epochs] for _, epochs, _ in facts(search)]
    assert steps.count([1, 2]) >= 2  # the trials
    assert search.best == own.best
    assert not executor.closed


def test_threads_of_the_user_stay_open(store):
    with ThreadPoolExecutor(1) as pool:
        assert len(toy.tune(executor=pool, **OPTIONS).trials) == 2
        assert pool.submit(int).result() == 0


@pytest.mark.slow
def test_processes_of_the_user_stay_open(store):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        search = toy.tune(executor=pool, **OPTIONS)
        assert pool.submit(int).result() == 0
    assert facts(search) == facts(toy.tune(workers=0, **OPTIONS))
