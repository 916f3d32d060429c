"""Models whose variables have shapes and no values, to count what does not fit into memory."""

import contextlib
import importlib
from collections.abc import Iterator

import keras

__all__ = ["unallocated_variables"]


@contextlib.contextmanager
def unallocated_variables() -> Iterator[None]:
    """Variables created within the block stay without values.

    Keras keeps a list of such variables and gives all of them values when any later
    `keras.StatelessScope` ends, which takes gigabytes for a net of a billion parameters; those of
    the block are taken off it.
    """
    # keras.src: there is no public name for the list.
    state = importlib.import_module("keras.src.backend.common.global_state")
    before = list(state.get_global_attribute("uninitialized_variables", []))
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        state.set_global_attribute("uninitialized_variables", before)
