"""Siamese networks: whether two images are of one class, from pairs of embeddings."""

from typing import Any

import keras
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.algorithms.prototypical import episode_labels
from keras_dl.losses import ContrastiveLoss, TripletLoss
from keras_dl.utils.checks import check_choice, check_positive

__all__ = ["PAIR_LOSSES", "SiameseNetwork"]

PAIR_LOSSES = ("crossentropy", "contrastive", "triplet")
MARGINS = {"contrastive": 1.0, "triplet": 0.2}


@keras.saving.register_keras_serializable("keras_dl")
class SiameseNetwork(ComposedModel):
    """Scores of all pairs of an episode that holds two images of each of its classes.

    The encoder sees each image once; a pair is a first image of one class and a second image of
    the same or another. Pairs of one class and others have equal weight in all.

    * "crossentropy": the score is the logit Σ αⱼ·|aⱼ − bⱼ| + β with learnt α and β, the loss the
      binary cross-entropy.
    * "contrastive": the score is the negative distance of embeddings of length 1, the loss
      `keras_dl.losses.ContrastiveLoss`.
    * "triplet": the score is the negative squared distance of embeddings of length 1, the loss
      `keras_dl.losses.TripletLoss` of all triplets.

    Reports `loss` and `accuracy`, the share of second images whose best score is with the first
    image of their own class. `compile` takes an optimizer and no loss.

    Args:
        encoder: raw images (batch, height, width, channels) to embeddings (batch, dim); built.
        pair_loss: one of `PAIR_LOSSES`.
        margin: of "contrastive" (None: 1.0) and "triplet" (None: 0.2).
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if `margin` is not a number.
        ValueError: if `pair_loss` is unknown or `margin` is not positive.

    Reference:
        Koch, Zemel and Salakhutdinov, 2015, Siamese Neural Networks for One-shot Image Recognition,
        ICML Deep Learning Workshop, section 3.1; Bromley et al., 1993, Signature verification using
        a "Siamese" time delay neural network.
    """

    reusable_step = True
    components = ("encoder",)
    arguments = ("pair_loss", "margin")

    def __init__(
        self,
        encoder: keras.Model,
        *,
        pair_loss: str = "crossentropy",
        margin: float | None = None,
        **kwargs: Any,
    ) -> None:
        check_choice("pair_loss", pair_loss, PAIR_LOSSES)
        margin = MARGINS.get(pair_loss, 1.0) if margin is None else margin
        check_positive("margin", margin, "it separates pairs of different classes")
        super().__init__(**kwargs)
        self.encoder, self.pair_loss, self.margin = encoder, pair_loss, float(margin)
        self.logit = None
        if pair_loss == "crossentropy":
            self.logit = keras.layers.Dense(1, dtype="float32", name="logit")
            self.logit.build((None, encoder.output_shape[-1]))
        self.accuracy = keras.metrics.SparseCategoricalAccuracy("accuracy")
        self.built = True

    def scores(self, first: Any, second: Any) -> Any:
        """Computes the score of each pair; greater for more similar images.

        Args:
            first: embeddings of the encoder (…, n, dim).
            second: those of the images to compare (…, m, dim).

        Returns:
            (…, n, m).
        """
        if self.logit is None:
            first, second = (ops.normalize(x, axis=-1, epsilon=1e-9) for x in (first, second))
        rows: Any = ops.expand_dims(first, -2)
        columns: Any = ops.expand_dims(second, -3)
        difference = rows - columns
        if self.logit is not None:
            logits: Any = self.logit(ops.absolute(difference))
            return ops.squeeze(logits, axis=-1)
        squares: Any = ops.sum(ops.square(difference), axis=-1)
        if self.pair_loss == "triplet":
            return ops.negative(squares)
        # The gradient of the square root is infinite at 0.
        return ops.negative(ops.sqrt(ops.maximum(squares, 1e-12)))

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes the scores of all pairs of an episode.

        Args:
            inputs: raw episodes (episodes, way, 2, height, width, channels).
            training: passed to the encoder.

        Returns:
            (episodes, way, way): second images along the first axis, first images along the last.
        """
        shape: Any = ops.shape(inputs)
        images: Any = ops.reshape(inputs, (-1, *inputs.shape[3:]))
        embeddings: Any = self.encoder(images, training=training)
        pairs: Any = ops.reshape(embeddings, (*shape[:3], embeddings.shape[-1]))
        return self.scores(pairs[:, :, 1], pairs[:, :, 0])

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the mean loss of the pairs.

        compute_loss and not a loss, because which pairs are of one class follows from their order
        in the episode and not from `y`.
        """
        labels: Any = episode_labels(ops.expand_dims(y_pred, 2))[..., 0]
        self.accuracy.update_state(labels, y_pred)
        shape: Any = ops.shape(y_pred)
        way: Any = shape[-1]  # validation may have another one than train
        first: Any = ops.arange(way, dtype="int32")
        same: Any = ops.cast(ops.equal(labels[..., None], first), y_pred.dtype)
        if self.pair_loss == "triplet":
            return TripletLoss(self.margin)(same, ops.negative(y_pred))
        # Both kinds of pairs count half: a row has one of the first and way − 1 of the second.
        number: Any = ops.cast(way, y_pred.dtype)
        weights = 0.5 * number * (same + (1.0 - same) / ops.maximum(number - 1.0, 1.0))
        if self.pair_loss == "contrastive":
            values = ContrastiveLoss(self.margin, reduction="none")(same, ops.negative(y_pred))
        else:
            values = ops.binary_crossentropy(same, y_pred, from_logits=True)
        return ops.mean(weights * values)
