import numpy as np
import pytest

from keras_dl.data import DatasetError, load
from tests.data.writers import arrays

tf = pytest.importorskip("tensorflow")
X, Y = arrays()
PIPELINE = tf.data.Dataset.from_tensor_slices((X[..., None], Y))


@pytest.mark.parametrize("batched", [None, 16, 40])
def test_a_pipeline_gives_the_same_data_batched_or_not(batched):
    pipeline = PIPELINE.batch(batched) if batched else PIPELINE
    assert load(pipeline).digest == load((X, Y)).digest


def test_one_hot_and_features_are_distinguished_from_batches():
    one_hot = tf.data.Dataset.from_tensor_slices((X[..., None], np.eye(4)[Y]))
    assert load(one_hot).digest == load(one_hot.batch(8)).digest == load((X, Y)).digest
    features = tf.data.Dataset.from_tensor_slices((np.ones((40, 4)), np.eye(4)[Y]))
    assert load(features).input_shape == load(features.batch(8)).input_shape == (4,)


def test_train_and_test_pipelines():
    assert len(load((PIPELINE, PIPELINE.take(8))).test.x) == 8


def test_images_of_various_sizes():
    def images():
        for i in range(20):
            yield np.full((4 + i, 9, 3), i, np.uint8), i % 2

    spec = (tf.TensorSpec((None, None, 3), tf.uint8), tf.TensorSpec((), tf.int32))
    data = load(tf.data.Dataset.from_generator(images, output_signature=spec))
    assert data.input_shape == (32, 32, 3)


@pytest.mark.parametrize(
    ("pipeline", "message"),
    [
        (PIPELINE.repeat(), "must end; it is held in memory. Use take"),
        (PIPELINE.map(lambda x, y: x), r"must yield \(x, y\) pairs"),
        (PIPELINE.map(lambda x, y: {"image": x, "label": y}), "as_supervised=True"),
        (PIPELINE.take(0), "an empty tf.data.Dataset"),
    ],
)
def test_unusable_pipelines(pipeline, message):
    with pytest.raises(DatasetError, match=message):
        load(pipeline)
