"""A game that was stopped and resumed ends with the numbers of the one that ran through."""

import keras
import numpy as np
import pytest

from keras_dl import Objective, Recipe
from keras_dl.data import load
from keras_dl.objectives import TwoPlayer
from keras_dl.optimizers import two_optimizers
from keras_dl.tracking import store as tracking
from tests.training.test_run import all_runs, interrupted_at


def _data(*, dataset: str = "digits", batch_size: int = 64):
    return load(dataset, batch_size=batch_size)


def _build(data, *, conditional: bool = False):
    noise, image = keras.Input((6,)), keras.Input(data.input_shape)
    label = keras.Input((data.num_classes,))
    x = keras.layers.Concatenate()([noise, label]) if conditional else noise
    x = keras.layers.ReLU()(keras.layers.BatchNormalization()(keras.layers.Dense(12)(x)))
    made = keras.layers.Reshape(data.input_shape)(keras.layers.Dense(64, "tanh")(x))
    x = keras.layers.Dropout(0.3)(keras.layers.Flatten()(image))
    x = keras.layers.Concatenate()([x, label]) if conditional else x
    x = keras.layers.Dense(1)(keras.layers.Dense(12, "relu")(x))
    model = TwoPlayer(
        keras.Model([noise, label] if conditional else noise, made),
        keras.Model([image, label] if conditional else image, x),
        discriminator_steps=3,  # 17 steps an epoch: epochs end in the middle of a cycle
        gradient_penalty=1.0,
        average=0.9,
        judge=_judge(data),
    )
    model.compile(two_optimizers(1e-3, rate_ratio=2.0, decay_steps=data.planned_steps))
    return model


def _judge(data):
    pixels = keras.Input(data.input_shape)
    flat = keras.layers.Flatten()(keras.layers.Rescaling(0.01)(pixels))
    return keras.Model(
        pixels,
        {"features": keras.layers.Dense(4)(flat), "logits": keras.layers.Dense(10)(flat)},
    )


game = Recipe(
    name="toy_game",
    data=_data,
    build=_build,
    epochs=4,
    objective=Objective("val_lenet_fid", "min"),
    task="generation",
)


@pytest.mark.parametrize("conditional", [False, True])
def test_resumed_game_equals_the_uninterrupted_one(store, conditional):
    options = {"seed": 5, "steps": 17, "conditional": conditional, "verbose": False}
    whole = game.run(**options)
    with interrupted_at(2), pytest.raises(KeyboardInterrupt):
        game.run(**options)
    stopped = next(r for r in all_runs() if r.info.status == "KILLED")
    resumed = game.run(resume=stopped.info.run_id, verbose=False)
    assert resumed.history == whole.history
    assert resumed.metrics["test/lenet_fid"] == whole.metrics["test/lenet_fid"]
    for part in ("variables", "optimizer"):
        ours, theirs = (
            m.variables if part == "variables" else m.optimizer.variables
            for m in (resumed.model, whole.model)
        )
        assert len(ours) == len(theirs) > 10
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (a, b)))
    kept = tracking.find_run(resumed.run_id)
    assert kept.info.status == "FINISHED"
    names = tracking.client().get_run(resumed.run_id).data.metrics
    assert {"train/generator_gradient_norm", "train/generator_wins", "val/lenet_fid"} <= set(names)
