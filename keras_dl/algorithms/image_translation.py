"""pix2pix: image-to-image translation with an L1 loss and a conditional adversarial loss."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms._adversarial import (
    apply_frozen,
    assign_optimizers,
    check_adversarial_loss,
    check_weight,
    generator_win_rate,
    to_pixels,
    to_signed,
)
from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.algorithms._sample_monitor import SampleMonitor
from keras_dl.algorithms.adversarial_losses import ADVERSARIAL_LOSSES
from keras_dl.metrics.frechet_metric import FrechetDistance

__all__ = ["ImageTranslation"]

PATCH = 4  # pixels a side


@keras.saving.register_keras_serializable("keras_dl")
class ImageTranslation(ComposedModel):
    """pix2pix: the generator's loss is an adversarial loss plus λ·|target - generated|.

    The discriminator classifies pairs of an image and its source. Its loss is halved, as in the
    paper, to slow its training. `GAN` explains the training of both networks in one loss.

    Calling the model on sources gives images, both as pixels 0..255.

    Reports both losses, `l1` = mean |target - generated| in units of [-1, 1], and in validation and
    test `patch_distance`: the Fréchet distance between 4×4 patches of the targets and of the
    generated images, in the same units. Blurred images have a small `l1` and, as their patches vary
    less, a large `patch_distance`.

    The callback `sample_monitor` records gradient norms and the images of the sources set by
    `monitor`; the task "image_translation" adds it to a training.

    Args:
        generator: from sources (batch, height, width, channels) in [-1, 1] to images in [-1, 1].
        discriminator: from [images, sources] to logits (batch, …, 1).
        adversarial_loss: name of a pair of losses in `keras_dl.algorithms.ADVERSARIAL_LOSSES`.
        adversarial_weight: weight of the adversarial loss of the generator; 0 trains the generator
            by L1 alone and leaves the discriminator untrained.
        l1_weight: λ.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if a weight is not a number, or, when compiled, the optimizer is not a
            `PlayerOptimizer`.
        ValueError: if a weight is negative, both are 0, or `adversarial_loss` is unknown.

    Reference:
        Isola, Zhu, Zhou and Efros, 2017, Image-to-Image Translation with Conditional Adversarial
        Networks, arXiv:1611.07004, eq. 4 and section 3.3.
    """

    reusable_step = True
    training_state = ("sample_monitor", "_monitored")
    components = ("generator", "discriminator")
    arguments = ("adversarial_loss", "adversarial_weight", "l1_weight")

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        *,
        adversarial_loss: str = "non_saturating",
        adversarial_weight: float = 1.0,
        l1_weight: float = 100.0,
        **kwargs: Any,
    ) -> None:
        check_adversarial_loss(adversarial_loss, 1, 1)
        check_weight("adversarial_weight", adversarial_weight)
        check_weight("l1_weight", l1_weight)
        if not adversarial_weight and not l1_weight:
            raise ValueError(
                "`adversarial_weight` and `l1_weight` must not both be 0; the loss would be "
                "constant. Received: "
                f"adversarial_weight={adversarial_weight}, l1_weight={l1_weight}"
            )
        super().__init__(**kwargs)
        self.generator, self.discriminator = generator, discriminator
        self.adversarial_loss = adversarial_loss
        self.adversarial_weight, self.l1_weight = float(adversarial_weight), float(l1_weight)
        names = ("discriminator_loss", "generator_loss", "generator_win_rate", "l1")
        reported = names if adversarial_weight else names[-1:]
        self.parts = {name: keras.metrics.Mean(name) for name in reported}
        output: Any = generator.output
        size = PATCH * PATCH * int(output.shape[-1])
        self.patches = FrechetDistance(size, name="patch_distance")
        self._evaluates = False
        self._monitored = np.zeros((0, *generator.input_shape[1:]), np.uint8)
        self.sample_monitor = SampleMonitor()

    def compile(self, optimizer: keras.Optimizer, **kwargs: Any) -> None:
        """Compiles the model with an optimizer for each network.

        Args:
            optimizer: a `PlayerOptimizer` of the discriminator's optimizer and the generator's.
            **kwargs: others of `keras.Model.compile`; losses and metrics are the model's own.
        """
        may_skip = not self.adversarial_weight
        assign_optimizers(optimizer, self.discriminator, self.generator, may_skip=may_skip)
        super().compile(optimizer, **kwargs)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles from the result of `get_compile_config` and builds the optimizer's slots."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    def monitor(self, sources: np.ndarray) -> None:
        """Sets the sources (n, height, width, channels), pixels, that `sample_monitor` maps."""
        self._monitored = sources

    def snapshot(self) -> np.ndarray:
        """Returns the images that `sample_monitor` records."""
        return self.images(self._monitored) if len(self._monitored) else self._monitored

    def images(self, sources: np.ndarray) -> np.ndarray:
        """Generates the uint8 images of sources (n, height, width, channels), pixels 0..255."""
        images: Any = [
            ops.convert_to_numpy(self(sources[i : i + 32], training=False))
            for i in range(0, len(sources), 32)
        ]
        return np.rint(np.concatenate(images)).clip(0, 255).astype(np.uint8)

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> Any:
        """Maps sources to images, both pixels 0..255; in training to images in [-1, 1]."""
        generated = self.generator(to_signed(inputs), training=training)
        return generated if training else to_pixels(generated)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: keras.KerasTensor | None = None,
        training: bool = True,
    ) -> Any:
        """Computes the sum of both networks' losses.

        compute_loss and not a loss, because the networks are needed.

        Args:
            x: sources, pixels 0..255 (batch, height, width, channels).
            y: targets, pixels 0..255 (batch, height, width, channels).
            y_pred: result of `call`.
            sample_weight: not used.
            training: whether `y_pred` is that of training, in [-1, 1].

        Returns:
            A scalar.
        """
        source, target = to_signed(x), to_signed(y)
        generated = y_pred if training else to_signed(y_pred)
        distance: Any = ops.mean(ops.abs(target - generated))
        self.parts["l1"].update_state(distance)
        self._evaluates = not training
        if not training:
            self.patches.update_state(_patches(target), _patches(generated))
        loss = self.l1_weight * distance
        if not self.adversarial_weight:
            return loss
        losses, net = ADVERSARIAL_LOSSES[self.adversarial_loss], self.discriminator
        on_real = net([target, source], training=training)
        # A constant: trains the discriminator, not the generator.
        on_fake = net([ops.stop_gradient(generated), source], training=training)
        discriminator_loss = losses.discriminator(on_real, on_fake) / 2.0
        # The frozen pass trains the generator, not the discriminator.
        generator_loss = losses.generator(apply_frozen(net, [generated, source], training))
        self.parts["discriminator_loss"].update_state(discriminator_loss)
        self.parts["generator_loss"].update_state(generator_loss)
        self.parts["generator_win_rate"].update_state(generator_win_rate(on_real, on_fake))
        return loss + discriminator_loss + self.adversarial_weight * generator_loss

    def get_metrics_result(self) -> dict[str, Any]:
        """Returns all metrics; the patches' distance in validation and test only."""
        hidden = () if self._evaluates else (self.patches.name,)
        return {m.name: m.result() for m in self.metrics if m.name not in hidden}


def _patches(images: keras.KerasTensor) -> Any:
    """Non-overlapping patches, (patches, 4·4·channels); the rest at the borders is cropped."""
    rows, columns, channels = (int(size) for size in images.shape[1:])
    rows, columns = rows // PATCH, columns // PATCH
    cropped = images[:, : rows * PATCH, : columns * PATCH]
    parts = ops.reshape(cropped, (-1, rows, PATCH, columns, PATCH, channels))
    return ops.reshape(ops.transpose(parts, (0, 1, 3, 2, 4, 5)), (-1, PATCH * PATCH * channels))
