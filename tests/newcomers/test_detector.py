"""A detector: padded boxes with a mask as targets, a loss over all of them, precision as goal."""

from typing import Annotated

import keras
import numpy as np
from keras import ops

from keras_dl import Choice, Objective, Range, Recipe
from keras_dl.data import Classes, Data, Images, Split
from keras_dl.tasks import predicting
from keras_dl.tasks.base import Prediction, Task
from tests.newcomers import checks

SIZE, SLOTS, NAMES = 8, 2, ("grey", "white")


def data(*, batch_size: Annotated[int, Choice(8, 16)] = 16):
    random = np.random.default_rng(0)
    images = np.zeros((96, SIZE, SIZE, 1), "uint8")
    boxes = np.zeros((96, SLOTS, 4), "float32")
    classes, mask = np.zeros((96, SLOTS), "int32"), np.zeros((96, SLOTS), "bool")
    for i, count in enumerate(random.integers(1, SLOTS + 1, 96)):
        for slot in range(count):  # slot 0 is the left half, slot 1 the right one
            top, size, label = random.integers(0, 4), random.integers(2, 5), random.integers(2)
            left = 4 * slot
            images[i, top : top + size, left : left + size] = 100 + 100 * label
            boxes[i, slot] = np.array([top, left, top + size, left + size]) / SIZE
            classes[i, slot], mask[i, slot] = label, True
    whole = Split(images, {"boxes": boxes, "classes": classes, "mask": mask})
    bounds = {"train": (0, 64), "validation": (64, 80), "test": (80, 96)}
    return Data.from_splits(
        "boxes",
        {name: whole.take(slice(*rows)) for name, rows in bounds.items()},
        inputs=Images(),
        targets=Classes(NAMES),
        batch_size=batch_size,
    )


@keras.saving.register_keras_serializable("newcomers")
class Detector(keras.Model):
    """Boxes (batch, slots, 4) and logits (batch, slots, classes + 1), the last for no object."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        there = ops.cast(y["mask"], "float32")
        labels = ops.where(y["mask"], y["classes"], len(NAMES))
        kind = keras.losses.sparse_categorical_crossentropy(
            labels, y_pred["logits"], from_logits=True
        )
        distance = ops.sum(ops.abs(y["boxes"] - y_pred["boxes"]), axis=-1)
        return ops.mean(kind) + ops.sum(there * distance) / ops.maximum(ops.sum(there), 1)


def build(data, *, learning_rate: Annotated[float, Range(1e-3, 1e-1, log=True)] = 1e-2):
    inputs = keras.Input(data.input_shape)
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(inputs))
    x = keras.layers.Dense(32, "relu")(x)
    boxes = keras.layers.Reshape((SLOTS, 4))(keras.layers.Dense(SLOTS * 4, "sigmoid")(x))
    logits = keras.layers.Dense(SLOTS * (len(NAMES) + 1))(x)
    logits = keras.layers.Reshape((SLOTS, len(NAMES) + 1))(logits)
    model = Detector(inputs, {"boxes": boxes, "logits": logits})
    model.compile(keras.optimizers.Adam(learning_rate))
    return model


def overlap(one, other):
    """Intersection over union of boxes (…, 4)."""
    low, high = np.maximum(one[..., :2], other[..., :2]), np.minimum(one[..., 2:], other[..., 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=-1)
    areas = [np.prod(np.clip(b[..., 2:] - b[..., :2], 0, None), axis=-1) for b in (one, other)]
    return common / np.maximum(sum(areas) - common, 1e-9)


def average_precision(model, split):
    """Area under precision over recall of all boxes, best score first."""
    outputs = model.predict(split.x, verbose=0)
    classes = outputs["logits"][..., :-1].argmax(-1)
    scores = (outputs["logits"][..., :-1].max(-1) - outputs["logits"][..., -1]).reshape(-1)
    hits = (
        split.y["mask"]
        & (classes == split.y["classes"])
        & (overlap(outputs["boxes"], split.y["boxes"]) > 0.2)
    ).reshape(-1)[np.argsort(-scores, kind="stable")]
    precision = hits.cumsum() / (np.arange(len(hits)) + 1)
    return {"average_precision": float((precision * hits).sum() / split.y["mask"].sum())}


class Detection(Task):
    name = "toy_detection"

    def evaluators(self, data):
        return (average_precision,)

    def predict(self, run, inputs):
        images = np.stack([np.load(file) for file in inputs])
        outputs = run.model.predict(images, verbose=0)
        for source, boxes, logits in zip(inputs, outputs["boxes"], outputs["logits"], strict=True):
            names = [*run.spec["class_names"], "nothing"]
            words = [
                f"{names[c]} at {b.round(1)}" for c, b in zip(logits.argmax(-1), boxes, strict=True)
            ]
            yield Prediction(source, ", ".join(words))


class TestDetector(checks.Newcomer):
    system = checks.System(
        Recipe(
            "boxes",
            data,
            build,
            epochs=4,
            objective=Objective("val_average_precision", "max"),
            task=Detection(),
        ),
        steps=(10,),  # 4 per epoch
        epochs={"train/loss": 4, "val/average_precision": 4},
        factor=("learning_rate", (1e-3, 1e-1)),
        facts=("Images", "Classes"),
    )

    def test_goal_decides_the_weights_and_the_run_predicts(self, whole, tmp_path):
        best = average_precision(whole.model, whole.data.validation)["average_precision"]
        assert best == max(whole.history["val_average_precision"])
        np.save(tmp_path / "image.npy", whole.data.test.x[0])
        run = predicting.load_run(whole.run_id)
        (answer,) = self.system.recipe.task.predict(run, [str(tmp_path / "image.npy")])
        assert answer.text.count(" at ") == SLOTS
