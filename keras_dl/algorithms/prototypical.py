"""Prototypical networks: classification by the distance to the mean embedding of each class."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.utils.checks import check_count

__all__ = ["PrototypicalNetwork", "episode_accuracy", "episode_labels", "prototype_logits"]


def prototype_logits(support: Any, queries: Any) -> Any:
    """Computes the negative squared Euclidean distance of each query to each prototype.

    The prototype of a class is the mean of its support embeddings. The distance is neither halved
    nor divided by a temperature.

    Args:
        support: embeddings (episodes, way, shot, dim).
        queries: embeddings (episodes, way, query, dim).

    Returns:
        Logits (episodes, way, query, way); the last axis runs over the prototypes.
    """
    prototypes: Any = ops.mean(support, axis=2)  # (episodes, way, dim)
    difference = ops.expand_dims(queries, 3) - prototypes[:, None, None]
    return ops.negative(ops.sum(ops.square(difference), axis=-1))


def episode_labels(logits: Any) -> Any:
    """Returns the class of each query as its position among the episode's classes.

    Args:
        logits: (episodes, way, query, way).

    Returns:
        int32 labels (episodes, way, query).
    """
    shape: Any = ops.shape(logits)
    episodes, way, query = shape[:3]
    positions = ops.reshape(ops.arange(way, dtype="int32"), (1, way, 1))
    return ops.broadcast_to(positions, (episodes, way, query))


def episode_accuracy(embeddings: np.ndarray, rows: np.ndarray, *, shot: int) -> np.ndarray:
    """Computes the accuracy of each episode from embeddings computed once.

    The nearest prototype is that of a linear classifier with weights 2c and biases −‖c‖².

    Args:
        embeddings: (n, dim), of all images of a split in inference mode.
        rows: rows of `embeddings` by episode, (episodes, way, shot + query).
        shot: support images of each class, the first of its rows.

    Returns:
        Shares of correctly classified queries (episodes,), in [0, 1].

    Reference:
        Snell, Swersky and Zemel, 2017, arXiv:1703.05175, section 2.4.
    """
    way, size = rows.shape[1:]
    right = np.repeat(np.arange(way), size - shot)
    correct = []
    for episode in rows:
        points = embeddings[episode].astype(np.float64)
        prototypes = points[:, :shot].mean(axis=1)
        queries = points[:, shot:].reshape(len(right), -1)
        # 2·c·z − ‖c‖² differs from −‖z − c‖² by what is equal for all prototypes (section 2.4).
        scores = 2 * queries @ prototypes.T - np.sum(prototypes**2, axis=1)
        correct.append(np.mean(scores.argmax(axis=1) == right))
    return np.asarray(correct)


@keras.saving.register_keras_serializable("keras_dl")
class PrototypicalNetwork(ComposedModel):
    """A few-shot classifier that is trained by episodes.

    An episode holds the same number of images of each of its classes: the first `shot` of a class
    are its support, the others its queries. The loss is the cross-entropy of the queries over the
    episode's classes, a softmax over negative squared distances to the prototypes. The targets of
    the data set are not used: the label of a query is the position of its class in the episode.

    Reports `loss` and `accuracy`, both of the queries. `compile` takes an optimizer and no loss.

    Args:
        encoder: embedding network, raw images (batch, height, width, channels) to (batch, dim);
            built.
        shot: support images of each class in an episode, at least 1.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if `shot` is not an integer.
        ValueError: if `shot` is below 1.

    Reference:
        Snell, Swersky and Zemel, 2017, Prototypical Networks for Few-shot Learning,
        arXiv:1703.05175, eq. 1 and 2, algorithm 1.
    """

    reusable_step = True
    components = ("encoder",)
    arguments = ("shot",)

    def __init__(self, encoder: keras.Model, *, shot: int = 1, **kwargs: Any) -> None:
        check_count("shot", shot, "it is the number of support images of each class")
        super().__init__(**kwargs)
        self.encoder, self.shot = encoder, int(shot)
        self.accuracy = keras.metrics.SparseCategoricalAccuracy("accuracy")
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes the logits of the queries.

        Args:
            inputs: raw episodes (episodes, way, shot + query, height, width, channels).
            training: use the episode's own batch statistics in batch normalization.

        Returns:
            Logits (episodes, way, query, way).
        """
        shape: Any = ops.shape(inputs)
        embeddings: Any = self.encoder(
            ops.reshape(inputs, (-1, *inputs.shape[3:])), training=training
        )
        embeddings = ops.reshape(embeddings, (*shape[:3], embeddings.shape[-1]))
        return prototype_logits(embeddings[:, :, : self.shot], embeddings[:, :, self.shot :])

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the mean cross-entropy of the queries.

        compute_loss and not a loss, because the labels follow from the order of the episode and
        not from `y`.
        """
        labels = episode_labels(y_pred)
        self.accuracy.update_state(labels, y_pred)
        return ops.mean(
            keras.losses.sparse_categorical_crossentropy(labels, y_pred, from_logits=True)
        )
