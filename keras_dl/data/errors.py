"""Exceptions of `keras_dl.data`."""

from keras_dl.utils.printing import printable

__all__ = ["DatasetError", "DatasetUnavailable", "DatasetWarning"]

LENGTH = 2000  # characters of a message; names in an archive may be longer


class DatasetError(ValueError):
    """Raised for data that cannot be used; the message names the part and the requirement.

    Args:
        message: control characters of names and cells in it are escaped.
    """

    def __init__(self, message: str) -> None:
        super().__init__(printable(message, most=LENGTH))


class DatasetUnavailable(DatasetError):
    """Raised if no source has the data set; the message lists the sources and alternatives."""


class DatasetWarning(UserWarning):
    """Category of the warnings about what a reading has dropped, clipped, resized or assumed."""
