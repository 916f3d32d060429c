"""A prototypical network: few-shot episodes of classes that differ between the splits."""

from typing import Annotated

import keras
import numpy as np
from keras import ops

from keras_dl import Choice, Objective, Range, Recipe
from keras_dl.data import Classes, Data, Features, Split
from keras_dl.data.samplers import limit
from keras_dl.tasks.base import Task
from keras_dl.tracking import models
from tests.newcomers import checks

WAY, SHOT, QUERY = 3, 2, 2


class Episodes:
    """Rows (episodes, way, shot + query), each episode of classes drawn at random."""

    def __init__(self, labels, episodes):
        self.rows = [np.flatnonzero(labels == label) for label in np.unique(labels)]
        self.num_examples = episodes

    def indices(self, seed, epoch, batch_size, steps):
        random = np.random.default_rng((seed, epoch))
        drawn = []
        for _ in range(limit(self.num_examples, batch_size, steps)):
            classes = random.choice(len(self.rows), WAY, replace=False)
            drawn.append([random.choice(self.rows[c], SHOT + QUERY, False) for c in classes])
        return np.array(drawn, "int32")


def data(*, batch_size: Annotated[int, Choice(2, 4)] = 4):
    random = np.random.default_rng(0)
    names = {"train": tuple("abcdef"), "validation": tuple("ghij"), "test": tuple("klmn")}
    splits, samplers = {}, {}
    for split, classes in names.items():
        labels = np.arange(6 * len(classes), dtype="int32") % len(classes)
        centres = random.normal(size=(len(classes), 5)) * 2
        x = centres[labels] + random.normal(size=(len(labels), 5))
        splits[split] = Split(x.astype("float32"), labels)
        samplers[split] = Episodes(labels, 10 if split == "train" else 6)
    targets = Classes(sum(names.values(), ()), by_split=names)
    return Data.from_splits(
        "blobs",
        splits,
        inputs=Features(shape=(5,)),
        targets=targets,
        batch_size=batch_size,
        samplers=samplers,
    )


@keras.saving.register_keras_serializable("newcomers")
class Prototypes(keras.layers.Layer):
    """Distances of queries to class means: (batch, way, n, units) → (batch, way, query, way)."""

    def call(self, x):
        means = ops.mean(x[:, :, :SHOT], axis=2)
        gaps = x[:, :, SHOT:, None] - means[:, None, None]
        return -ops.sum(gaps**2, axis=-1)


def places(logits):
    """The right class of a query is its place in the episode, whatever its label."""
    return ops.broadcast_to(ops.arange(WAY)[None, :, None], ops.shape(logits)[:3])


@keras.saving.register_keras_serializable("newcomers")
def episode_loss(y, logits):
    return ops.mean(
        keras.losses.sparse_categorical_crossentropy(places(logits), logits, from_logits=True),
        axis=(1, 2),
    )


@keras.saving.register_keras_serializable("newcomers")
def episode_accuracy(y, logits):
    right = ops.cast(ops.argmax(logits, -1) == places(logits), "float32")
    return ops.mean(right, axis=(1, 2))


def build(data, *, learning_rate: Annotated[float, Range(1e-3, 1e-1, log=True)] = 1e-2):
    inputs = keras.Input((WAY, SHOT + QUERY, *data.input_shape))
    model = keras.Model(inputs, Prototypes()(keras.layers.Dense(4)(inputs)))
    optimizer = keras.optimizers.Adam(learning_rate)
    model.compile(optimizer, episode_loss, metrics=[episode_accuracy])
    return model


class FewShot(Task):
    name = "few_shot"


class TestEpisodes(checks.Newcomer):
    system = checks.System(
        Recipe(
            "episodes",
            data,
            build,
            epochs=4,
            objective=Objective("val_episode_accuracy", "max"),
            task=FewShot(),
        ),
        steps=(8,),  # 3 steps per epoch
        epochs={"train/loss": 4, "val/episode_accuracy": 4},
        factor=("batch_size", (2, 4)),
        facts=("Features", "Classes"),
    )

    def test_classes_by_split_are_stored(self, whole):
        stored = models.spec(whole.run_id)
        assert list(stored["targets"]["by_split"]["test"]) == list("klmn")
        assert stored["examples"] == {"train": 10, "validation": 6, "test": 6}
        assert stored["input_shape"] == [5]
        assert whole.metrics["test/episode_accuracy"] > 1 / WAY
