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

ROOT = Path(__file__).resolve().parents[2]
TIMES = {"fit_seconds", "rss_mb"}  # differ from run to run
KILLS = 4  # of each command
HOST = """
import json, os, signal, sys, time, traceback
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
    ended = 0
    while not ended:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if order["kill"] is not None and time.monotonic() > start + order["kill"]:
            os.kill(pid, signal.SIGKILL)
            order["kill"] = None
        time.sleep(0.002)
    print(json.dumps([status, time.monotonic() - start]), flush=True)
"""
OPTIONS = "workers=0, verbose=False, resume=True, epochs=3"
COMMANDS = {
    "run": """
folder = "mlruns/checkpoints"
stopped = os.listdir(folder) if os.path.isdir(folder) else []
stopped = [f for f in stopped if os.path.isfile(f"mlruns/checkpoints/{f}/job.json")]
if stopped or not finished():
    toy.run(verbose=False, **({"resume": stopped[0]} if stopped else {"epochs": 12}))
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

    def order(code, folder, kill=None):
        """Returns exit status and duration of a command."""
        process.stdin.write(json.dumps({"code": code, "folder": str(folder), "kill": kill}) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield order
    process.stdin.close()
    process.wait()


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
            # A kill before the first epoch of `run` leaves nothing to resume, but says so.
            if run.data.tags["kind"] != "run" or run.data.metrics
        )


def left(folder):
    """The folders of searches and experiments, and the number of checkpoints."""
    places = [folder / "mlruns" / name for name in ("searches", "ablations", "comparisons")]
    folders = [sorted(f.name for f in place.glob("*")) for place in places]
    return folders, len(list(folder.rglob("checkpoint*.npz")))


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
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
