import subprocess
import sys

import pytest

HEAVY = ("keras", "tensorflow", "tensorflow_datasets", "sklearn", "pandas", "scipy", "matplotlib")


@pytest.mark.parametrize(
    "use", ["", "d.describe()", "d.describe_locations()", "d.load(([[1.0], [2]] * 9, [0, 1] * 9))"]
)
def test_nothing_heavy_is_imported(use):
    code = f"import sys, keras_dl.data as d; {use}\nprint([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
