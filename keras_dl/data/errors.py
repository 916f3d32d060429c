"""What goes wrong with data, as types a caller can catch."""

__all__ = ["DatasetError", "DatasetUnavailable"]


class DatasetError(ValueError):
    """The data cannot be used as they are; the message says which part and what is expected."""


class DatasetUnavailable(DatasetError):
    """No source has the data set; the message says where it was looked for and what works now."""
