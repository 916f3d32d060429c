"""How many workers a machine is enough for."""

import os
from types import SimpleNamespace

import pytest

from keras_dl.execution import cores
from keras_dl.execution.scheduler import Scheduler
from recipes.foundations.mlp import recipe

GIB = 2**30


@pytest.fixture
def machine(monkeypatch):
    """A machine of one's own: cores, bytes of free memory, cards."""

    def install(count, free, cards=()):
        monkeypatch.setattr(cores, "available_cores", lambda: count)
        memory = SimpleNamespace(available=free)
        monkeypatch.setattr(cores.psutil, "virtual_memory", lambda: memory)
        monkeypatch.setattr(cores, "visible_gpus", lambda: tuple(cards))

    return install


@pytest.mark.parametrize(
    ("count", "free", "cards", "most", "workers"),
    [
        (8, 64 * GIB, (), 100, 8),
        (8, 64 * GIB, (), 3, 3),
        (64, 9 * GIB, (), 100, 4),
        (2, GIB, (), 100, 1),
        (64, 9 * GIB, ("0", "1"), 100, 2),
        (64, 9 * GIB, ("0", "1"), 1, 1),
    ],
)
def test_workers_by_cards_cores_memory_and_trainings(machine, count, free, cards, most, workers):
    machine(count, free, cards)
    assert cores.automatic_workers(most)[0] == workers


def test_cores_are_those_of_the_process():
    assert 1 <= cores.available_cores() <= len(os.sched_getaffinity(0))


def test_search_states_its_workers(machine, store, capsys):
    machine(2, 64 * GIB)
    search = recipe.tune(
        dataset="iris", trials=2, workers="auto", epochs=1, final_seeds=0, algorithm="random"
    )
    assert "2 workers: 2 cores, 64 GiB of free memory" in capsys.readouterr().err
    assert len(search.trials) == 2


def test_executor_decides_where_there_is_one(machine, tmp_path, capsys):
    machine(64, 64 * GIB)
    options = {"workers": "auto", "cluster": None, "timeout": None, "verbose": True}
    options |= dict.fromkeys(("trial_cpus", "trial_gpus", "trial_memory"))
    with Scheduler.from_options(options, tmp_path, SimpleNamespace(slots=3)) as scheduler:
        assert scheduler.slots == 3
    assert not capsys.readouterr().err


def test_other_words_are_refused(store):
    with pytest.raises(TypeError, match=r"`workers` must be an integer, auto or none"):
        recipe.tune(dataset="iris", trials=1, workers="many")
