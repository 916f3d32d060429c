import hashlib
import os
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_dl.models import pretrained
from keras_dl.models.pretrained import BASES, find_weights, transfer_network
from tests.checks import count_parameters

FILE = Path(os.environ.get("KERAS_DL_DATA", ""), BASES["mobilenet"].file)
real = pytest.mark.skipif(
    "KERAS_DL_DATA" not in os.environ or not FILE.is_file(),
    reason="set KERAS_DL_DATA to the folder with weights/",
)
OPTIONS = {"alpha": 0.75, "input_shape": (192, 192, 3), "classifier_activation": None}


def test_layers_lie_in_one_model_and_the_head_is_new():
    net = transfer_network((64, 64, 3), 4, weights=None)
    assert not [layer for layer in net.layers if isinstance(layer, keras.Model)]
    assert net.get_layer("features").output.shape == (None, 768)
    assert count_parameters(net.get_layer("logits")) == 4 * 769
    theirs = keras.applications.MobileNet(**OPTIONS, weights=None)
    own = sum(int(np.prod(w.shape)) for w in net.weights) - 4 * 769
    assert own == theirs.count_params() - 1000 * 769


@real
def test_features_equal_those_of_keras_with_the_published_weights():
    theirs = keras.applications.MobileNet(**OPTIONS, weights=str(FILE))
    body = keras.Model(theirs.input, theirs.get_layer(BASES["mobilenet"].features).output)
    images = np.random.default_rng(0).uniform(size=(2, 192, 192, 3)).astype("float32")
    expected = body.predict(2 * images - 1, verbose=0).mean(axis=(1, 2))
    net = transfer_network((192, 192, 3), 2)
    found = keras.Model(net.input, net.get_layer("features").output).predict(images, verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_grey_images_are_taken_for_each_colour():
    keras.utils.set_random_seed(0)
    grey = transfer_network((32, 32, 1), 2, weights=None)
    coloured = transfer_network((32, 32, 3), 2, weights=None)
    coloured.set_weights(grey.get_weights())
    image = np.random.default_rng(0).uniform(size=(1, 32, 32, 1)).astype("float32")
    expected = coloured.predict(np.repeat(image, 3, axis=-1), verbose=0)
    np.testing.assert_allclose(grey.predict(image, verbose=0), expected, atol=1e-5)


@real
def test_any_image_size_takes_the_weights():
    net = transfer_network((96, 128, 3), 2)
    assert net.predict(np.zeros((1, 96, 128, 3), "float32"), verbose=0).shape == (1, 2)


@real
def test_damaged_weights_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    (tmp_path / "weights").mkdir()
    copy = tmp_path / BASES["mobilenet"].file
    shutil.copy(FILE, copy)
    assert find_weights("mobilenet", "imagenet") == copy
    copy.write_bytes(copy.read_bytes()[:-1])
    with pytest.raises(ValueError, match="must be the published file, sha256 4626206843f6"):
        find_weights("mobilenet", "imagenet")


def test_digest_is_compared(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    (tmp_path / "w.weights.h5").write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    entry = BASES["mobilenet"]._replace(file="w.weights.h5", sha256=digest)
    monkeypatch.setitem(pretrained.BASES, "mobilenet", entry)
    assert find_weights("mobilenet", "imagenet") == tmp_path / "w.weights.h5"


def test_without_weights_and_network_one_sentence_says_what_to_do(monkeypatch):
    def fail(**options):
        raise Exception("URL fetch failure")

    monkeypatch.delenv("KERAS_DL_DATA", raising=False)
    donors = [fail, keras.applications.MobileNet]

    def build(**options):
        return donors[options["weights"] is None](**options)

    monkeypatch.setattr(keras.applications, "MobileNet", build)
    with pytest.raises(
        ValueError, match=r"`weights` must be available; put weights/mobilenet.*URL"
    ):
        transfer_network((64, 64, 3), 2)


@pytest.mark.filterwarnings("ignore")
def test_a_file_of_another_network_is_refused(tmp_path):
    other = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    other.save_weights(tmp_path / "other.weights.h5")
    (tmp_path / "no.weights.h5").write_bytes(b"no file of weights")
    for name in ("other.weights.h5", "no.weights.h5"):
        with pytest.raises(ValueError, match=f"must hold the whole network mobilenet.*{name}"):
            transfer_network((64, 64, 3), 2, weights=str(tmp_path / name))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base": "mobilenet_v9"}, "`base` must be one of.*Did you mean 'mobilenet_v2'"),
        ({"weights": "nowhere.weights.h5"}, "`weights` must be imagenet, none or a .weights.h5"),
        ({"dropout": 1.0}, "`dropout` must lie in"),
        ({"input_shape": (64, 64, 2)}, "must have three colours"),
        ({"input_shape": (16, 64, 3)}, "must be at least 32×32 pixels"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    arguments = {"input_shape": (64, 64, 3), "num_classes": 2, "weights": None, **options}
    with pytest.raises(ValueError, match=message):
        transfer_network(**arguments)
