"""Losses of pairs and triplets, and of a siamese network by pair_loss over some steps."""

import sys

import keras
import numpy as np

from keras_dl.algorithms.siamese import PAIR_LOSSES
from keras_dl.losses import ContrastiveLoss, TripletLoss
from keras_dl.losses.triplet_loss import MINING
from tests.algorithms.test_siamese import episodes, network


def main(target):
    rng = np.random.default_rng(0)
    distances = rng.uniform(0, 2, (3, 4, 4)).astype("float32")
    same = np.broadcast_to(np.eye(4, dtype="float32"), (3, 4, 4))
    values = {
        "contrastive_loss": float(ContrastiveLoss(0.8)(same, distances)),
        **{m: float(TripletLoss(0.3, m)(same, distances)) for m in MINING},
    }
    for pair_loss in PAIR_LOSSES:
        model = network(pair_loss)
        draw = np.random.default_rng(1)
        model.set_weights([draw.normal(0, 0.3, w.shape) for w in model.get_weights()])
        model.compile(keras.optimizers.SGD(0.01))
        x = episodes()
        history = model.fit(x, np.zeros(len(x)), batch_size=2, epochs=4, verbose=0).history
        values[pair_loss] = np.array(history["loss"])
    np.savez(target, **values)


if __name__ == "__main__":
    main(sys.argv[1])
