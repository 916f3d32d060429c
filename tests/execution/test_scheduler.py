"""The loop that submits jobs as workers become free."""

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from keras_dl.errors import Failure, WorkerDied
from keras_dl.execution import run_job
from keras_dl.execution.running_job import RunningJob
from keras_dl.execution.scheduler import Scheduler


class Manual(Executor):
    """Keeps its futures for the test to resolve."""

    _max_workers = 2

    def __init__(self):
        self.futures = []

    def submit(self, fn, /, *args, **kwargs):
        self.futures.append(Future())
        return self.futures[-1]


def job(key, folder):
    return RunningJob(key, SimpleNamespace(folder=folder), SimpleNamespace())


@pytest.fixture
def scheduler(tmp_path):
    with Scheduler(None, tmp_path, executor=Manual()) as made:
        yield made
        for running in made.jobs:
            running.future.cancel()


def test_size_of_an_executor_sets_the_slots(tmp_path):
    with ThreadPoolExecutor(3) as pool:
        assert Scheduler(None, tmp_path, executor=pool).slots == 3
        assert Scheduler(2, tmp_path, executor=pool).slots == 2
        with Scheduler(None, tmp_path, executor=pool):
            pass
        assert pool.submit(int).result() == 0  # a user's executor stays open


def test_jobs_are_drawn_only_while_a_worker_is_free(scheduler, tmp_path):
    drawn = []

    def jobs():
        for key in range(4):
            drawn.append(key)
            yield job(key, tmp_path)

    scheduler.wait = _resolving(scheduler, scheduler._executor.futures)
    ended = scheduler.run(jobs())
    assert next(ended).key == 0
    assert drawn == [0, 1]
    assert [j.key for j in ended] == [1, 2, 3]
    assert drawn == [0, 1, 2, 3]


def test_none_waits_for_a_result_before_the_next_job(scheduler, tmp_path):
    ended, log = [], []

    def jobs():
        yield job("first", tmp_path)
        while not ended:
            log.append("waits")
            yield None
        yield job("second", tmp_path)

    scheduler.wait = _resolving(scheduler, scheduler._executor.futures)
    for running in scheduler.run(jobs()):
        ended.append(running.key)
    assert ended == ["first", "second"]
    assert log == ["waits"]


def test_a_failed_job_gives_its_failure(scheduler, tmp_path):
    running = job(0, tmp_path)
    scheduler.submit(running)
    running.future.set_exception(MemoryError("no room"))
    (ended,) = scheduler.wait()
    assert isinstance(ended.result(), Failure)
    assert ended.result().reason == "out_of_memory"


def test_an_error_cancels_what_waits(tmp_path):
    manual = Manual()

    def interrupt():
        with Scheduler(None, tmp_path, executor=manual) as made:
            made.submit(job(0, tmp_path))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert manual.futures[0].cancelled()


def test_epochs_of_the_journal_reach_the_run(tmp_path):
    (tmp_path / "journal.jsonl").write_text(
        '{"epoch": 1, "when": 5.0, "values": {"loss": 2.0}}\n{"epoch": 2, "wh'
    )
    logged = []
    tracked = SimpleNamespace(epoch=lambda *row: logged.append(row))
    running = RunningJob(0, SimpleNamespace(folder=tmp_path), tracked)
    running.follow()
    running.follow()
    assert logged == [(1, {"loss": 2.0}, 5.0)]
    assert running.epoch == 1


def test_torn_line_of_a_journal_is_mended(tmp_path):
    (tmp_path / "journal.jsonl").write_text(
        '{"epoch": 1, "when": 5.0, "values": {"loss": 2.0}}\n{"epoch": 2, "wh'
    )
    journal = run_job._Journal(tmp_path)
    journal.add(1, {"loss": 9.0}, "fit")  # stands there already
    journal.add(2, {"loss": 1.0}, "fit")
    rows, _ = run_job.entries(tmp_path, 0)
    assert [(row.epoch, row.values) for row in rows] == [(1, {"loss": 2.0}), (2, {"loss": 1.0})]


@pytest.mark.parametrize("workers_that_die", [1, 2])
def test_job_of_a_dead_worker_is_submitted_once_more(scheduler, tmp_path, workers_that_die):
    scheduler.submit(job(0, tmp_path))
    for _ in range(workers_that_die):
        scheduler._executor.futures[-1].set_exception(WorkerDied("signal 9"))
        ended = scheduler.wait(0.0)
        assert len(scheduler._executor.futures) == 2
    if workers_that_die == 1:
        assert (ended, len(scheduler.jobs)) == ([], 1)
    else:
        assert ended[0].result().reason == "worker_died"


def test_job_is_submitted_again_as_long_as_it_has_made_progress(scheduler, tmp_path):
    running = job(0, tmp_path)
    running.tracked = SimpleNamespace(epoch=lambda *_: None)
    scheduler.submit(running)
    journal = tmp_path / "journal.jsonl"
    for epoch in (1, 2):
        with journal.open("a") as file:
            file.write(f'{{"epoch": {epoch}, "when": 5.0, "values": {{"loss": 2.0}}}}\n')
        scheduler._executor.futures[-1].set_exception(WorkerDied("preempted"))
        assert scheduler.wait(0.0) == []
    scheduler._executor.futures[-1].set_exception(WorkerDied("in the same epoch"))
    assert scheduler.wait(0.0) == [running]
    assert len(scheduler._executor.futures) == 3


def _resolving(scheduler, futures):
    """The scheduler's own wait, after the oldest open future has got a result."""
    wait = Scheduler.wait

    def resolve(seconds=0.3):
        open_futures = [f for f in futures if not f.done()]
        open_futures[0].set_result(None)
        return wait(scheduler, seconds)

    return resolve


def test_dry_run_whose_worker_dies_once_is_repeated(tmp_path):
    deaths = [WorkerDied("killed by signal 9")]

    class Dying(Executor):
        def submit(self, fn, /, *args, **kwargs):
            future = Future()
            if deaths:
                future.set_exception(deaths.pop())
            else:
                future.set_result("done")
            return future

    with Scheduler(1, tmp_path, executor=Dying()) as scheduler:
        assert scheduler.dry_run(SimpleNamespace()) == "done"
        deaths.extend([WorkerDied("again"), WorkerDied("again")])
        with pytest.raises(WorkerDied):
            scheduler.dry_run(SimpleNamespace())
