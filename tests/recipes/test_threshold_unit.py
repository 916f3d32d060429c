import numpy as np
import pytest
from recipes.threshold_unit import build, data, recipe, report

from keras_dl.data.toys import TABLES


@pytest.mark.parametrize("gate", TABLES)
def test_every_gate_is_right_and_says_whether_one_unit_would_do(gate):
    table = data(gate=gate)
    model = build(table)
    np.testing.assert_array_equal(model.predict(table.test.x, verbose=0)[:, 0], TABLES[gate])
    assert report(model, table)["linearly_separable"] == (gate != "xor")


def test_a_run_leaves_the_weights_set_by_hand(store):
    before = build(data(gate="xor")).get_weights()
    with pytest.warns(UserWarning, match="does not have any trainable weights"):
        result = recipe.run(verbose=False)
    assert result.metrics["test/binary_accuracy"] == 1
    assert result.metrics["functions_of_2_by_one_unit"] == 14
    assert result.metrics["functions_of_3_by_one_unit"] == 104
    assert "decision_regions" in result.figures
    for old, new in zip(before, result.model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
