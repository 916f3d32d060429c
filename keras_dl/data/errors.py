"""Exceptions of `keras_dl.data`."""

__all__ = ["DatasetError", "DatasetUnavailable"]


class DatasetError(ValueError):
    """Raised for data that cannot be used; the message names the part and the requirement."""


class DatasetUnavailable(DatasetError):
    """Raised if no source has the data set; the message lists the sources and alternatives."""
