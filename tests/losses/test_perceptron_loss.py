import keras
import numpy as np
import pytest

from keras_dl.losses import PerceptronLoss


def test_values_by_hand():
    logits = np.array([[0.0, 3.0, 1.0], [2.0, -1.0, 0.5], [1.0, 1.0, 0.0]], "float32")
    found = PerceptronLoss(reduction=None)(np.array([1, 1, 0]), logits)
    np.testing.assert_allclose(found, [0.0, 3.0, 0.0])


def test_takes_labels_as_a_column_too():
    logits = np.array([[0.0, -2.0], [0.0, 5.0]], "float32")
    flat = PerceptronLoss()(np.array([1, 0]), logits)
    assert float(flat) == float(PerceptronLoss()(np.array([[1], [0]]), logits)) == 3.5


@pytest.mark.parametrize(("label", "sign"), [(1, 1.0), (0, -1.0)])
def test_a_tie_is_a_mistake_and_a_step_adds_the_example(label, sign):
    unit = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.ops.pad(unit(inputs), ((0, 0), (1, 0))))
    model.compile(keras.optimizers.SGD(1.0), PerceptronLoss(), run_eagerly=True)
    x = np.array([[1.0, -2.0, 0.5]], "float32")
    model.train_on_batch(x, np.array([label]))
    np.testing.assert_allclose(unit.get_weights()[0][:, 0], sign * x[0])


def test_comes_back_from_its_config():
    loss = keras.losses.deserialize(keras.losses.serialize(PerceptronLoss()))
    assert isinstance(loss, PerceptronLoss)
