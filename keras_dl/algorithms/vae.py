"""Variational autoencoders: evidence lower bound, importance-sampled likelihood, samples."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms._composed_model import ScaledModel
from keras_dl.algorithms._latent_densities import (
    importance_sampled,
    kl_from_standard_normal,
    log_density,
    most_probable,
)
from keras_dl.utils.checks import check_choice, check_count, check_nonnegative, check_positive

__all__ = ["VAE"]

LIKELIHOODS = ("bernoulli", "gaussian")
# Log variances are clipped to ± this, as exp would overflow in the first steps.
LARGEST_LOG_VARIANCE = 10.0


@keras.saving.register_keras_serializable("keras_dl")
class VAE(ScaledModel):
    """An encoder q(z|x) and a decoder p(x|z) with the prior N(0, I), trained by a lower bound.

    The loss is −E_q[log p(x|z)] + β·KL(q(z|x) ‖ N(0, I)), with one draw of z per example, summed
    over pixels and latent variables and averaged over the batch, in nats. Reported are
    `elbo` = E_q[log p(x|z)] − KL, whatever β is, and its parts `log_likelihood_given_latent` and
    `kl`. log p(x|z) is

    * "bernoulli": Σ x·log π + (1 − x)·log(1 − π), x in [0, 1];
    * "gaussian": −‖x − x̂‖²/(2σ²) − D/2·log(2πσ²). With σ² = 1, half the squared error and the
      constant 919 nats per 1,000 pixels; ‖x − x̂‖² + KL is the bound with σ² = ½, but for its
      constant.

    A conditional model is one of p(x|y): its networks take one-hot labels, too. Where the label is
    unknown, as in `call`, it takes the one with the largest bound at z = the mean of q(z|x, y).
    `compile` takes an optimizer and no loss.

    Args:
        scaling: layer from raw examples to floats, in [0, 1] for "bernoulli".
        encoder: from scaled examples, or these and labels, to {"mean", "log_variance"}, such as
            `keras_dl.models.vae_encoder`.
        decoder: from latent variables, or these and labels, to logits or means in the shape of an
            example.
        likelihood: "bernoulli" or "gaussian".
        variance: σ² of "gaussian", above 0.
        beta: β, 0 or more; 1 makes the loss the negative bound.
        binarise: whether an example is replaced by a draw of 0 and 1 with its values as
            probabilities, anew in each step; the bound is then that of binary data.
        seed: of the draws; None draws one.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if a number is not one.
        ValueError: if a number is out of range, `likelihood` unknown, one network takes labels and
            the other does not, or `binarise` is wanted of a normal distribution.

    Reference:
        Kingma and Welling, 2014, Auto-Encoding Variational Bayes, arXiv:1312.6114, eq. 10. Higgins
        et al., 2017, beta-VAE, ICLR, eq. 4. Sohn, Lee and Yan, 2015, Learning Structured Output
        Representation using Deep Conditional Generative Models, NIPS, with N(0, I) for p(z|y).
        Burda, Grosse and Salakhutdinov, 2016, Importance Weighted Autoencoders, arXiv:1509.00519,
        eq. 8, for `log_likelihood`.
    """

    reusable_step = True
    components = ("scaling", "encoder", "decoder")
    arguments = ("likelihood", "variance", "beta", "binarise", "seed")

    def __init__(
        self,
        scaling: keras.layers.Layer,
        encoder: keras.Model,
        decoder: keras.Model,
        *,
        likelihood: str = "bernoulli",
        variance: float = 1.0,
        beta: float = 1.0,
        binarise: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        check_choice("likelihood", likelihood, LIKELIHOODS)
        check_positive("variance", variance, "it is that of the decoder's normal distribution")
        check_nonnegative("beta", beta, "it multiplies the KL divergence")
        if binarise and likelihood == "gaussian":
            raise ValueError(
                "`binarise` must be False for a normal distribution of the pixels. "
                "Received: binarise=True, likelihood='gaussian'"
            )
        if len(encoder.inputs) != len(decoder.inputs):
            raise ValueError(
                "`encoder` and `decoder` must both take labels, or neither. "
                f"Received: {len(encoder.inputs)} and {len(decoder.inputs)} inputs"
            )
        super().__init__(**kwargs)
        self.scaling, self.encoder, self.decoder = scaling, encoder, decoder
        self.likelihood, self.variance, self.beta = likelihood, float(variance), float(beta)
        self.binarise, self.seed = bool(binarise), seed
        self.num_classes = int(encoder.inputs[1].shape[-1]) if len(encoder.inputs) > 1 else 0
        self.latent_dim = int(decoder.inputs[0].shape[-1])
        # Two streams, so that draws in validation do not change the training.
        self.noise = keras.random.SeedGenerator(seed)
        self.test_noise = keras.random.SeedGenerator(seed)
        names = ("elbo", "log_likelihood_given_latent", "kl")
        self.parts = {name: keras.metrics.Mean(name) for name in names}
        self.build(encoder.inputs[0].shape)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Encodes raw examples and reconstructs them from the mean of q(z|x).

        Args:
            inputs: raw examples (batch, …).
            training: whether to return only the scaled examples; `compute_loss` does the rest.

        Returns:
            {"code": means (batch, latent), "reconstruction": means of p(x|z) (batch, …), scaled as
            the encoder's inputs}, of a conditional model for the most probable label, with
            "logits": log p(x|y), (batch, classes), as estimated above.
        """
        x = self.scaling(inputs)
        if training:
            return {"scaled": x}
        if self.num_classes:
            return most_probable(self, x)
        mean = self.encode(x, [])[0]
        return {"code": mean, "reconstruction": self.means(self.decode(mean, []))}

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes −E_q[log p(x|z)] + β·KL.

        compute_loss and not a loss, because inputs, labels and both networks enter it.

        Args:
            x: raw examples, (batch, …).
            y: class numbers (batch,), used by conditional networks only.
            y_pred: not used.
            sample_weight: weights of the examples (batch,), or None.
            training: whether the draws are those of training.

        Returns:
            A scalar.
        """
        seed = self.noise if training else self.test_noise
        target, labels = self.scaling(x), self.one_hot(y)
        if self.binarise:
            uniform: Any = keras.random.uniform(ops.shape(target), seed=seed)
            target = ops.cast(uniform < target, target.dtype)
        mean, log_variance = self.encode(target, labels, training)
        noise: Any = keras.random.normal(ops.shape(mean), seed=seed)
        latent = mean + ops.exp(0.5 * log_variance) * noise
        decoded = self.decode(latent, labels, training)
        given: Any = log_density(self.likelihood, self.variance, target, decoded)
        divergence: Any = ops.sum(kl_from_standard_normal(mean, log_variance), axis=-1)
        for name, values in zip(self.parts, (given - divergence, given, divergence), strict=True):
            self.parts[name].update_state(values, sample_weight)
        losses: Any = self.beta * divergence - given
        return ops.mean(losses if sample_weight is None else losses * sample_weight)

    def log_likelihood(
        self, x: np.ndarray, y: np.ndarray | None = None, *, samples: int = 100, seed: int = 0
    ) -> np.ndarray:
        """Importance-sampled log p(x): log of the mean of p(x|z)·p(z)/q(z|x) over draws of q.

        A lower bound in expectation, tighter with more samples; with one it is the ELBO. Data that
        are binarised are so once, by `seed`.

        Args:
            x: raw examples (n, …).
            y: class numbers (n,) of a conditional model, whose log p(x|y) it is.
            samples: k, draws for each example.
            seed: of the draws, the same on all backends.

        Returns:
            (n,) float64, nats per example.

        Raises:
            TypeError, ValueError: if `samples` is not an integer of at least 1.
        """
        check_count("samples", samples, "it is the number of draws for each example")
        return importance_sampled(self, x, y, samples, seed)

    def sample(
        self, count: int, *, labels: np.ndarray | list[int] | None = None, seed: int = 0
    ) -> np.ndarray:
        """Means of p(x|z) for draws of z from the prior.

        Args:
            count: number of examples.
            labels: class numbers (count,) of a conditional model; None: each in turn.
            seed: of the draws.

        Returns:
            (count, …) float32, scaled as the encoder's inputs.
        """
        latent = np.random.default_rng(seed).normal(size=(count, self.latent_dim))
        return self.decoded_means(latent, labels)

    def decoded_means(self, latent: np.ndarray, labels: Any = None) -> np.ndarray:
        """Means of p(x|z) of latent variables (n, latent), in the form of `sample`."""
        if labels is None:
            labels = np.arange(len(latent)) % max(self.num_classes, 1)
        parts: list[Any] = []
        for i in range(0, len(latent), 256):
            z = ops.convert_to_tensor(np.asarray(latent[i : i + 256], "float32"))
            means = self.means(self.decode(z, self.one_hot(labels[i : i + 256])))
            parts.append(ops.convert_to_numpy(means))
        return np.concatenate(parts)

    def encode(self, x: Any, labels: list[Any], training: bool = False) -> tuple[Any, Any]:
        """Mean and log variance of q(z|x), (batch, latent); labels as `one_hot` returns them."""
        found: Any = self.encoder([x, *labels] if labels else x, training=training)
        limit = LARGEST_LOG_VARIANCE
        return found["mean"], ops.clip(found["log_variance"], -limit, limit)

    def decode(self, latent: Any, labels: list[Any], training: bool = False) -> Any:
        """Outputs of the decoder, logits or means; labels as `one_hot` returns them."""
        return self.decoder([latent, *labels] if labels else latent, training=training)

    def means(self, decoded: Any) -> Any:
        """Means of p(x|z) of the decoder's outputs."""
        return ops.sigmoid(decoded) if self.likelihood == "bernoulli" else decoded

    def one_hot(self, y: Any) -> list[Any]:
        """One-hot labels (batch, classes) in a list; an empty list without labels."""
        if not self.num_classes:
            return []
        numbers = ops.reshape(ops.cast(ops.convert_to_tensor(y), "int32"), (-1,))
        return [ops.one_hot(numbers, self.num_classes)]
