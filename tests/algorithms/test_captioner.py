import itertools

import keras
import numpy as np
import pytest
from scipy.special import log_softmax

from keras_dl.algorithms import Captioner, write_captions
from keras_dl.models.captioning import attention_of, caption_decoder, caption_steps
from tests.backends import values_on

START, END, VOCABULARY = 2, 3, 7
BANNED = (0, 1, START)


def decoder(attention=True, seed=0):
    net = caption_decoder(5, VOCABULARY, units=6, attention=attention)
    rng = np.random.default_rng(seed)
    net.set_weights([rng.normal(0, 0.8, w.shape) for w in net.get_weights()])
    return net


def features(count=2, seed=1):
    return np.random.default_rng(seed).normal(size=(count, 4, 5)).astype("float32")


def logits_of(net, regions, words):
    return net.predict({"features": regions, "words": np.asarray(words, "int32")}, verbose=0)


@pytest.mark.parametrize("attention", [True, False])
def test_word_by_word_equals_whole_captions(attention):
    net, regions = decoder(attention), features(3)
    words = np.random.default_rng(2).integers(0, VOCABULARY, (3, 5)).astype("int32")
    expected = logits_of(net, regions, words)
    start, step = caption_steps(net)
    state = start.predict(regions, verbose=0)
    for place in range(5):
        found, *after = step.predict([words[:, place : place + 1], *state], verbose=0)
        np.testing.assert_allclose(found, expected[:, place], atol=1e-5)
        state = [state[0], *after]


def exhaustive(net, regions, longest):
    """The caption with the largest mean log-probability, the end included."""
    best = {}
    words = [w for w in range(VOCABULARY) if w not in (*BANNED, END)]
    for size in range(longest + 1):
        for caption in itertools.product(words, repeat=size):
            chance = log_softmax(logits_of(net, regions, [[START, *caption]])[0].astype(float), -1)
            total = sum(chance[t, w] for t, w in enumerate((*caption, END)))
            best[caption] = total / (size + 1)
    return max(best, key=best.__getitem__)


@pytest.mark.parametrize("seed", range(3))
def test_beam_of_all_captions_is_exhaustive(seed):
    net, regions = decoder(seed=seed), features()
    found = write_captions(net, regions, start=START, end=END, longest=2, beam=30, banned=BANNED)
    assert found == [exhaustive(net, row[None], 2) for row in regions]


def test_beam_of_one_takes_the_most_probable_word():
    net, regions = decoder(), features(4)
    found = write_captions(net, regions, start=START, end=END, longest=5, beam=1, banned=BANNED)
    for row, caption in zip(regions, found, strict=True):
        words = [START]
        while len(words) <= 5:
            logits = logits_of(net, row[None], [words])[0, -1]
            logits[list(BANNED)] = -np.inf
            if logits.argmax() == END:
                break
            words.append(int(logits.argmax()))
        assert caption == tuple(words[1:])


def test_images_do_not_change_each_others_captions():
    net, regions = decoder(), features(3)
    options = {"start": START, "end": END, "longest": 4, "beam": 3, "banned": BANNED}
    together = write_captions(net, regions, **options)
    assert together == [write_captions(net, row[None], **options)[0] for row in regions]


def test_attention_of_a_word_sums_to_one():
    weights = attention_of(decoder()).predict(
        {"features": features(), "words": np.full((2, 3), 4, "int32")}, verbose=0
    )
    assert weights.shape == (2, 3, 4)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-5)


def captioner():
    encoder = keras.Sequential(
        [keras.Input((4, 4, 5)), keras.layers.AveragePooling2D(2), keras.layers.Reshape((4, 5))]
    )
    return Captioner(encoder, decoder())


def test_captions_of_an_image_are_decoded_with_its_regions(tmp_path):
    model = captioner()
    images = np.random.default_rng(0).normal(size=(2, 4, 4, 5)).astype("float32")
    words = np.random.default_rng(1).integers(0, VOCABULARY, (2, 3, 6)).astype("int32")
    found = model.predict({"image": images, "words": words}, verbose=0)
    assert found.shape == (2, 3, 6, VOCABULARY)
    regions = model.encoder.predict(images, verbose=0)
    given = model.predict({"regions": regions, "words": words}, verbose=0)
    np.testing.assert_allclose(given, found, atol=1e-6)
    single = logits_of(model.decoder, regions[1:], words[1:, 2])
    np.testing.assert_allclose(found[1, 2], single[0], atol=1e-5)
    model.compile("sgd", "mse")
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    again = loaded.predict({"image": images, "words": words}, verbose=0)
    np.testing.assert_allclose(again, found, atol=1e-6)


def test_the_encoder_stays_as_it_is():
    model = captioner()
    assert not model.encoder.trainable_variables
    assert model.decoder.trainable_variables


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_write_the_same_captions(tmp_path, backend):
    there = values_on(backend, "algorithms.captioner_values", tmp_path)
    here = values_on("tensorflow", "algorithms.captioner_values", tmp_path, own=True)
    for name, values in here.items():
        np.testing.assert_allclose(there[name], values, rtol=1e-4, atol=1e-5, err_msg=name)
