import pytest
from recipes.alexnet_ablation import build, data

from tests.checks import count_parameters


@pytest.fixture(scope="module")
def digits():
    return data(dataset="digits")


@pytest.mark.parametrize(
    ("remove", "gone"),
    [
        ("none", set()),
        ("7", {"fc7"}),
        ("6+7", {"fc6", "fc7"}),
        ("3+4", {"conv3", "conv4"}),
        ("3+4+6+7", {"conv3", "conv4", "fc6", "fc7"}),
    ],
)
def test_named_layers_are_left_out(digits, remove, gone):
    net = build(digits, remove=remove).get_layer("alexnet_cifar")
    names = {layer.name for layer in net.layers}
    assert {f"conv{i}" for i in range(1, 6)} | {"fc6", "fc7"} == gone | {
        name for name in names if name in {"fc6", "fc7"} or name[:4] == "conv"
    }
    assert not names & gone


def test_layer_7_holds_a_square_of_weights(digits):
    counts = [count_parameters(build(digits, remove=remove)) for remove in ("none", "7")]
    assert counts[0] - counts[1] == 1024 * 1024 + 1024
