"""Contrastive learning of images and speech in one space."""

import math
from typing import Any

import keras
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.utils.checks import check_choice

__all__ = ["POSITIVES", "CrossModal", "multi_positive_loss"]

POSITIVES = ("class", "pair")
FIRST_SCALE, LARGEST_SCALE = 1 / 0.07, 100.0  # of the logits, as in CLIP


def multi_positive_loss(logits: Any, positives: Any) -> Any:
    """Computes the cross-entropy of each row with all its positives in equal parts.

    Args:
        logits: (n, m).
        positives: 1 for columns that belong to the row, else 0; (n, m), one or more in each row.

    Returns:
        (n,) in nats: −Σ log softmax over the positives, divided by their number.

    Reference:
        Khosla et al., 2020, Supervised Contrastive Learning, arXiv:2004.11362, eq. 2.
    """
    likelihoods: Any = ops.log_softmax(logits, axis=-1)
    total: Any = ops.sum(positives * likelihoods, axis=-1)
    return ops.negative(total / ops.sum(positives, axis=-1))


@keras.saving.register_keras_serializable("keras_dl")
class CrossModal(ComposedModel):
    """Two encoders whose embeddings are near for an image and a recording that belong together.

    The logits of a batch are the cosines of all images and recordings times a learnt scale; the
    loss is the mean of both directions. With "class", all recordings of an image's class are its
    positives; with "pair", only the one it was paired with, and others of the class are false
    negatives. Reports `loss`. `compile` takes an optimizer and no loss.

    Args:
        image: raw images (batch, …) to embeddings (batch, dim); built.
        speech: raw recordings (batch, …) to embeddings (batch, dim); built.
        positives: "class" or "pair".
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        ValueError: if `positives` is unknown.

    Reference:
        Radford et al., 2021, Learning Transferable Visual Models From Natural Language Supervision,
        arXiv:2103.00020, figure 3 and section 2.5.
    """

    reusable_step = True
    components = ("image", "speech")
    arguments = ("positives",)

    def __init__(
        self, image: keras.Model, speech: keras.Model, *, positives: str = "class", **kwargs: Any
    ) -> None:
        check_choice("positives", positives, POSITIVES)
        super().__init__(**kwargs)
        self.image, self.speech, self.positives = image, speech, positives
        start = keras.initializers.Constant(math.log(FIRST_SCALE))
        self.log_scale = self.add_weight((), start, name="log_scale")
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes embeddings of length 1, {"image": (batch, dim), "speech": (batch, dim)}."""
        return {
            name: ops.normalize(net(inputs[name], training=training), axis=-1, epsilon=1e-9)
            for name, net in (("image", self.image), ("speech", self.speech))
        }

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the mean loss of both directions.

        compute_loss and not a loss, because a row's loss depends on the other rows.
        """
        log_scale: Any = ops.convert_to_tensor(self.log_scale)
        scale: Any = ops.exp(ops.minimum(log_scale, math.log(LARGEST_SCALE)))
        cosines: Any = ops.matmul(y_pred["image"], ops.transpose(y_pred["speech"]))
        logits = scale * cosines
        labels: Any = ops.reshape(y, (-1,))
        if self.positives == "pair":
            shape: Any = ops.shape(labels)
            labels = ops.arange(shape[0], dtype="int32")
        same = ops.cast(ops.equal(labels[:, None], labels[None, :]), logits.dtype)
        there: Any = ops.mean(multi_positive_loss(logits, same))
        back: Any = ops.mean(multi_positive_loss(ops.transpose(logits), same))
        return 0.5 * (there + back)
