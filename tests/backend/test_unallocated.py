"""Variables without values stay so, and those of others get theirs."""

import keras

from keras_dl.backend.unallocated import unallocated_variables


def dense(name):
    layer = keras.layers.Dense(3, name=name)
    layer.build((None, 2))
    return layer


def test_later_scopes_give_no_values():
    with unallocated_variables():
        counted = dense("counted")
    with keras.StatelessScope():
        other = dense("other")
    assert [tuple(v.shape) for v in counted.weights] == [(2, 3), (3,)]
    assert all(v._value is None for v in counted.weights)
    assert all(v._value is not None for v in other.weights)


def test_values_that_wait_are_still_given():
    with keras.StatelessScope(initialize_variables=False):
        waiting = dense("waiting")
    with unallocated_variables():
        dense("counted")
    with keras.StatelessScope():
        pass
    assert all(v._value is not None for v in waiting.weights)
