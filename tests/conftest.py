"""Fixtures: a store of one's own, made from a template because a fresh database takes seconds."""

import os
import shutil
from pathlib import Path

import pytest

from keras_dl import settings

settings.load_backend()  # once, and with our settings, whichever test comes first


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
