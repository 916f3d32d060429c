"""Connectionist temporal classification: labels of a sequence without their positions."""

from typing import Any

import keras
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.utils.checks import check_count

__all__ = ["CTC", "frame_counts", "output_counts"]


def frame_counts(frames: Any) -> Any:
    """Returns the number of frames before the padding, (batch,) int32.

    Args:
        frames: (batch, frames, bands); padding frames are 0 in all bands, and stand at the end.
    """
    present: Any = ops.any(ops.not_equal(frames, 0.0), axis=-1)
    return ops.sum(ops.cast(present, "int32"), axis=-1)


def output_counts(frames: Any, stride: int) -> Any:
    """Returns the number of outputs before those of padding, ⌈frames/stride⌉, (batch,) int32."""
    return (frame_counts(frames) + (stride - 1)) // stride


@keras.saving.register_keras_serializable("keras_dl")
class CTC(ComposedModel):
    """A network from frames to logits that is trained on label sequences.

    The loss is −log of the sum of the probabilities of all paths that give the labels, over the
    outputs of a recording alone; `keras.losses.CTC` scores the padding as if it were sound.
    `compile` takes an optimizer and no loss.

    Args:
        net: (batch, frames, bands) to logits (batch, ⌈frames/stride⌉, 1 + labels), 0 is the blank.
        stride: frames to an output.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Reference:
        Graves, Fernández, Gomez and Schmidhuber, 2006, Connectionist Temporal Classification:
        Labelling Unsegmented Sequence Data with Recurrent Neural Networks, section 4.1.
    """

    reusable_step = True
    components = ("net",)
    arguments = ("stride",)

    def __init__(self, net: keras.Model, *, stride: int = 2, **kwargs: Any) -> None:
        check_count("stride", stride, "it is the number of frames to an output")
        super().__init__(**kwargs)
        self.net, self.stride = net, stride
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes logits by output."""
        return self.net(inputs, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the mean loss in nats per recording.

        compute_loss and not a loss, because the lengths of the recordings are in x.
        """
        labels = ops.cast(y, "int32")
        counts: Any = ops.sum(ops.cast(ops.not_equal(labels, 0), "int32"), axis=-1)
        lengths = output_counts(x, self.stride)
        return ops.mean(ops.ctc_loss(labels, y_pred, counts, lengths, mask_index=0))
