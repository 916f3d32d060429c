"""Trainings on data that lie on the device, and on batches; run once per backend."""

import sys
from unittest import mock

import keras
import numpy as np

from keras_dl.algorithms import GAN, AdversarialTraining, ImageTranslation
from keras_dl.backend import device_memory
from keras_dl.data import Classes, Data, Images, Split
from keras_dl.models import patch_discriminator, unet_generator
from keras_dl.optimizers import make_gan_optimizer
from keras_dl.training import input_pipeline
from tests.algorithms import adaptation_values, word2vec_values

SHAPE, SIZE, COUNT = (4, 4, 1), 8, 28
RANDOM = np.random.default_rng(0)


def pixels(*shape):
    return RANDOM.integers(0, 256, shape).astype("uint8")


IMAGES, CLASSES = pixels(COUNT, *SHAPE), (np.arange(COUNT) % 3).astype("int32")
FEATURES = RANDOM.normal(size=(COUNT, 2, 5)).astype("float32")  # rows of both domains
SCENES, MAPS = pixels(COUNT, 16, 16, 1), pixels(COUNT, 16, 16, 3)


def net(outputs=3):
    """With what else a step changes: moving averages and dropout's seed."""
    return keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(8, "tanh"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(outputs),
        ]
    )


def scaling():
    layer = keras.layers.Rescaling(1 / 255)
    layer.build((None, *SHAPE))
    return layer


def compiled(model):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    return model


def game():
    noise = keras.Input((3,))
    made = keras.layers.Reshape(SHAPE)(keras.layers.Dense(16, "tanh")(noise))
    model = GAN(keras.Model(noise, made), net(1), discriminator_steps=2, ema_momentum=0.9)
    model.compile(make_gan_optimizer(1e-2))
    return model


def translation():
    model = ImageTranslation(
        unet_generator((16, 16, 1), 3, filters=2),
        patch_discriminator((16, 16, 1), (16, 16, 3), filters=2, strided=1),
    )
    model.compile(make_gan_optimizer(0.01))
    return model


def adaptation():
    return adaptation_values.made(total_steps=12)


TEXT = word2vec_values.text(rows=COUNT)
CASES = {
    "plain": (lambda: compiled(keras.Sequential([scaling(), net()])), IMAGES, CLASSES),
    "adversarial": (
        lambda: compiled(AdversarialTraining(scaling(), net())),
        IMAGES,
        CLASSES,
    ),
    "game": (game, IMAGES, CLASSES),
    "translation": (translation, SCENES, MAPS),
    "adaptation": (adaptation, FEATURES, np.stack([CLASSES, np.full(COUNT, -1)], 1)),
    "word2vec": (lambda: word2vec_values.learner()[0], TEXT, np.zeros(COUNT, "int32")),
}


def data_of(test, train=None, validation=None, batch_size=SIZE):
    splits = {"train": train or test, "validation": validation or test, "test": test}
    return Data.from_splits(
        "toy", splits, inputs=Images(), targets=Classes(("a", "b", "c")), batch_size=batch_size
    )


def fitted(case, share, *, epochs=3, first=0, model=None, callbacks=(), steps=None):
    """The model and its losses; data may take `share` of the memory."""
    make, x, y = CASES[case]
    held_x, held_y = (x[:, 0], y[:, 0]) if case == "adaptation" else (x, y)
    if model is None:
        keras.utils.set_random_seed(0)
        model = make()
        model(held_x[:1])
    # Smaller last batches are compiled anew: one case has them.
    size, some = (SIZE, 11) if case == "plain" else (COUNT // 4, COUNT // 2)
    part, rest = (Split(held_x[:n], held_y[:n]) for n in (some, some // 2))
    data = data_of(rest, Split(x, y), part, size)
    pipeline = input_pipeline.InputPipeline(model, size)
    with mock.patch.object(device_memory, "SHARE", share):
        with pipeline.fit(data, 5, steps, first, callbacks) as (fed, held_out, ahead):
            history = model.fit(
                fed,
                validation_data=held_out,
                initial_epoch=first,
                epochs=epochs,
                shuffle=False,
                callbacks=[*ahead, *callbacks],
                verbose=0,
            ).history
        with pipeline.evaluate(data, "test") as (fed, ahead):
            history["test"] = list(
                model.evaluate(fed, callbacks=ahead, verbose=0, return_dict=True).values()
            )
    return model, history


def both(case):
    """All numbers of a training: (on the device, in batches)."""
    found = []
    for share in (0.5, 0.0):
        model, history = fitted(case, share)
        weights = [keras.ops.convert_to_numpy(v.value) for v in model.variables]
        numbers = [np.ravel(history[name]) for name in sorted(history)]
        found.append(np.concatenate([*map(np.ravel, weights), *numbers]).astype("float64"))
    return found


if __name__ == "__main__":
    np.savez(sys.argv[1], **{case: both(case) for case in CASES})
