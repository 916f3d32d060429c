"""Generative adversarial networks: one makes images from noise, one tells them from real ones."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms._adversarial import (
    alone,
    check_average,
    check_game,
    check_labels,
    check_weight,
    follow,
    frozen,
    gradient_penalty_of,
    length,
    r1_penalty_of,
    shared_out,
    to_pixels,
    to_signed,
    turns,
    twin,
    wins,
)
from keras_dl.algorithms._feature_metrics import judged, judgements
from keras_dl.algorithms._sample_monitor import SampleMonitor
from keras_dl.algorithms.adversarial_losses import GAMES

__all__ = ["GAN"]

SHOWN = 16  # images kept of each epoch; of conditional nets one of each class, up to as many


@keras.saving.register_keras_serializable("keras_dl")
class GAN(keras.Model):
    """A generator and a discriminator that learn against each other, in one loss and one `fit`.

    The loss is the discriminator's on real images and on made ones that count as constants, plus
    the generator's, judged by a discriminator whose weights count as constants. So the gradient of
    the sum is, for each player, that of its own loss alone. Both are taken at the same weights and
    on the same noise; algorithm 1 of the paper takes turns and draws anew for the generator.

    A player that rests in a step has its loss weighed by 0, and `PlayerOptimizer` leaves its
    weights alone; its gradients are computed all the same.

    Calling the model on a batch of images gives as many made ones, as pixels 0..255; what the
    images show does not matter. After training, `generator` (or `average`) is the net to keep.

    Reported are, beside both losses, `generator_wins`: the share of made images that the
    discriminator finds more real than the real one beside it, 1/2 when it cannot tell; and each
    player's gradient norm, see `SampleMonitor`. With a `judge`, validation and test report the Fréchet
    distance `lenet_fid` between the judge's features of the split's images and of as many made
    ones, and for conditional nets `label_accuracy`: how often the judge sees the class asked for.

    Args:
        generator: from noise (batch, latent), or from that and one-hot labels (batch, classes), to
            images (batch, height, width, channels) in [-1, 1].
        discriminator: from images, or from these and one-hot labels, to logits (batch, …, 1).
        game: losses, a name of `keras_dl.algorithms.GAMES`.
        discriminator_steps: how often the discriminator learns in a cycle of as many steps as the
            busier player takes; each step has its own batch.
        generator_steps: how often the generator does.
        gradient_penalty: λ of λ·E[(‖∇D(x̂)‖ - 1)²], x̂ between a real and a made image.
        r1: γ of γ/2·E[‖∇D(x)‖²], x the real images.
        average: momentum of a running mean of the generator's weights, which then makes the images
            in validation and test; None for none.
        judge: from pixels 0..255 to a dict of "features" (batch, dim) and "logits"
            (batch, classes), as `keras_dl.metrics.feature_net` makes it. It is not saved.
        seed: of the noise; None draws one.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if a number has another type, or, when compiled, the optimizer is not a
            `PlayerOptimizer`.
        ValueError: if a number is out of range, `game` unknown, or one of the nets takes labels
            and the other does not.

    Reference:
        Goodfellow et al., 2014, Generative Adversarial Nets, arXiv:1406.2661. Mirza and Osindero,
        2014, Conditional Generative Adversarial Nets, arXiv:1411.1784. Gulrajani et al., 2017,
        Improved Training of Wasserstein GANs, arXiv:1704.00028, eq. 3. Mescheder et al., 2018,
        Which Training Methods for GANs do actually Converge?, arXiv:1801.04406, eq. 9 (R1).
        Yazıcı et al., 2019, The Unusual Effectiveness of Averaging in GAN Training,
        arXiv:1806.04498.
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        *,
        game: str = "non_saturating",
        discriminator_steps: int = 1,
        generator_steps: int = 1,
        gradient_penalty: float = 0.0,
        r1: float = 0.0,
        average: float | None = None,
        judge: Callable[[Any], Any] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        check_game(game, discriminator_steps, generator_steps)
        check_weight("gradient_penalty", gradient_penalty)
        check_weight("r1", r1)
        check_average(average)
        check_labels(generator, discriminator)
        super().__init__(**kwargs)
        self.generator, self.discriminator = generator, discriminator
        self.game, self.gradient_penalty, self.r1 = game, float(gradient_penalty), float(r1)
        self.discriminator_steps, self.generator_steps = discriminator_steps, generator_steps
        self.num_classes = int(generator.inputs[1].shape[-1]) if len(generator.inputs) > 1 else 0
        self._momentum = average
        self.average = None if average is None else twin(generator)
        self.seed = seed
        # Two streams, so that what is drawn in validation does not change the training.
        self.noise = keras.random.SeedGenerator(seed)
        self.test_noise = keras.random.SeedGenerator(seed)
        self.steps_done = self.add_weight(
            shape=(), initializer="zeros", trainable=False, dtype="float32", name="steps_done"
        )
        names = ("discriminator_loss", "generator_loss", "generator_wins")
        self.parts = {name: keras.metrics.Mean(name) for name in names}
        self.judged = {} if judge is None else judgements(judge, labelled=self.num_classes > 0)
        # In a function, or Keras would take the judge's weights for the model's own.
        self._judge = None if judge is None else lambda images: judge(images)
        self._evaluates = False
        random = np.random.default_rng(0)
        shown = min(self.num_classes or SHOWN, SHOWN)
        self._fixed = random.normal(size=(shown, int(generator.inputs[0].shape[-1])))
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
        rests = self.discriminator_steps != self.generator_steps
        shared_out(optimizer, self.discriminator, self.generator, may_rest=rests)
        super().compile(optimizer, **kwargs)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as `get_compile_config` says, and make the optimizer's slots."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    def fit(self, *args: Any, callbacks: Any = None, **kwargs: Any) -> Any:
        """As Keras fits; `watch` keeps images of each epoch and both gradients' norms."""
        return super().fit(*args, callbacks=[self.watch, *(callbacks or [])], **kwargs)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """As many images as `inputs` has: pixels; while training in [-1, 1], with their labels."""
        seed = self.noise if training else self.test_noise
        count = length(inputs)
        parts: list[Any] = [keras.random.normal((count, self._fixed.shape[1]), seed=seed)]
        if self.num_classes:
            drawn: Any = keras.random.randint((count,), 0, self.num_classes, seed=seed)
            parts.append(ops.one_hot(drawn, self.num_classes))
        if not training:
            return to_pixels(self._made(parts))
        return {"image": self.generator(alone(parts), training=True), "labels": parts[1:]}

    def sample(self, count: int, *, labels: Any = None, seed: int = 0) -> np.ndarray:
        """New images.

        Args:
            count: how many.
            labels: class numbers (count,) of a conditional generator; None: each in turn.
            seed: of the noise.

        Returns:
            (count, height, width, channels) uint8.
        """
        noise = np.random.default_rng(seed).normal(size=(count, self._fixed.shape[1]))
        return self.images(noise, labels)

    def images(self, noise: np.ndarray, labels: Any = None) -> np.ndarray:
        """The images of given noise (count, latent), as `sample` gives them."""
        parts: list[np.ndarray] = [noise.astype("float32")]
        if self.num_classes:
            labels = np.arange(len(noise)) % self.num_classes if labels is None else labels
            parts.append(np.eye(self.num_classes, dtype="float32")[labels])
        pixels: Any = [
            ops.convert_to_numpy(to_pixels(self._made([part[i : i + 256] for part in parts])))
            for i in range(0, len(noise), 256)
        ]
        return np.rint(np.concatenate(pixels)).clip(0, 255).astype(np.uint8)

    def _made(self, parts: list[Any]) -> Any:
        net = self.generator if self.average is None else self.average
        return net(alone(parts), training=False)

    def _snapshot(self) -> np.ndarray:
        return self.images(self._fixed)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Both players' losses, and the discriminator's penalties while training.

        compute_loss and not a loss, because the nets and the real images are needed.
        """
        real, label = to_signed(x), self._one_hot(y)
        if training:
            fake, asked = y_pred["image"], y_pred["labels"]
        else:
            asked = label
            fake = self._evaluated(x, label, y_pred)
        net, game = self.discriminator, GAMES[self.game]
        on_real = net(alone([real, *label]), training=training)
        constant = ops.stop_gradient(fake)  # the discriminator learns, the generator does not
        on_fake = net(alone([constant, *asked]), training=training)
        against = game.discriminator(on_real, on_fake)
        # Here the generator learns, and the discriminator does not.
        made = game.generator(frozen(net, alone([fake, *asked]), training))
        self.parts["discriminator_loss"].update_state(against)
        self.parts["generator_loss"].update_state(made)
        self.parts["generator_wins"].update_state(wins(on_real, on_fake))
        self._evaluates = not training
        if not training:
            return against + made
        if self.gradient_penalty:
            gap = gradient_penalty_of(net, real, constant, label, self.noise)
            against = against + self.gradient_penalty * gap
        if self.r1:
            against = against + self.r1 / 2.0 * r1_penalty_of(net, real, label)
        first, second = turns(self.steps_done.value, self.discriminator_steps, self.generator_steps)
        self.steps_done.assign_add(1.0)
        if self.average is not None and self._momentum is not None:
            follow(self.average, self.generator, self._momentum)
        return first * against + second * made

    def _one_hot(self, y: Any) -> list[Any]:
        """The labels, for nets that take them."""
        if not self.num_classes:
            return []
        numbers = ops.reshape(ops.cast(ops.convert_to_tensor(y), "int32"), (-1,))
        return [ops.one_hot(numbers, self.num_classes)]

    def _evaluated(self, x: Any, label: list[Any], pixels: Any) -> Any:
        """Images made for validation, in [-1, 1], looked at by the judge."""
        if self.num_classes:
            noise = keras.random.normal((length(x), self._fixed.shape[1]), seed=self.test_noise)
            pixels = to_pixels(self._made([noise, *label]))
        if self._judge is not None:
            judged(self._judge, self.judged, x, pixels, label)
        return to_signed(pixels)

    def get_metrics_result(self) -> dict[str, Any]:
        """All metrics; those of the judge in validation and test only."""
        hidden = () if self._evaluates else tuple(self.judged)
        return {m.name: m.result() for m in self.metrics if m.name not in hidden}

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, without the judge."""
        parts = {"generator": self.generator, "discriminator": self.discriminator}
        saved = {k: keras.saving.serialize_keras_object(v) for k, v in parts.items()}
        names = ("game", "discriminator_steps", "generator_steps", "gradient_penalty", "r1", "seed")
        own = {name: getattr(self, name) for name in names}
        return {
            **super().get_config(),
            **saved,
            **own,
            "average": None if self.average is None else self._momentum,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "GAN":
        """Make a model from what `get_config` gave."""
        for part in ("generator", "discriminator"):
            config[part] = keras.saving.deserialize_keras_object(config[part], custom_objects)
        return cls(**config)
