"""Generative adversarial networks, trained in one loss and one `fit`."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms._adversarial import (
    apply_frozen,
    assign_optimizers,
    check_adversarial_loss,
    check_ema_momentum,
    check_labels,
    check_weight,
    generator_win_rate,
    gradient_penalty,
    num_examples,
    r1_penalty,
    to_pixels,
    to_signed,
    unwrap_single,
    update_ema,
    update_schedule,
)
from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.algorithms._feature_metrics import (
    FeatureExtractor,
    feature_metrics,
    update_feature_metrics,
)
from keras_dl.algorithms._frozen_copy import frozen_copy
from keras_dl.algorithms._sample_monitor import SampleMonitor
from keras_dl.algorithms.adversarial_losses import ADVERSARIAL_LOSSES

__all__ = ["GAN"]

MONITORED = 16  # images recorded after each epoch; of conditional nets one per class, at most 16


@keras.saving.register_keras_serializable("keras_dl")
class GAN(ComposedModel):
    """A generator and a discriminator trained against each other, in one loss and one `fit`.

    The loss is the sum of the discriminator's loss, in which generated images are constants, and
    the generator's loss, in which the discriminator's weights are constants. The gradient of the
    sum is therefore, for each network, that of its loss. Both losses are computed at the same
    weights and on the same noise; algorithm 1 of the paper alternates and draws new noise for the
    generator.

    In a step that does not update a network, its loss has weight 0 and `PlayerOptimizer` leaves
    its weights unchanged; its gradients are computed nonetheless.

    Calling the model on a batch of images generates a batch of the same size, as pixels 0..255;
    the content of the input images is not used. The trained generator is `generator` or
    `ema_generator`.

    Reports both losses and `generator_win_rate`, the share of generated images with a larger logit
    than the real image at the same index of the batch, 1/2 when the discriminator cannot tell them
    apart. With a `feature_extractor`, validation and test report the Fréchet distance `lenet_fid`
    between features of the split's images and of as many generated ones, and for conditional
    networks `label_accuracy`: the share of generated images that the extractor assigns to the
    requested class. The callback `sample_monitor` records images and gradient norms of each epoch;
    the task "generation" adds it to a training.

    Args:
        generator: from noise (batch, latent), or from that and one-hot labels (batch, classes), to
            images (batch, height, width, channels) in [-1, 1].
        discriminator: from images, or from these and one-hot labels, to logits (batch, …, 1).
        adversarial_loss: name of a pair of losses in `keras_dl.algorithms.ADVERSARIAL_LOSSES`.
        discriminator_steps: updates of the discriminator in a cycle of as many steps as the larger
            of both numbers; each step has its own batch.
        generator_steps: updates of the generator in a cycle.
        gradient_penalty: λ of λ·E[(‖∇D(x̂)‖ - 1)²], x̂ between a real and a generated image.
        r1: γ of γ/2·E[‖∇D(x)‖²], x the real images.
        ema_momentum: momentum of a moving average of the generator's weights, which then generates
            the images in validation and test; None for no average.
        feature_extractor: from pixels 0..255 to a dict of "features" (batch, dim) and "logits"
            (batch, classes), such as `keras_dl.metrics.feature_extractor` returns. It is not saved.
        seed: of the noise; None draws one.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if a number has another type, or, when compiled, the optimizer is not a
            `PlayerOptimizer`.
        ValueError: if a number is out of range, `adversarial_loss` unknown, or one of the nets
            takes labels and the other does not.

    Reference:
        Goodfellow et al., 2014, Generative Adversarial Nets, arXiv:1406.2661. Mirza and Osindero,
        2014, Conditional Generative Adversarial Nets, arXiv:1411.1784. Gulrajani et al., 2017,
        Improved Training of Wasserstein GANs, arXiv:1704.00028, eq. 3. Mescheder et al., 2018,
        Which Training Methods for GANs do actually Converge?, arXiv:1801.04406, eq. 9 (R1).
        Yazıcı et al., 2019, The Unusual Effectiveness of Averaging in GAN Training,
        arXiv:1806.04498.
    """

    reusable_step = True
    training_state = ("sample_monitor",)
    components = ("generator", "discriminator")
    arguments = (
        "adversarial_loss",
        "discriminator_steps",
        "generator_steps",
        "gradient_penalty",
        "r1",
        "ema_momentum",
        "seed",
    )

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        *,
        adversarial_loss: str = "non_saturating",
        discriminator_steps: int = 1,
        generator_steps: int = 1,
        gradient_penalty: float = 0.0,
        r1: float = 0.0,
        ema_momentum: float | None = None,
        feature_extractor: keras.Model | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        check_adversarial_loss(adversarial_loss, discriminator_steps, generator_steps)
        check_weight("gradient_penalty", gradient_penalty)
        check_weight("r1", r1)
        check_ema_momentum(ema_momentum)
        check_labels(generator, discriminator)
        super().__init__(**kwargs)
        self.generator, self.discriminator = generator, discriminator
        self.adversarial_loss = adversarial_loss
        self.gradient_penalty, self.r1 = float(gradient_penalty), float(r1)
        self.discriminator_steps, self.generator_steps = discriminator_steps, generator_steps
        self.num_classes = int(generator.inputs[1].shape[-1]) if len(generator.inputs) > 1 else 0
        self.latent_dim = int(generator.inputs[0].shape[-1])
        self.ema_momentum = ema_momentum
        self.ema_generator = None if ema_momentum is None else frozen_copy(generator)
        self.seed = seed
        # Two streams, so that draws in validation do not change the training.
        self.noise = keras.random.SeedGenerator(seed)
        self.test_noise = keras.random.SeedGenerator(seed)
        self.steps_done = self.add_weight(
            shape=(), initializer="zeros", trainable=False, dtype="float32", name="steps_done"
        )
        names = ("discriminator_loss", "generator_loss", "generator_win_rate")
        self.parts = {name: keras.metrics.Mean(name) for name in names}
        self.feature_metrics: dict[str, Any] = {}
        self._extract: FeatureExtractor | None = None
        if feature_extractor is not None:
            labelled = self.num_classes > 0
            self.feature_metrics = feature_metrics(feature_extractor, labelled=labelled)
            # In functions, or Keras would track the extractor's weights as the model's own.
            self._extract = lambda images: feature_extractor(images)
            self._extractor_variables = lambda: feature_extractor.variables
        self._evaluates = False
        count = min(self.num_classes or MONITORED, MONITORED)
        self._fixed_noise = np.random.default_rng(0).normal(size=(count, self.latent_dim))
        self.sample_monitor = SampleMonitor()

    def compile(self, optimizer: keras.Optimizer, **kwargs: Any) -> None:
        """Compiles the model with an optimizer for each network.

        Args:
            optimizer: a `PlayerOptimizer` of the discriminator's optimizer and the generator's.
            **kwargs: others of `keras.Model.compile`; losses and metrics are the model's own.
        """
        may_skip = self.discriminator_steps != self.generator_steps
        assign_optimizers(optimizer, self.discriminator, self.generator, may_skip=may_skip)
        super().compile(optimizer, **kwargs)

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles from the result of `get_compile_config` and builds the optimizer's slots."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> Any:
        """Generates as many images as `inputs` has.

        Args:
            inputs: images (batch, height, width, channels); only their number is used.
            training: whether to return what `compute_loss` needs.

        Returns:
            Pixels 0..255; in training a dict of "image" in [-1, 1] and "labels", a list of one-hot
            labels, which is empty for unconditional networks.
        """
        seed = self.noise if training else self.test_noise
        count = num_examples(inputs)
        parts: list[Any] = [keras.random.normal((count, self.latent_dim), seed=seed)]
        if self.num_classes:
            labels: Any = keras.random.randint((count,), 0, self.num_classes, seed=seed)
            parts.append(ops.one_hot(labels, self.num_classes))
        if not training:
            return to_pixels(self._generate(parts))
        return {"image": self.generator(unwrap_single(parts), training=True), "labels": parts[1:]}

    def sample(
        self, count: int, *, labels: np.ndarray | list[int] | None = None, seed: int = 0
    ) -> np.ndarray:
        """Generates new images.

        Args:
            count: number of images.
            labels: class numbers (count,) of a conditional generator; None: each in turn.
            seed: of the noise.

        Returns:
            (count, height, width, channels) uint8.
        """
        noise = np.random.default_rng(seed).normal(size=(count, self.latent_dim))
        return self.images(noise, labels)

    def images(self, noise: np.ndarray, labels: np.ndarray | list[int] | None = None) -> np.ndarray:
        """Generates the images of a noise array (count, latent), in the form of `sample`."""
        parts: list[np.ndarray] = [noise.astype("float32")]
        if self.num_classes:
            labels = np.arange(len(noise)) % self.num_classes if labels is None else labels
            parts.append(np.eye(self.num_classes, dtype="float32")[labels])
        pixels: Any = [
            ops.convert_to_numpy(to_pixels(self._generate([part[i : i + 256] for part in parts])))
            for i in range(0, len(noise), 256)
        ]
        return np.rint(np.concatenate(pixels)).clip(0, 255).astype(np.uint8)

    def shared_variables(self) -> list[keras.Variable]:
        """Returns the variables of the feature extractor."""
        return [] if self._extract is None else self._extractor_variables()

    def snapshot(self) -> np.ndarray:
        """Returns the images that `sample_monitor` records."""
        return self.images(self._fixed_noise)

    def _generate(self, inputs: list[Any]) -> Any:
        net = self.generator if self.ema_generator is None else self.ema_generator
        return net(unwrap_single(inputs), training=False)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: keras.KerasTensor | None = None,
        training: bool = True,
    ) -> Any:
        """Computes the sum of both losses, in training with the discriminator's penalties.

        compute_loss and not a loss, because the networks and the real images are needed.

        Args:
            x: real images, pixels 0..255 (batch, height, width, channels).
            y: class numbers (batch,), used by conditional networks only.
            y_pred: result of `call`.
            sample_weight: not used.
            training: whether `y_pred` is that of training.

        Returns:
            A scalar.
        """
        real, labels = to_signed(x), self._one_hot(y)
        if training:
            fake, fake_labels = y_pred["image"], y_pred["labels"]
        else:
            fake_labels = labels
            fake = self._evaluated(x, labels, y_pred)
        net, losses = self.discriminator, ADVERSARIAL_LOSSES[self.adversarial_loss]
        on_real = net(unwrap_single([real, *labels]), training=training)
        constant: Any = ops.stop_gradient(fake)  # trains the discriminator, not the generator
        on_fake = net(unwrap_single([constant, *fake_labels]), training=training)
        discriminator_loss = losses.discriminator(on_real, on_fake)
        # The frozen pass trains the generator, not the discriminator.
        generator_loss = losses.generator(
            apply_frozen(net, unwrap_single([fake, *fake_labels]), training)
        )
        self.parts["discriminator_loss"].update_state(discriminator_loss)
        self.parts["generator_loss"].update_state(generator_loss)
        self.parts["generator_win_rate"].update_state(generator_win_rate(on_real, on_fake))
        self._evaluates = not training
        if not training:
            return discriminator_loss + generator_loss
        if self.gradient_penalty:
            penalty = gradient_penalty(net, real, constant, labels, self.noise)
            discriminator_loss = discriminator_loss + self.gradient_penalty * penalty
        if self.r1:
            penalty = r1_penalty(net, real, labels)
            discriminator_loss = discriminator_loss + self.r1 / 2.0 * penalty
        return self._scheduled(discriminator_loss, generator_loss)

    def _scheduled(
        self, discriminator_loss: keras.KerasTensor, generator_loss: keras.KerasTensor
    ) -> Any:
        """Sum of the losses of the networks that this step updates; counts the step."""
        first, second = update_schedule(
            self.steps_done.value, self.discriminator_steps, self.generator_steps
        )
        self.steps_done.assign_add(1.0)
        if self.ema_generator is not None and self.ema_momentum is not None:
            update_ema(self.ema_generator, self.generator, self.ema_momentum)
        return first * discriminator_loss + second * generator_loss

    def _one_hot(self, y: Any) -> list[Any]:
        """One-hot labels (batch, classes) for conditional networks, or an empty list."""
        if not self.num_classes:
            return []
        numbers = ops.reshape(ops.cast(ops.convert_to_tensor(y), "int32"), (-1,))
        return [ops.one_hot(numbers, self.num_classes)]

    def _evaluated(self, x: Any, labels: list[Any], pixels: Any) -> Any:
        """Images in [-1, 1] generated for validation, after the update of the feature metrics."""
        if self.num_classes:
            count = num_examples(x)
            noise = keras.random.normal((count, self.latent_dim), seed=self.test_noise)
            pixels = to_pixels(self._generate([noise, *labels]))
        if self._extract is not None:
            update_feature_metrics(self.feature_metrics, self._extract, x, pixels, labels)
        return to_signed(pixels)

    def get_metrics_result(self) -> dict[str, Any]:
        """Returns all metrics; those of the feature extractor in validation and test only."""
        hidden = () if self._evaluates else tuple(self.feature_metrics)
        return {m.name: m.result() for m in self.metrics if m.name not in hidden}
