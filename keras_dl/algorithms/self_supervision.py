"""Representations learnt by a pretext task: rotations, or two views of each image."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.losses import NTXentLoss

__all__ = ["EncoderClassifier", "RotationPredictor", "SimCLR", "four_rotations"]


def four_rotations(images: Any) -> Any:
    """Returns each image turned by 0°, 90°, 180° and 270° counter-clockwise.

    Args:
        images: (batch, side, side, channels).

    Returns:
        (batch, 4, side, side, channels).
    """
    swapped: Any = ops.transpose(images, (0, 2, 1, 3))
    quarter: Any = ops.flip(swapped, axis=1)
    half: Any = ops.flip(images, axis=(1, 2))
    return ops.stack([images, quarter, half, ops.flip(swapped, axis=2)], axis=1)


@keras.saving.register_keras_serializable("keras_dl")
class EncoderClassifier(ComposedModel):
    """A classifier that keeps its encoder at hand.

    Args:
        encoder: raw images (batch, height, width, channels) to features (batch, dim); built.
        head: features to logits (batch, classes); built.
        augmentation: layers on raw images, one after the other, active in training only.
        **kwargs: `name` and `dtype` of `keras.Model`.
    """

    reusable_step = True
    components = ("encoder", "head", "augmentation")

    def __init__(
        self,
        encoder: keras.Model,
        head: keras.Model,
        augmentation: Sequence[keras.layers.Layer] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.encoder, self.head, self.augmentation = encoder, head, list(augmentation)
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes logits (batch, classes) of raw images."""
        return self.classify(self.augment(inputs, training), training)

    def augment(self, images: Any, training: bool) -> Any:
        """Applies the augmentation in training; raw images of the same shape."""
        for layer in self.augmentation:
            images = layer(images, training=training)
        return images

    def classify(self, images: Any, training: bool) -> Any:
        """Computes logits (batch, classes) of images that are augmented already."""
        return self.head(self.encoder(images, training=training), training=training)


@keras.saving.register_keras_serializable("keras_dl")
class RotationPredictor(EncoderClassifier):
    """A classifier of the rotation of images, whose labels follow from the images.

    A step sees each image in all four rotations. Reports `loss` and `accuracy` of the rotations;
    targets are not used. `compile` takes an optimizer and no loss.

    Args:
        encoder: raw square images (batch, side, side, channels) to features (batch, dim); built.
        head: features to four logits; built.
        augmentation: as in `EncoderClassifier`, before the rotation: a mirrored image that was
            turned by 90° is one turned by 270°.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        ValueError: if the images are not square.

    Reference:
        Gidaris, Singh and Komodakis, 2018, Unsupervised Representation Learning by Predicting Image
        Rotations, arXiv:1803.07728, sections 2 and 3.1.
    """

    def __init__(
        self,
        encoder: keras.Model,
        head: keras.Model,
        augmentation: Sequence[keras.layers.Layer] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(encoder, head, augmentation, **kwargs)
        height, width = encoder.input_shape[1:3]
        if height != width:
            raise ValueError(
                "`encoder` must take square images; a quarter turn exchanges the sides. "
                f"Received: {height}×{width} pixels"
            )
        self.accuracy = keras.metrics.SparseCategoricalAccuracy("accuracy")

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes the logits of the four rotations of raw images, (batch, 4, 4)."""
        turned = four_rotations(self.augment(inputs, training))
        images: Any = ops.reshape(turned, (-1, *inputs.shape[1:]))
        return ops.reshape(self.classify(images, training), (-1, 4, 4))

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the mean cross-entropy; compute_loss, because `y` holds no rotations."""
        shape: Any = ops.shape(y_pred)
        labels: Any = ops.broadcast_to(ops.arange(4, dtype="int32"), shape[:2])
        self.accuracy.update_state(labels, y_pred)
        return ops.mean(
            keras.losses.sparse_categorical_crossentropy(labels, y_pred, from_logits=True)
        )


@keras.saving.register_keras_serializable("keras_dl")
class SimCLR(ComposedModel):
    """Projections of two random views of each image, which the loss draws together.

    The views are random in validation too, where the loss is that of new images. Features are the
    encoder's, before the projection. Reports `loss`; targets are not used. `compile` takes an
    optimizer and no loss.

    Args:
        encoder: raw images (batch, height, width, channels) to features (batch, dim); built.
        projection: features to projections (batch, size); built.
        augmentation: layers from raw images to views, one after the other.
        temperature: of `keras_dl.losses.NTXentLoss`.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if `temperature` is not a number.
        ValueError: if it is not positive.

    Reference:
        Chen, Kornblith, Norouzi and Hinton, 2020, A Simple Framework for Contrastive Learning of
        Visual Representations, arXiv:2002.05709, section 2 and algorithm 1.
    """

    reusable_step = True
    components = ("encoder", "projection", "augmentation")
    arguments = ("temperature",)

    def __init__(
        self,
        encoder: keras.Model,
        projection: keras.Model,
        augmentation: Sequence[keras.layers.Layer],
        *,
        temperature: float = 0.5,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.contrast = NTXentLoss(temperature)
        self.encoder, self.projection, self.temperature = encoder, projection, float(temperature)
        self.augmentation = list(augmentation)
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes projections of two views of each raw image, (batch, 2, size)."""
        views: Any = ops.cast(ops.concatenate([inputs, inputs], axis=0), "float32")
        for layer in self.augmentation:
            views = layer(views, training=True)
        features = self.encoder(views, training=training)
        halves: Any = ops.split(self.projection(features, training=training), 2, axis=0)
        return ops.stack(list(halves), axis=1)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes NT-Xent of the projections; compute_loss, because there are no targets."""
        return self.contrast(y_pred[:, 0, 0], y_pred)
