import keras
import numpy as np
import pytest

from keras_dl.models import t_c
from tests.checks import check_saving, count_parameters, forward

T = np.array([[1, 1, 1], [0, 1, 0], [0, 1, 0]])
C = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0]])


def _images(size):
    """Every turn of both letters at every place; 1 for C."""
    images, labels = [], []
    for label, letter in enumerate((T, C)):
        for turns in range(4):
            for top, left in np.ndindex(size - 2, size - 2):
                image = np.zeros((size, size, 1), "float32")
                image[top : top + 3, left : left + 3, 0] = np.rot90(letter, turns)
                images.append(image)
                labels.append([label])
    return np.array(images), np.array(labels, "float32")


def test_weights_are_shared():
    assert count_parameters(t_c((9, 9, 1))) == 12
    check_saving(t_c(), _images(6)[0])


def test_values_by_hand():
    model = t_c()
    images = _images(6)[0][:5]
    (kernel, bias, weight, output_bias) = model.get_weights()
    padded = np.pad(images[..., 0], ((0, 0), (2, 2), (2, 2)))
    fields = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    hidden = 1 / (1 + np.exp(-(np.einsum("byxij,ij->byx", fields, kernel[..., 0, 0]) + bias)))
    expected = hidden.sum(axis=(1, 2))[:, None] * weight[0, 0] + output_bias
    np.testing.assert_allclose(forward(model, images), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.slow
def test_one_detector_learns_in_the_middle_and_knows_every_place():
    images, labels = _images(7)
    middle = slice(12, None, 25)  # of 25 places, for each letter and turn
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    for seed in range(5):  # about half of the starts end in a local minimum
        keras.utils.set_random_seed(seed)
        model = t_c((7, 7, 1))
        model.compile(keras.optimizers.Adam(0.2), loss)
        for _ in range(400):
            model.train_on_batch(images[middle], labels[middle])
        if ((forward(model, images[middle]) > 0) == labels[middle]).all():
            break
    assert ((forward(model, images) > 0) == labels).all()


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="at least 3×3 pixels"):
        t_c((2, 3, 1))
