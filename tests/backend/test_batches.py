import keras
import numpy as np
import pytest

from keras_dl.backend.batches import Batches, EpochOrder
from keras_dl.data import Split

X = np.arange(10, dtype=np.uint8)[:, None]
SPLIT = Split(X, X[:, 0].astype(np.int32) % 2)


class Recorder(Batches):
    """Notes which examples are dealt in which pass."""

    def __init__(self, *args, **kwargs):
        self.passes = []
        super().__init__(*args, **kwargs)

    def on_epoch_begin(self):
        self.passes.append([])
        super().on_epoch_begin()

    def __getitem__(self, index):
        x, y = super().__getitem__(index)
        if self.passes:
            self.passes[-1].append(x[:, 0].tolist())
        return x, y


def model():
    net = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile("sgd", loss, metrics=["accuracy"])
    return net


def order(seed, epoch, steps=None, size=4):
    permutation = np.random.default_rng((seed, epoch)).permutation(10).tolist()
    return [permutation[i : i + size] for i in range(0, 10, size)][:steps]


@pytest.mark.parametrize(("first", "size"), [(0, 4), (2, 4), (0, 10), (2, 10)])
def test_fit_sees_each_epochs_own_order(first, size):
    batches = Recorder(SPLIT, size, seed=3)
    model().fit(
        batches,
        shuffle=False,
        callbacks=[EpochOrder(batches)],
        verbose=0,
        initial_epoch=first,
        epochs=first + 3,
        validation_data=Batches(SPLIT, 4, seed=None),
    )
    # The last three: Keras may open a pass of its own first, to build the model.
    assert batches.passes[-3:] == [order(3, first + e, size=size) for e in range(3)]


def test_without_the_callback_passes_are_counted():
    batches = Recorder(SPLIT, 4, seed=3, epoch=5)
    model().fit(batches, shuffle=False, epochs=3, verbose=0)
    assert batches.passes[-3:] == [order(3, 5 + e) for e in range(3)]
    assert batches.epoch == 8


def test_a_stopped_fit_goes_on_with_the_orders_it_had_left():
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = True

    batches = Recorder(SPLIT, 4, seed=3)
    net = model()
    net.fit(batches, shuffle=False, callbacks=[EpochOrder(batches), Stop()], epochs=2, verbose=0)
    net.fit(
        batches,
        shuffle=False,
        callbacks=[EpochOrder(batches)],
        initial_epoch=1,
        epochs=3,
        verbose=0,
    )
    assert batches.passes[-2:] == [order(3, 1), order(3, 2)]


def test_steps_limit_the_epoch():
    batches = Batches(SPLIT, 4, seed=0, steps=2)
    assert len(batches) == batches.num_batches == 2
    assert [x[:, 0].tolist() for x, _ in batches] == order(0, 0, steps=2)
    assert len(Batches(SPLIT, 4, seed=0, steps=99)) == 3


def test_without_seed_the_order_is_the_splits():
    batches = Batches(SPLIT, 4, seed=None)
    assert [len(x) for x, _ in batches] == [4, 4, 2]
    np.testing.assert_array_equal(np.concatenate([x for x, _ in batches]), X)
    np.testing.assert_array_equal(np.concatenate([y for _, y in batches]), SPLIT.y)
    assert batches[0][0].dtype == np.uint8


def test_shuffling_by_fit_is_reported():
    batches = Batches(SPLIT, 1, seed=0)
    keras.utils.set_random_seed(0)
    with pytest.warns(UserWarning, match=r"read out of order.*shuffle=False"):
        model().fit(batches, shuffle=True, verbose=0)
