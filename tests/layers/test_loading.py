"""A saved model needs one import to load elsewhere, and no `custom_objects`."""

import subprocess
import sys

import numpy as np
import pytest

from keras_dl.models import lenet5_1998
from tests.checks import forward

SCRIPT = """
import sys
import keras_dl.layers
import keras
import numpy as np
model = keras.saving.load_model(sys.argv[1])
np.save(sys.argv[2], model.predict_on_batch(np.ones((1, 28, 28, 1), "float32")))
"""


@pytest.mark.slow
def test_a_fresh_interpreter_loads_our_layers_activations_and_initializers(tmp_path):
    model, target = lenet5_1998((28, 28, 1)), tmp_path / "values.npy"
    model.save(tmp_path / "model.keras")
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "model.keras"), str(target)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    expected = forward(model, np.ones((1, 28, 28, 1), "float32"))
    np.testing.assert_allclose(np.load(target), expected, rtol=1e-5)
