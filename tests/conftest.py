"""Fixtures: a store of one's own, made from a template because a fresh database takes seconds."""

import base64
import os
import shutil
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from keras_dl import settings
from tests.rotation import in_turn

settings.load_backend()  # once, and with our settings, whichever test comes first

# Figures of these tests are drawn, and those of tests that have "figure" in their name.
DRAWING = ("plots", "ui", "recipes/test_recipes.py")
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
)
draw = Figure.savefig


def pytest_addoption(parser):
    parser.addoption(
        "--parts",
        type=int,
        default=1,
        help="number of parts of the test files, of which successive versions run one in turn",
    )


@pytest.hookimpl(trylast=True)  # after the choice by -m and -k
def pytest_collection_modifyitems(config, items):
    """Leaves the test files of one part; a file stays whole, as its tests share what they train."""
    files = in_turn(sorted({item.path for item in items}), config.getoption("--parts"))
    left_out = [item for item in items if item.path not in files]
    items[:] = [item for item in items if item.path in files]
    config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Stores a pixel for the figures of most tests: drawing takes a third of a short run."""
    path = item.path.relative_to(Path(__file__).parent).as_posix()
    drawn = path.startswith(DRAWING) or "figure" in item.name
    Figure.savefig = draw if drawn else _store_pixel


def _store_pixel(figure, target, **options):
    if isinstance(target, str | Path):
        Path(target).write_bytes(PIXEL)
    else:
        draw(figure, target, **options)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """Feature extractors are trained once for all tests and processes, and leave nothing behind."""
    session = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # a folder within that of the whole session
        session = session.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_DL_CACHE", str(session / "cache"))
        yield


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    """A database without runs."""
    from mlflow import MlflowClient

    file = tmp_path_factory.mktemp("store") / "mlflow.db"
    MlflowClient(f"sqlite:///{file}").search_experiments()
    return file


@pytest.fixture
def store(tmp_path, monkeypatch, empty_store) -> Path:
    """An empty folder with a store, as the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "mlruns").mkdir()
    shutil.copy(empty_store, tmp_path / "mlruns" / "mlflow.db")
    return tmp_path
