"""GPT: counts, start, causality, equality with a plain PyTorch net, saving."""

import keras
import numpy as np
import pytest

from keras_dl.backend.unallocated import unallocated_variables
from keras_dl.models.transformers import GPT3_SIZES, gpt, gpt2
from tests.checks import check_gradients, check_saving, count_parameters, forward

CONTEXT, VOCABULARY = 8, 11


def tiny(**changes):
    return gpt(VOCABULARY, CONTEXT, **{"layers": 2, "heads": 2, "width": 12, **changes})


def ids(batch=3, seed=0):
    return np.random.default_rng(seed).integers(0, VOCABULARY, (batch, CONTEXT)).astype("int32")


@pytest.mark.parametrize(
    ("sizes", "total", "without_positions"),
    [
        ((65, 64, 4, 4, 128), 804_096, 795_904),
        ((65, 256, 6, 6, 384), 10_745_088, 10_646_784),
    ],
)
def test_counts_are_those_of_nanogpt(sizes, total, without_positions):
    vocabulary, context, layers, heads, width = sizes
    model = gpt(vocabulary, context, layers=layers, heads=heads, width=width)
    assert count_parameters(model) == total
    positions = model.get_layer("positions").count_params()
    assert total - positions == without_positions


def symbolic(builder, *args, **options):
    """Without weights, which take gigabytes."""
    with unallocated_variables():
        return builder(*args, **options)


@pytest.mark.parametrize(
    ("size", "total"),
    [
        ("small", 124_439_808),
        ("medium", 354_823_168),
        ("large", 774_030_080),
        pytest.param("xl", 1_557_611_200, marks=pytest.mark.slow),
    ],
)
def test_counts_are_those_of_gpt2(size, total):
    assert count_parameters(symbolic(gpt2, size=size)) == total


@pytest.mark.parametrize(
    ("size", "total"),
    [
        ("small", 125_226_240),
        ("medium", 355_871_744),
        ("large", 760_300_032),
        pytest.param("2.7b", 2_651_553_280, marks=pytest.mark.slow),
        pytest.param("6.7b", 6_658_404_352, marks=pytest.mark.slow),
        pytest.param("175b", 174_604_259_328, marks=pytest.mark.slow),
    ],
)
def test_counts_are_those_of_gpt3(size, total):
    layers, heads, width = GPT3_SIZES[size]
    options = {"layers": layers, "heads": heads, "width": width, "use_bias": True}
    assert count_parameters(symbolic(gpt, 50_257, 2048, **options)) == total


@pytest.mark.parametrize(("heads", "width"), [(24, 2048), (40, 5140)])
def test_sizes_of_gpt3_s_table_that_contradict_themselves_are_refused(heads, width):
    with pytest.raises(ValueError, match="`heads` must divide `width`"):
        gpt(50_257, 2048, layers=24, heads=heads, width=width)


def test_it_equals_gpt2_of_transformers():
    transformers = pytest.importorskip("transformers")
    from tests.models.transformers.torch_gpt import copy_to_gpt2

    keras.utils.set_random_seed(0)
    model = tiny(use_bias=True, activation="tanh_gelu")
    rng = np.random.default_rng(1)
    model.set_weights([w + 0.3 * rng.normal(size=w.shape) for w in model.get_weights()])
    config = transformers.GPT2Config(
        vocab_size=VOCABULARY, n_positions=CONTEXT, n_embd=12, n_layer=2, n_head=2
    )
    theirs = transformers.GPT2LMHeadModel(config).eval()
    expected = copy_to_gpt2(model, theirs)(ids())
    np.testing.assert_allclose(forward(model, ids()), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("options", [{}, {"tied": False}, {"use_bias": True, "dropout": 0.1}])
def test_every_weight_learns_and_saving_keeps_the_function(options):
    keras.utils.set_random_seed(0)
    model = tiny(**options)
    assert model.output_shape == (None, CONTEXT, VOCABULARY)
    check_saving(model, ids())
    check_gradients(model, ids(), ids(seed=1))


def test_weights_start_as_gpt2_s_do():
    keras.utils.set_random_seed(0)
    model = gpt(200, 64, layers=8, heads=2, width=64)
    for layer, name, expected in [
        ("tokens", "embeddings", 0.02),
        ("positions", "embeddings", 0.02),
        ("block1_attention", "qkv/kernel", 0.02),
        ("block1_attention", "projection/kernel", 0.02 / 4),  # √(2·8)
        ("block8_expand", "kernel", 0.02),
        ("block8_contract", "kernel", 0.02 / 4),
    ]:
        weight = next(w for w in model.get_layer(layer).weights if w.path.endswith(name))
        value = keras.ops.convert_to_numpy(weight)
        assert value.std() == pytest.approx(expected, rel=0.05), weight.path
        assert abs(value.mean()) < 0.05 * expected


def test_the_first_loss_is_that_of_a_uniform_guess():
    keras.utils.set_random_seed(0)
    model = gpt(65, 16)
    x = np.random.default_rng(0).integers(0, 65, (4, 16))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert float(loss(np.roll(x, 1), forward(model, x))) == pytest.approx(np.log(65), abs=0.05)


@pytest.mark.parametrize("changed", [1, 4, CONTEXT - 1])
def test_a_later_token_leaves_earlier_logits(changed):
    keras.utils.set_random_seed(0)
    model, before = tiny(), ids()
    model.set_weights([10 * w for w in model.get_weights()])  # makes attention unequal
    after = before.copy()
    after[:, changed] = (after[:, changed] + 1) % VOCABULARY
    old, new = forward(model, before), forward(model, after)
    np.testing.assert_array_equal(old[:, :changed], new[:, :changed])
    assert (np.abs(old[:, changed:] - new[:, changed:]).max(axis=(0, 2)) > 1e-6).all()


def test_positions_tell_equal_tokens_apart():
    keras.utils.set_random_seed(0)
    logits = forward(tiny(), np.zeros((1, CONTEXT), "int32"))[0]
    assert np.abs(logits[1:] - logits[:-1]).max(axis=1).min() > 1e-6


@pytest.mark.parametrize("options", [{}, {"use_bias": True}, {"tied": False}])
def test_it_equals_a_plain_torch_net(options):
    pytest.importorskip("torch")
    from tests.models.transformers.torch_gpt import torch_logits

    keras.utils.set_random_seed(0)
    model = tiny(**options)
    rng = np.random.default_rng(1)
    model.set_weights([w + 0.3 * rng.normal(size=w.shape) for w in model.get_weights()])
    expected = torch_logits(model, ids(), layers=2, heads=2)
    np.testing.assert_allclose(forward(model, ids()), expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"width": 10, "heads": 4}, "`heads` must divide `width`"),
        ({"layers": 0}, "`layers` must be"),
        ({"dropout": 1.0}, r"`dropout` must lie in \[0, 1\)"),
        ({"vocabulary_size": 1}, "`vocabulary_size` must be"),
    ],
)
def test_wrong_arguments_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        gpt(**{"vocabulary_size": VOCABULARY, "context": CONTEXT, **options})
