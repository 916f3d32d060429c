import keras
import numpy as np
import pytest

from keras_dl.models.transformers import SIZES, bert, bert_classifier, bert_masked_lm, masked_lm_on
from tests.checks import count_parameters

SMALL = {"layers": 2, "heads": 2, "width": 16, "dropout": 0.0}
WORDS, CONTEXT, SEPARATOR = 40, 12, 3


def sentences():
    """Two segments, one segment, and padding."""
    ids = np.random.default_rng(0).integers(4, WORDS, (3, CONTEXT)).astype("int32")
    ids[:, 0] = 2
    ids[0, [5, 11]] = ids[1, 11] = ids[2, 6] = SEPARATOR
    ids[2, 7:] = 0
    return ids


def randomise(model):
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0.1, 0.3, w.shape) for w in model.get_weights()])
    return model


def copy_encoder(model, theirs):
    """Copies our weights into a `BertModel`."""
    import torch

    def put(tensor, values, shape=None):
        values = np.asarray(values)
        tensor.data = torch.tensor(values.reshape(shape) if shape else values).float()

    def dense(there, layer):
        put(there.weight, layer.kernel.numpy().T)
        put(there.bias, layer.bias)

    def norm(there, name):
        layer = model.get_layer(name)
        put(there.weight, layer.gamma)
        put(there.bias, layer.beta)

    table = theirs.embeddings
    put(table.word_embeddings.weight, model.get_layer("tokens").embeddings)
    put(table.position_embeddings.weight, model.get_layer("positions").get_weights()[0])
    put(table.token_type_embeddings.weight, model.get_layer("segments").embeddings)
    norm(table.LayerNorm, "embedded")
    for number, block in enumerate(theirs.encoder.layer, start=1):
        attention = model.get_layer(f"block{number}_attention")
        for name in ("query", "key", "value"):
            ours, there = getattr(attention, f"_{name}_dense"), getattr(block.attention.self, name)
            put(there.weight, ours.kernel.numpy().reshape(16, 16).T)
            put(there.bias, ours.bias.numpy().reshape(16))
        output = attention._output_dense
        put(block.attention.output.dense.weight, output.kernel.numpy().reshape(16, 16).T)
        put(block.attention.output.dense.bias, output.bias)
        norm(block.attention.output.LayerNorm, f"block{number}_norm1")
        dense(block.intermediate.dense, model.get_layer(f"block{number}_expand"))
        dense(block.output.dense, model.get_layer(f"block{number}_contract"))
        norm(block.output.LayerNorm, f"block{number}_norm2")
    return dense, norm, put


@pytest.fixture(scope="module")
def transformers():
    return pytest.importorskip("transformers", reason="transformers is not installed")


@pytest.fixture(scope="module")
def config(transformers):
    return transformers.BertConfig(
        vocab_size=WORDS, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=CONTEXT, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, attn_implementation="eager",
    )  # fmt: skip


def arguments(ids):
    import torch

    ends = ids == SEPARATOR
    segments = np.minimum(np.cumsum(ends, axis=1) - ends, 1)
    return {
        "input_ids": torch.tensor(ids).long(),
        "token_type_ids": torch.tensor(segments).long(),
        "attention_mask": torch.tensor((ids != 0).astype("int64")),
    }


def test_encoder_equals_that_of_transformers(transformers, config):
    import torch

    ours, theirs = randomise(bert(WORDS, CONTEXT, **SMALL)), transformers.BertModel(config).eval()
    dense, _, _ = copy_encoder(ours, theirs)
    dense(theirs.pooler.dense, ours.get_layer("pooled"))
    ids = sentences()
    found = ours.predict(ids, verbose=0)
    with torch.no_grad():
        expected = theirs(**arguments(ids))
    present = ids != 0
    np.testing.assert_allclose(
        found["sequence"][present], expected.last_hidden_state.numpy()[present], atol=1e-4
    )
    np.testing.assert_allclose(found["pooled"], expected.pooler_output.numpy(), atol=1e-4)


def test_masked_lm_equals_that_of_transformers(transformers, config):
    import torch

    ours = randomise(bert_masked_lm(WORDS, CONTEXT, **SMALL))
    theirs = transformers.BertForMaskedLM(config).eval()
    dense, _, put = copy_encoder(ours, theirs.bert)
    dense(theirs.cls.predictions.transform.dense, ours.get_layer("transform"))
    put(theirs.cls.predictions.transform.LayerNorm.weight, ours.get_layer("transform_norm").gamma)
    put(theirs.cls.predictions.transform.LayerNorm.bias, ours.get_layer("transform_norm").beta)
    put(theirs.cls.predictions.decoder.weight, ours.get_layer("tokens").embeddings)
    put(theirs.cls.predictions.decoder.bias, ours.get_layer("logits").bias)
    ids, positions = sentences(), np.array([[1, 3], [9, 2], [4, 5]], "int32")
    found = ours.predict({"ids": ids, "chosen": positions}, verbose=0)
    with torch.no_grad():
        expected = theirs(**arguments(ids)).logits.numpy()
    np.testing.assert_allclose(
        found, np.take_along_axis(expected, positions[..., None], axis=1), atol=1e-4
    )


@pytest.mark.parametrize(
    ("size", "count"),
    [("tiny", 4_385_920), ("mini", 11_170_560), ("small", 28_763_648), ("medium", 41_373_184)],
)
def test_published_sizes_by_count(size, count):
    layers, heads, width = SIZES[size]
    assert count_parameters(bert(30_522, layers=layers, heads=heads, width=width)) == count


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("size", "count"), [("base", 109_482_240), ("large", 335_141_888)])
def test_large_published_sizes_by_count(size, count):
    layers, heads, width = SIZES[size]
    with keras.device("cpu"):
        model = bert(30_522, layers=layers, heads=heads, width=width)
    assert count_parameters(model) == count


def test_padding_is_not_attended_to():
    model, ids = randomise(bert(WORDS, CONTEXT, **SMALL)), sentences()
    found = model.predict(ids, verbose=0)["sequence"][2, :7]
    other = model.get_layer("tokens").embeddings.numpy()
    other[0] += 5.0  # the vector of padding
    model.get_layer("tokens").embeddings.assign(other)
    np.testing.assert_allclose(model.predict(ids, verbose=0)["sequence"][2, :7], found, atol=1e-5)


def test_every_position_sees_later_ones():
    model, ids = randomise(bert(WORDS, CONTEXT, **SMALL)), sentences()
    before = model.predict(ids, verbose=0)["sequence"][0, 1]
    ids[0, 9] = 17 if ids[0, 9] != 17 else 18
    assert np.abs(model.predict(ids, verbose=0)["sequence"][0, 1] - before).max() > 1e-3


def test_classifier_shares_names_with_the_language_model():
    first = bert_masked_lm(WORDS, CONTEXT, **SMALL)
    second = bert_classifier(WORDS, 2, CONTEXT, **SMALL)
    names = {layer.name for layer in first.layers if layer.weights}
    own = {layer.name for layer in second.layers if layer.weights}
    assert own - names == {"pooled"}
    assert names - own == {"transform", "transform_norm"}


def test_language_model_on_a_classifier_trains_its_encoder():
    classifier = randomise(bert_classifier(WORDS, 2, CONTEXT, **SMALL))
    model = masked_lm_on(classifier)
    ids, chosen = sentences(), np.array([[1, 3], [9, 2], [4, 5]], "int32")
    before = classifier.predict(ids, verbose=0)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5), loss)
    model.fit({"ids": ids, "chosen": chosen}, np.take_along_axis(ids, chosen, axis=1), verbose=0)
    assert np.abs(classifier.predict(ids, verbose=0) - before).max() > 1e-3


def test_bad_sizes_are_refused():
    with pytest.raises(ValueError, match="`heads` must divide `width`"):
        bert(WORDS, heads=3, width=16)
    with pytest.raises(ValueError, match="`num_classes` must be at least 2"):
        bert_classifier(WORDS, 1)
