"""Workers and the graphics cards of a machine, which none of these tests needs."""

import os

import pytest

from keras_dl.execution import executors, gpus
from keras_dl.execution.executors import WorkerPool


@pytest.mark.parametrize(
    ("stated", "cards"),
    [("", ()), ("-1", ()), ("0", ("0",)), ("2, 0", ("2", "0")), ("1,-1,0", ("1",)),
     ("GPU-8932f937", ("GPU-8932f937",))],
)  # fmt: skip
def test_cards_are_those_that_the_user_leaves_visible(stated, cards):
    assert gpus.visible_gpus({"CUDA_VISIBLE_DEVICES": stated}) == cards


def test_cards_are_those_of_the_driver_else(tmp_path, monkeypatch):
    command = tmp_path / "nvidia-smi"
    command.write_text("#!/bin/sh\necho 0\necho 1\n")
    command.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpus.visible_gpus({}) == ("0", "1")
    command.write_text("#!/bin/sh\necho no driver\nexit 9\n")
    assert gpus.visible_gpus({}) == ()
    command.unlink()
    assert gpus.visible_gpus({}) == ()


@pytest.mark.parametrize(
    ("workers", "cards", "expected"),
    [
        (4, ("0", "1", "2", "3"), ["0", "1", "2", "3"]),
        (5, ("0", "1"), ["0", "1", "0", "1", "0"]),
        (2, ("0", "1", "2"), ["0,2", "1"]),
        (1, ("0", "1"), [None]),
        (3, (), [None, None, None]),
    ],
)
def test_cards_are_dealt_to_workers(workers, cards, expected):
    dealt = [gpus.environment_of(i, workers, cards) for i in range(workers)]
    assert [one.get("CUDA_VISIBLE_DEVICES") for one in dealt] == expected


def test_workers_that_share_a_card_take_memory_as_they_need_it():
    name = "XLA_PYTHON_CLIENT_PREALLOCATE"
    assert gpus.environment_of(0, 3, ("0", "1"))[name] == "false"
    assert name not in gpus.environment_of(0, 2, ("0", "1"))


@pytest.mark.slow
def test_processes_of_a_pool_see_a_card_each(tmp_path, monkeypatch):
    monkeypatch.setattr(executors, "visible_gpus", lambda: ("6", "7"))
    with WorkerPool(2, tmp_path) as pool:
        seen = {pool.submit(os.getenv, "CUDA_VISIBLE_DEVICES").result() for _ in range(1)}
        seen |= {worker._environment["CUDA_VISIBLE_DEVICES"] for worker in pool._workers}
    assert seen == {"6", "7"}
