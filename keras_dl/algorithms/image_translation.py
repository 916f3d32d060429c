"""Image to image: a generator close to the target, and a discriminator that asks for detail."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms._adversarial import (
    check_game,
    check_weight,
    frozen,
    shared_out,
    to_pixels,
    to_signed,
    wins,
)
from keras_dl.algorithms._sample_monitor import SampleMonitor
from keras_dl.algorithms.adversarial_losses import GAMES
from keras_dl.metrics.frechet_distance import FrechetDistance

__all__ = ["ImageTranslation"]

PATCH = 4  # pixels a side


@keras.saving.register_keras_serializable("keras_dl")
class ImageTranslation(keras.Model):
    """pix2pix: the generator's loss is that of an adversarial game plus λ·|target - made|.

    The discriminator judges images beside their sources. Its loss is halved, as in the paper, to
    slow it down. How two players learn in one loss is said at `GAN`.

    Calling the model on sources gives images, both as pixels 0..255.

    Reported are both losses, `l1` = mean |target - made| in units of [-1, 1], and in validation and
    test `patch_distance`: the Fréchet distance between 4×4 patches of the targets and of the made
    images, in the same units. Blurred images have a small `l1` and, as their patches vary less, a
    large `patch_distance`.

    Args:
        generator: from sources (batch, height, width, channels) in [-1, 1] to images in [-1, 1].
        discriminator: from [images, sources] to logits (batch, …, 1).
        game: losses, a name of `keras_dl.algorithms.GAMES`.
        adversarial: weight of the game in the generator's loss; with 0 nobody plays.
        l1: λ.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if a weight is no number, or, when compiled, the optimizer no `PlayerOptimizer`.
        ValueError: if a weight is negative, both are 0, or `game` is unknown.

    Reference:
        Isola, Zhu, Zhou and Efros, 2017, Image-to-Image Translation with Conditional Adversarial
        Networks, arXiv:1611.07004, eq. 4 and section 3.3.
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        *,
        game: str = "non_saturating",
        adversarial: float = 1.0,
        l1: float = 100.0,
        **kwargs: Any,
    ) -> None:
        check_game(game, 1, 1)
        check_weight("adversarial", adversarial)
        check_weight("l1", l1)
        if not adversarial and not l1:
            raise ValueError(
                "`adversarial` and `l1` must not both be 0; nothing would be learnt. "
                f"Received: adversarial={adversarial}, l1={l1}"
            )
        super().__init__(**kwargs)
        self.generator, self.discriminator = generator, discriminator
        self.game, self.adversarial, self.l1 = game, float(adversarial), float(l1)
        names = ("discriminator_loss", "generator_loss", "generator_wins", "l1")
        shown = names if adversarial else names[-1:]
        self.parts = {name: keras.metrics.Mean(name) for name in shown}
        output: Any = generator.output
        size = PATCH * PATCH * int(output.shape[-1])
        self.patches = FrechetDistance(size, name="patch_distance")
        self._evaluates = False
        self._shown = np.zeros((0, *generator.input_shape[1:]), np.uint8)
        self.watch = SampleMonitor(self._snapshot)

    def build(self, input_shape: Any) -> None:
        """Both nets come built."""
        self.built = True

    def compile(self, optimizer: Any, **kwargs: Any) -> None:
        """As Keras compiles, with an optimizer that has one for each player.

        Args:
            optimizer: a `PlayerOptimizer` of the discriminator's optimizer and the generator's.
            **kwargs: others of `keras.Model.compile`; losses and metrics are the model's own.
        """
        rests = not self.adversarial
        shared_out(optimizer, self.discriminator, self.generator, may_rest=rests)
        super().compile(optimizer, **kwargs)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as `get_compile_config` says, and make the optimizer's slots."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    def fit(self, *args: Any, callbacks: Any = None, **kwargs: Any) -> Any:
        """As Keras fits; `watch` keeps images of each epoch and both gradients' norms."""
        return super().fit(*args, callbacks=[self.watch, *(callbacks or [])], **kwargs)

    def show(self, sources: np.ndarray) -> None:
        """Chooses the sources whose images `watch` keeps: (n, height, width, channels) pixels."""
        self._shown = sources

    def _snapshot(self) -> np.ndarray:
        return self.images(self._shown) if len(self._shown) else self._shown

    def images(self, sources: np.ndarray) -> np.ndarray:
        """What is made of sources (n, height, width, channels): uint8 pixels."""
        made: Any = [
            ops.convert_to_numpy(self(sources[i : i + 32], training=False))
            for i in range(0, len(sources), 32)
        ]
        return np.rint(np.concatenate(made)).clip(0, 255).astype(np.uint8)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Sources to images, pixels; while training to images in [-1, 1]."""
        made = self.generator(to_signed(inputs), training=training)
        return made if training else to_pixels(made)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Both players' losses; `x` are sources and `y` targets, pixels.

        compute_loss and not a loss, because the nets are needed.
        """
        source, target = to_signed(x), to_signed(y)
        made = y_pred if training else to_signed(y_pred)
        distance: Any = ops.mean(ops.abs(target - made))
        self.parts["l1"].update_state(distance)
        self._evaluates = not training
        if not training:
            self.patches.update_state(_patches(target), _patches(made))
        loss = self.l1 * distance
        if not self.adversarial:
            return loss
        game, net = GAMES[self.game], self.discriminator
        on_real = net([target, source], training=training)
        # A constant: the discriminator learns, the generator does not.
        on_made = net([ops.stop_gradient(made), source], training=training)
        against = game.discriminator(on_real, on_made) / 2.0
        # Here the generator learns, and the discriminator does not.
        own = game.generator(frozen(net, [made, source], training))
        self.parts["discriminator_loss"].update_state(against)
        self.parts["generator_loss"].update_state(own)
        self.parts["generator_wins"].update_state(wins(on_real, on_made))
        return loss + against + self.adversarial * own

    def get_metrics_result(self) -> dict[str, Any]:
        """All metrics; the patches' distance in validation and test only."""
        hidden = () if self._evaluates else (self.patches.name,)
        return {m.name: m.result() for m in self.metrics if m.name not in hidden}

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        parts = {"generator": self.generator, "discriminator": self.discriminator}
        saved = {k: keras.saving.serialize_keras_object(v) for k, v in parts.items()}
        own = {"game": self.game, "adversarial": self.adversarial, "l1": self.l1}
        return {**super().get_config(), **saved, **own}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "ImageTranslation":
        """Make a model from what `get_config` gave."""
        for part in ("generator", "discriminator"):
            config[part] = keras.saving.deserialize_keras_object(config[part], custom_objects)
        return cls(**config)


def _patches(images: Any) -> Any:
    """Patches side by side, (patches, 4·4·channels); what is left at the border is cut."""
    rows, columns, channels = (int(size) for size in images.shape[1:])
    rows, columns = rows // PATCH, columns // PATCH
    cut = images[:, : rows * PATCH, : columns * PATCH]
    parts = ops.reshape(cut, (-1, rows, PATCH, columns, PATCH, channels))
    return ops.reshape(ops.transpose(parts, (0, 1, 3, 2, 4, 5)), (-1, PATCH * PATCH * channels))
