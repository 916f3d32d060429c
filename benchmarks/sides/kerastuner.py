"""A random search with KerasTuner, as its own guide does it: `python kerastuner.py FILE TRIALS`.

It draws from the ranges of our recipe and trains the same net with the same optimizer.
"""

import os
import sys
from typing import Any

GIVEN = set(os.environ)

import keras  # noqa: E402
import keras_tuner  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks.sides import forget_settings  # noqa: E402
from keras_dl.models import lenet5  # noqa: E402

forget_settings(GIVEN)

BATCH = 128


def main(file: str, trials: int) -> None:
    """Searches; KerasTuner leaves a file for each trial."""
    with np.load(file) as found:
        train, test = (
            (found[f"x_{s}"].astype("float32") / 255, found[f"y_{s}"])
            for s in ("train", "validation")
        )
    steps = -(-len(train[0]) // BATCH)

    def build(hp: keras_tuner.HyperParameters) -> keras.Model:
        dropout: Any = hp.Float("dropout", 0.0, 0.5)
        model = lenet5((28, 28, 1), 10, dropout=dropout)
        start: Any = hp.Float("learning_rate", 1e-4, 3e-2, sampling="log")
        rate: Any = keras.optimizers.schedules.CosineDecay(start, steps)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        adam = keras.optimizers.AdamW(rate, weight_decay=0.3)
        model.compile(adam, loss, metrics=["accuracy"])
        return model

    tuner = keras_tuner.RandomSearch(
        build, "val_accuracy", trials, seed=1, directory="kerastuner", project_name="lenet5"
    )
    tuner.search(*train, epochs=1, batch_size=BATCH, validation_data=test)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
