"""A small convnet on MNIST, in the manner of Keras' first example: `python convnet.py FILE`.

Plain Keras from head to foot, one epoch of all 60,000 images; `python convnet.py FILE lenet5` has
LeNet-5's layers in their place.
"""

import sys

import keras
import numpy as np
from keras import layers

BATCH = 128


def main(file: str, net: str = "") -> None:
    """Trains for an epoch and says so."""
    with np.load(file) as found:
        x = np.expand_dims(found["x_train"].astype("float32") / 255, -1)
        y = keras.utils.to_categorical(found["y_train"], 10)
    model = keras.Sequential([keras.Input((28, 28, 1)), *(lenet5() if net else convnet())])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=BATCH, epochs=1, validation_split=0.1)


def convnet() -> list[layers.Layer]:
    """Two convolutions, each with pooling, and a dropped-out classifier."""
    return [
        *(layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2)),
        *(layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2)),
        *(layers.Flatten(), layers.Dropout(0.5), layers.Dense(10, activation="softmax")),
    ]


def lenet5() -> list[layers.Layer]:
    """LeNet-5 as our recipe has it."""
    return [
        *(layers.Conv2D(6, 5, padding="same", activation="tanh"), layers.AveragePooling2D(2)),
        *(layers.Conv2D(16, 5, activation="tanh"), layers.AveragePooling2D(2)),
        *(layers.Conv2D(120, 5, activation="tanh"), layers.Flatten()),
        *(layers.Dense(84, activation="tanh"), layers.Dense(10, activation="softmax")),
    ]


if __name__ == "__main__":
    main(*sys.argv[1:])
