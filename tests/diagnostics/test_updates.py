import keras
import numpy as np
import pytest

from keras_dl import diagnostics
from keras_dl.backend.gradients import weight_gradients
from tests.diagnostics.values import LOSS, batch, small


def test_ratio_of_one_plain_step_is_rate_times_gradient_over_weights():
    model, (x, y) = small(), batch()
    model.compile(keras.optimizers.SGD(0.05), LOSS(from_logits=True))
    kernel = keras.ops.convert_to_numpy(model.get_layer("hidden1").kernel)
    slope = weight_gradients(model, x, y)[0]
    ratios = diagnostics.UpdateRatios()
    model.fit(x, y, 16, epochs=1, verbose=0, callbacks=[ratios])
    expected = 0.05 * np.linalg.norm(slope) / np.linalg.norm(kernel)
    assert ratios.history["hidden1"] == pytest.approx([expected], rel=1e-4)
    assert list(ratios.history) == ["hidden1", "hidden2", "logits"]


def test_last_step_of_each_epoch_counts():
    model, (x, y) = small(), batch()
    model.compile(keras.optimizers.SGD(0.05), LOSS(from_logits=True))
    ratios = diagnostics.UpdateRatios()
    path = diagnostics.WeightPath(every_step=True)
    model.fit(x, y, 4, epochs=2, verbose=0, callbacks=[ratios, path])
    kernels = [weights[0] for weights in path.path]  # 1 + 2·4 looks
    for epoch, last in enumerate((4, 8)):
        step = np.linalg.norm(kernels[last] - kernels[last - 1])
        expected = step / np.linalg.norm(kernels[last - 1])
        assert ratios.history["hidden1"][epoch] == pytest.approx(expected, rel=1e-6)


def test_model_without_kernels_is_refused():
    model = keras.Sequential([keras.Input((2,)), keras.layers.BatchNormalization()])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="layers with a kernel"):
        model.fit(
            np.ones((2, 2)), np.ones((2, 2)), verbose=0, callbacks=[diagnostics.UpdateRatios()]
        )
