"""Packages of the extra `games`."""

from keras_dl.data.errors import DatasetUnavailable

__all__ = ["missing_package"]


def missing_package(package: str, dataset: str) -> DatasetUnavailable:
    """Returns the error for a package of the extra `games` that is not installed.

    Args:
        package: its name for Python.
        dataset: environment that needs it.
    """
    return DatasetUnavailable(
        f"`dataset` must be an environment whose package is installed; {package} is not: "
        f"pip install 'keras-dl[games]'. Received: dataset={dataset!r}"
    )
