import numpy as np
import pytest

from keras_dl.models.captioning import attention_of, caption_decoder
from keras_dl.models.pretrained import feature_maps


def test_feature_maps_are_the_base_without_its_classifier():
    maps = feature_maps((64, 96, 3), weights=None)
    assert maps.output_shape == (None, 2, 3, 768)
    x = np.random.default_rng(0).random((1, 64, 96, 3), dtype="float32")
    assert np.isfinite(maps.predict(x, verbose=0)).all()
    with pytest.raises(ValueError, match="`base` must be"):
        feature_maps((64, 64, 3), base="vgg")


def test_later_words_do_not_change_earlier_logits():
    net = caption_decoder(5, 9, units=6)
    regions = np.random.default_rng(0).normal(size=(1, 4, 5)).astype("float32")
    words = np.array([[2, 4, 5, 6]], "int32")
    before = net.predict({"features": regions, "words": words}, verbose=0)
    words[0, 3] = 7
    after = net.predict({"features": regions, "words": words}, verbose=0)
    np.testing.assert_allclose(after[:, :3], before[:, :3], atol=1e-6)
    assert np.abs(after[:, 3] - before[:, 3]).max() > 1e-4


def test_without_attention_the_order_of_regions_is_lost():
    regions = np.random.default_rng(0).normal(size=(1, 4, 5)).astype("float32")
    words = np.array([[2, 4, 5]], "int32")
    net = caption_decoder(5, 9, units=6, attention=False)
    one, other = (net.predict({"features": r, "words": words}, verbose=0)
                  for r in (regions, regions[:, ::-1]))  # fmt: skip
    np.testing.assert_allclose(one, other, atol=1e-5)
    with pytest.raises(ValueError, match="attention"):
        attention_of(net)
