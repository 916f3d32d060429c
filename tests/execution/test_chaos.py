"""Commands that are killed at random moments and resumed end like undisturbed ones.

A host process imports everything once and forks for each command, so that a start takes no time.
"""

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from keras_dl.tracking import store as tracking
from tests.rotation import in_turn

ROOT = Path(__file__).resolve().parents[2]
TIMES = {"fit_seconds", "rss_mb", "used/seconds"}  # differ from run to run
KILLS = 2  # of each command
HOST = """
import json, os, signal, sys, time, traceback
import psutil
from keras_dl import settings
settings.load_backend(lean=True)
import keras_dl.comparing, keras_dl.training.run, keras_dl.tuning.search
from keras_dl.tracking import store
from tests.toys import other, toy

def finished():
    # Whether an earlier process came to its end, so that there is nothing to resume.
    experiments = [e.experiment_id for e in store.client().search_experiments()]
    ended = store.search(experiments, "attributes.status = 'FINISHED'")
    kinds = [run.data.tags["kind"] for run in ended]
    return "run" in kinds or "comparison" in kinds

def work(order):
    os.chdir(order["folder"])
    log = os.open("log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        exec(order["code"], globals())
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)

for line in sys.stdin:
    order, start = json.loads(line), time.monotonic()
    pid = os.fork() or work(order)
    ended, workers = 0, set()
    while not ended:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if not ended and (order["worker"] or order["kill"] is not None):
            workers.update(psutil.Process(pid).children())
        if order["kill"] is not None and time.monotonic() > start + order["kill"]:
            victims = [w.pid for w in workers if w.is_running()] if order["worker"] else [pid]
            if victims:
                os.kill(victims[0], signal.SIGKILL)
                order["kill"] = None
        time.sleep(0.002)
    duration = time.monotonic() - start
    gone, alive = psutil.wait_procs(workers, timeout=20)
    print(json.dumps([status, duration, [w.pid for w in alive]]), flush=True)
"""
OPTIONS = "workers=0, verbose=False, resume=True, epochs=3"
COMMANDS = {
    "run": """
earlier = store.all_runs("")
if finished():
    keras_dl.training.stopped_runs.remove_leftovers()
else:
    options = {"resume": earlier[0].info.run_id} if earlier else {"epochs": 12}
    toy.run(verbose=False, **options)
""",
    "tune": f"toy.tune(trials=4, final_seeds=0, algorithm='bayesian', {OPTIONS})",
    "final": f"toy.tune(trials=1, final_seeds=2, algorithm='random', {OPTIONS})",
    "ablate": f"toy.ablate(values={{'units': (2, 9)}}, seeds=2, {OPTIONS})",
    "compare": f"""
folder = "mlruns/comparisons"
if not finished() or os.listdir(folder):
    keras_dl.comparing.compare([toy, other], seeds=2, {OPTIONS})
""",
}


@pytest.fixture(scope="module")
def host():
    process = subprocess.Popen(
        [sys.executable, "-c", HOST],
        env=os.environ | {"PYTHONPATH": str(ROOT), "TF_NUM_INTRAOP_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def order(code, folder, kill=None, *, worker=False):
        """Returns exit status and duration of a command; no worker process outlives it.

        Args:
            code: the command.
            folder: its current folder.
            kill: seconds after which the process is killed; None: never.
            worker: whether one of its workers is killed in its place.
        """
        words = {"code": code, "folder": str(folder), "kill": kill, "worker": worker}
        process.stdin.write(json.dumps(words) + "\n")
        process.stdin.flush()
        status, duration, alive = json.loads(process.stdout.readline())
        assert not alive
        return status, duration

    yield order
    process.stdin.close()
    process.wait()


POOL = """
toy.tune(trials=4, final_seeds=1, algorithm='random', prune=False, workers=2, verbose=False,
         resume=True, epochs=30)
"""


@pytest.mark.slow
def test_killed_worker_pool_leaves_no_process_and_ends_like_an_undisturbed_one(
    host, tmp_path, empty_store
):
    whole, killed, hurt = (tmp_path / name for name in ("whole", "killed", "hurt"))
    for folder in (whole, killed, hurt):
        (folder / "mlruns").mkdir(parents=True)
        shutil.copy(empty_store, folder / "mlruns" / "mlflow.db")
    status, duration = host(POOL, whole)
    assert status == 0, (whole / "log.txt").read_text()
    moments = random.Random("moments of a pool")
    for _ in range(KILLS):
        host(POOL, killed, kill=duration * moments.uniform(0.2, 0.9))
    assert host(POOL, killed)[0] == 0, (killed / "log.txt").read_text()
    for share in (0.3, 0.6):  # a worker that dies once is replaced, its training done again
        status, _ = host(POOL, hurt, kill=duration * share, worker=True)
        assert status == 0, (hurt / "log.txt").read_text()
    expected = unordered(tracked(whole))
    for folder in (killed, hurt):
        assert unordered(tracked(folder)) == expected
        assert left(folder) == left(whole)


def unordered(runs):
    """Replaces the best score after each trial by the last: the order of ends is free in a pool."""
    for name, _, _, metrics, *_ in runs:
        if name.endswith("-search"):
            for metric in metrics:
                if metric[0] == "objective":
                    metric[1] = max(value for _, value in metric[1])
    return runs


def tracked(folder):
    """Everything that the runs of a folder hold, but ids and times."""
    with contextlib.chdir(folder):
        client = tracking.client()
        experiments = [e.experiment_id for e in client.search_experiments()]
        models = [m.source_run_id for m in client.search_logged_models(experiments)]
        return sorted(
            [
                run.info.run_name,
                run.info.status,
                sorted(run.data.params.items()),
                [
                    [name, [(m.step, m.value) for m in client.get_metric_history(run_id, name)]]
                    for name in sorted(run.data.metrics)
                    if name not in TIMES
                ],
                sorted(f.path for f in client.list_artifacts(run_id)),
                sorted(f.path for f in client.list_artifacts(run_id, "figures")),
                len(run.inputs.dataset_inputs),
                models.count(run_id),
            ]
            for run in tracking.search(experiments, "")
            for run_id in [run.info.run_id]
        )


def left(folder):
    """The folders of searches and experiments, and the number of checkpoints."""
    places = [folder / "mlruns" / name for name in ("searches", "ablations", "comparisons")]
    folders = [sorted(f.name for f in place.glob("*")) for place in places]
    return folders, len(list(folder.rglob("checkpoint*.npz")))


@pytest.mark.slow
@pytest.mark.parametrize("command", in_turn(list(COMMANDS), 2))
def test_killed_command_ends_like_an_undisturbed_one(command, host, tmp_path, empty_store):
    code = COMMANDS[command]
    for name in ("whole", "killed"):
        (tmp_path / name / "mlruns").mkdir(parents=True)
        shutil.copy(empty_store, tmp_path / name / "mlruns" / "mlflow.db")
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    status, duration = host(code, whole)
    assert status == 0, (whole / "log.txt").read_text()
    moments = random.Random(f"moments of {command}")
    for _ in range(KILLS):
        host(code, killed, kill=duration * moments.uniform(0.1, 0.9))
    status, _ = host(code, killed)
    assert status == 0, (killed / "log.txt").read_text()
    assert tracked(killed) == tracked(whole)
    assert left(killed) == left(whole)
