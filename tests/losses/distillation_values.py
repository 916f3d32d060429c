"""Losses of a student over some steps, from fixed weights and a fixed teacher."""

import sys

import keras
import numpy as np

from keras_dl.losses import DistillationLoss, distillation_accuracy, soft_targets


def main(target):
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(20, 6)).astype("float32"), np.arange(20) % 3
    student = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3)])
    student.set_weights([rng.normal(size=w.shape) for w in student.weights])
    accuracy = keras.metrics.MeanMetricWrapper(distillation_accuracy, name="accuracy")
    student.compile(keras.optimizers.SGD(0.1), DistillationLoss(5.0, 0.7), metrics=[accuracy])
    targets = soft_targets(labels, 3 * rng.normal(size=(20, 3)))
    fitted = student.fit(x, targets, epochs=6, batch_size=20, verbose=0)
    hard = student.evaluate(x, labels, verbose=0)
    np.savez(target, losses=np.array([*fitted.history["loss"], *hard]))


if __name__ == "__main__":
    main(sys.argv[1])
