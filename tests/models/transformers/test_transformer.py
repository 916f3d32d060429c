import keras
import numpy as np
import pytest

from keras_dl.models.transformers import transformer
from tests.checks import check_saving, count_parameters
from tests.models.transformers.decoding_nets import logits_of, sources, tiny

TARGETS = np.random.default_rng(5).integers(1, 5, (3, 7)).astype("int32")
BOTH = pytest.mark.parametrize("norm_first", [False, True])


@BOTH
def test_it_equals_pytorch_s_transformer(norm_first):
    pytest.importorskip("torch", reason="PyTorch's Transformer is the oracle")
    from tests.models.transformers.torch_transformer import torch_logits

    model, ids = tiny(norm_first), sources()
    expected = torch_logits(model, ids, TARGETS, layers=2, heads=2, norm_first=norm_first)
    np.testing.assert_allclose(logits_of(model, ids, TARGETS), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        # An encoder block has 4 projections, 2 dense layers and 2 norms, one of the decoder 4
        # projections and a norm more; both sides share the table, as do the logits.
        ((11, 1, 4, 8), 11 * 4 + (80 + 76 + 16) + (160 + 76 + 24)),
        ((11, 3, 4, 8), 11 * 4 + 3 * (80 + 76 + 16) + 3 * (160 + 76 + 24)),
    ],
)
def test_parameters_are_counted_by_hand(sizes, expected):
    vocabulary, layers, width, hidden = sizes
    options = {"layers": layers, "heads": 2, "width": width, "hidden": hidden}
    assert count_parameters(transformer(vocabulary, **options)) == expected
    pre = count_parameters(transformer(vocabulary, norm_first=True, **options))
    assert pre == expected + 4 * width  # a norm at the end of each side


@BOTH
@pytest.mark.parametrize("changed", [1, 4, 6])
def test_a_later_target_leaves_earlier_logits(norm_first, changed):
    model, ids = tiny(norm_first), sources()
    after = TARGETS.copy()
    after[:, changed] = TARGETS[:, changed] % 4 + 1
    old, new = logits_of(model, ids, TARGETS), logits_of(model, ids, after)
    np.testing.assert_allclose(old[:, :changed], new[:, :changed], atol=1e-6)
    assert (np.abs(old[:, changed:] - new[:, changed:]).max(axis=(0, 2)) > 1e-5).all()


@BOTH
def test_every_token_of_the_source_and_no_padding_is_seen(norm_first):
    model, ids = tiny(norm_first), sources()
    old = logits_of(model, ids, TARGETS)
    padded = np.pad(ids, ((0, 0), (0, 3)))
    np.testing.assert_allclose(logits_of(model, padded, TARGETS), old, atol=1e-5)
    for place in range(4):
        other = ids.copy()
        other[:, place] = ids[:, place] % 4 + 1
        changes = np.abs(logits_of(model, other, TARGETS) - old).max(axis=(1, 2))
        assert (changes > 1e-5).all(), place


def test_only_positions_tell_the_order_of_the_source():
    model, ids = tiny(), sources()[:1]
    order = np.random.default_rng(0).permutation(ids.shape[1])
    assert np.abs(logits_of(model, ids, TARGETS[:1]) - logits_of(model, ids[:, order], TARGETS[:1])
                  ).max() > 1e-3  # fmt: skip
    positions = model.get_layer("positions")
    positions.call = lambda x, start=0: x
    same = [logits_of(model, each, TARGETS[:1]) for each in (ids, ids[:, order])]
    np.testing.assert_allclose(*same, atol=1e-5)


@BOTH
def test_every_weight_learns_and_saving_keeps_the_function(norm_first):
    model = tiny(norm_first)
    ids = {"source": sources(), "target": TARGETS}
    check_saving(model, ids)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(1.0), loss, run_eagerly=True)
    before = [w.numpy().copy() for w in model.trainable_weights]
    model.train_on_batch(ids, np.roll(TARGETS, -1, axis=1))
    for weight, old in zip(model.trainable_weights, before, strict=True):
        if not weight.path.endswith("key/bias"):  # the same for all keys: the softmax drops it
            assert (weight.numpy() != old).any(), weight.path


def test_vectors_start_with_variance_one_over_width():
    keras.utils.set_random_seed(0)
    table = transformer(2_000, layers=1, width=64, hidden=64).get_layer("tokens").get_weights()[0]
    assert table.std() == pytest.approx(1 / 8, rel=0.02)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"width": 10, "heads": 4}, "`width` must be even and a multiple of `heads`"),
        ({"width": 9, "heads": 3}, "`width` must be even"),
        ({"layers": 0}, "`layers` must be"),
        ({"dropout": 1.0}, r"`dropout` must lie in \[0, 1\)"),
    ],
)
def test_wrong_arguments_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        transformer(11, **options)
