"""One store and one uninterrupted training per system."""

import shutil

import pytest


@pytest.fixture(scope="class", autouse=True)
def shared_store(tmp_path_factory, empty_store):
    """A folder with a store, as the current folder of all tests of a class."""
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / "mlruns").mkdir()
    shutil.copy(empty_store, folder / "mlruns" / "mlflow.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        yield folder


@pytest.fixture(scope="class")
def whole(request, shared_store):
    """The result of a training that nothing interrupts."""
    return request.cls.system.recipe.run(verbose=False)
