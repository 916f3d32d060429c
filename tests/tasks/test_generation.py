import keras
import numpy as np
import pytest

from keras_dl.data import Classes, Data, Images, Split
from keras_dl.tasks.generation import latent_interpolation, report_generation
from tests.algorithms.gan_values import SIDE, batch, judge, made


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (60, SIDE, SIDE, 1)).astype("uint8")
    split = Split(images, (np.arange(60) % 3).astype("int32"))
    names = ("one", "two", "three")
    return Data.from_splits(
        "noise",
        {"train": split, "validation": split, "test": split},
        inputs=Images(shape=(SIDE, SIDE, 1)),
        targets=Classes(names=names),
        extras={"feature_extractor": judge()},
    )


def weights_of(model, value):
    for weight in model.generator.trainable_weights:
        weight.assign(keras.ops.full(weight.shape, value))


@pytest.mark.parametrize("case", ["non_saturating", "conditional"])
def test_figures_and_numbers_of_a_generator(data, case):
    model = made(case)
    model.fit(*batch(), epochs=2, verbose=0, callbacks=[model.sample_monitor])
    found = report_generation(model, data)
    drawn = {name for name, value in found.items() if hasattr(value, "savefig")}
    assert drawn == {"samples", "samples_by_epoch", "latent_walk", "class_shares"}
    numbers = {name: float(value) for name, value in found.items() if name not in drawn}
    assert np.isfinite(list(numbers.values())).all()
    assert {"lenet_kid", "precision", "recall", "classes_made", "collapsed"} <= set(numbers)


def test_collapse_is_said_in_words(data):
    model = made()
    weights_of(model, 0.0)  # one grey image, whatever the noise
    with pytest.warns(UserWarning, match="2 of 3 classes are missing"):
        found = report_generation(model, data)
    assert found["collapsed"] == 1
    assert found["classes_made"] == 1
    assert found["class_shares"].axes[0].get_title().startswith("Collapsed: 2 of 3")


def test_walks_begin_and_end_at_normal_draws_and_keep_their_length():
    model = made()
    seen = []
    model.images = lambda noise, labels=None: seen.append(noise)
    latent_interpolation(model, seed=3)
    noise = seen[0].reshape(6, 10, -1)
    start, end = np.random.default_rng(3).normal(size=(2, 6, 1, 4))
    np.testing.assert_allclose(noise[:, :1], start)
    np.testing.assert_allclose(noise[:, -1:], end)
    lengths = np.linalg.norm(noise, axis=-1)
    low = np.minimum(lengths[:, 0], lengths[:, -1])
    assert (lengths > 0.9 * low[:, None]).all()  # a straight line would come nearer to 0
