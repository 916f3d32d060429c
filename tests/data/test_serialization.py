import numpy as np
import pytest

from keras_dl.data import Classes, Data, Images, Split
from keras_dl.data.serialization import (
    preprocessor_from_json,
    preprocessor_to_json,
    register_preprocessor,
    spool,
)


@register_preprocessor("test_doubler")
class Doubler:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, inputs):
        return self.factor * np.asarray(inputs)

    def get_config(self):
        return {"factor": self.factor}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def test_preprocessor_survives_json():
    restored = preprocessor_from_json(preprocessor_to_json(Doubler(3)))
    assert restored([1, 2]).tolist() == [3, 6]


def test_no_preprocessor_is_no_text():
    assert preprocessor_to_json(None) == ""
    assert preprocessor_from_json("") is None


def test_class_without_a_name_is_refused():
    with pytest.raises(TypeError, match="`preprocessor` must be of a class with @register"):
        preprocessor_to_json(object())


@pytest.mark.parametrize("text", ['{"class": "os.system", "config": {}}', "[1]", "{}"])
def test_stored_text_names_no_code(text):
    with pytest.raises(ValueError, match="`text` must describe a registered preprocessor"):
        preprocessor_from_json(text)


def test_name_belongs_to_one_class():
    with pytest.raises(ValueError, match="`name` must be unique"):

        @register_preprocessor("test_doubler")
        class Other: ...


def test_spooled_data_come_back(tmp_path):
    images = np.arange(4 * 30 * 30, dtype="uint8").reshape(4, 30, 30, 1)
    split = Split({"image": images, "size": np.arange(4)}, np.arange(4), np.ones(4, "float32"))
    data = Data.from_splits(
        "toy",
        {"train": split, "validation": split, "test": split.take(slice(2))},
        inputs=Images(shape=(30, 30, 1)),
        targets=Classes(tuple("abcd")),
        preprocessor=Doubler(2),
        extras={"more": split},
    )
    spooled = spool(data, tmp_path)
    assert len(spooled.skeleton) < 10_000
    restored = spooled.load()
    assert restored.digest == data.digest
    assert restored.class_names == ("a", "b", "c", "d")
    np.testing.assert_array_equal(restored.train.x["image"], images)
    np.testing.assert_array_equal(restored.extras["more"].sample_weight, np.ones(4))
    assert restored.preprocessor.factor == 2
