"""Restricted Boltzmann machines: contrastive divergence, free energy, exact likelihood."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms._composed_model import ScaledModel
from keras_dl.utils.checks import check_count

__all__ = ["RBM"]

MOST_ENUMERATED = 20  # units whose states are enumerated, about a million
BLOCK = 1 << 12  # states, or examples, at a time


@keras.saving.register_keras_serializable("keras_dl")
class RBM(ScaledModel):
    """Binary visible and hidden units with the energy E(v, h) = −v·b − h·c − v·W·h.

    p(h|v) = σ(c + vW) is the layer's own function, whose weights are W and c; p(v|h) = σ(b + hWᵀ)
    has the biases b of the model. The loss is mean F(v) − mean F(v⁻) with the free energy
    F(v) = −v·b − Σ log(1 + exp(c + vW)); v are the examples and v⁻, constants for the gradient, end
    Gibbs chains of `steps` steps: from the examples (contrastive divergence, CD-k), or, of
    persistent chains, from where they ended in the training step before (PCD-k). The loss is no
    likelihood and may rise while the model gets better; `mean_squared_error`, reported too, is that
    of v from p(h|v) per visible unit.

    `compile` takes an optimizer and no loss; targets are not used. Numbers between 0 and 1 are
    taken as they are, as probabilities of the visible units; states of chains are 0 and 1.

    Args:
        scaling: layer from raw examples to floats in [0, 1].
        layer: dense with a sigmoid, such as the first hidden layer of a network, which shares its
            weights.
        shape: shape of one example.
        steps: k, Gibbs steps of a training step.
        chains: number of persistent chains; 0: contrastive divergence.
        seed: of the draws; None draws one.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if `steps` or `chains` is not an integer.
        ValueError: if `steps` is below 1, `chains` negative, or the layer has another activation
            than a sigmoid or no biases.

    Reference:
        Hinton, 2002, Training Products of Experts by Minimizing Contrastive Divergence, Neural
        Computation 14, section 5. Tieleman, 2008, Training Restricted Boltzmann Machines using
        Approximations to the Likelihood Gradient, ICML. Hinton, 2010, A Practical Guide to Training
        Restricted Boltzmann Machines, eq. 3, 7, 8 and section 16.1 for the free energy.
    """

    components = ("scaling", "layer")
    arguments = ("shape", "steps", "chains", "seed")

    def __init__(
        self,
        scaling: keras.layers.Layer,
        layer: keras.layers.Dense,
        shape: Sequence[int],
        *,
        steps: int = 1,
        chains: int = 0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        check_count("steps", steps, "it is the number of Gibbs steps of an update")
        check_count("chains", chains, "it is the number of persistent chains", least=0)
        if layer.activation is not keras.activations.sigmoid or not layer.use_bias:
            raise ValueError(
                "`layer` must have a sigmoid and biases: the hidden units are binary. Received: "
                f"activation={layer.activation.__name__}, use_bias={layer.use_bias}"
            )
        super().__init__(**kwargs)
        self.scaling, self.layer, self.shape = scaling, layer, tuple(map(int, shape))
        self.steps, self.chains, self.seed = int(steps), int(chains), seed
        width = math.prod(self.shape)
        if not layer.built:
            layer.build((None, width))
        self.visible_bias = self.add_weight((width,), "zeros", name="visible_bias")
        if chains:
            self.chain = self.add_weight((chains, width), "zeros", trainable=False, name="chain")
        # Two streams, so that draws in validation do not change the training.
        self.noise = keras.random.SeedGenerator(seed)
        self.test_noise = keras.random.SeedGenerator(seed)
        self.error = keras.metrics.Mean("mean_squared_error")
        self.build((None, *self.shape))

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes p(h|v) of raw examples, and p(v|h) of these probabilities.

        Returns:
            {"code": (batch, hidden), "reconstruction": (batch, …), in [0, 1]}.
        """
        hidden = self.hidden(self._flat(self.scaling(inputs)))
        return {
            "code": hidden,
            "reconstruction": ops.reshape(self.visible(hidden), (-1, *self.shape)),
        }

    @property
    def data_variables(self) -> list[Any]:
        """The persistent chains, which are no parameters."""
        return [self.chain] if self.chains else []

    def hidden(self, visible: Any) -> Any:
        """Returns p(h=1|v), (n, hidden), of visible states or probabilities (n, visible)."""
        return ops.sigmoid(self._field(visible))

    def visible(self, hidden: Any) -> Any:
        """Returns p(v=1|h), (n, visible), of hidden states or probabilities (n, hidden)."""
        kernel = ops.convert_to_tensor(self.layer.kernel)
        return ops.sigmoid(ops.matmul(hidden, ops.transpose(kernel)) + self.visible_bias)

    def free_energy(self, visible: Any) -> Any:
        """Returns F(v) = −log Σₕ exp(−E(v, h)), (n,), of visible states (n, visible)."""
        bias: Any = ops.sum(visible * self.visible_bias, axis=-1)
        return -bias - ops.sum(ops.softplus(self._field(visible)), axis=-1)

    def gibbs(self, visible: Any, steps: int, seed: Any) -> Any:
        """Draws hidden and then visible states, `steps` times.

        Args:
            visible: states or probabilities (n, visible) to start from.
            steps: at least 1.
            seed: a `keras.random.SeedGenerator`.

        Returns:
            Visible states (n, visible), 0 and 1.
        """
        for _ in range(steps):
            hidden = self._draw(self.hidden(visible), seed)
            visible = self._draw(self.visible(hidden), seed)
        return visible

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes mean F(v) − mean F(v⁻), whose gradient is that of CD-k or PCD-k.

        compute_loss and not a loss, because inputs and weights enter it.

        Args:
            x: raw examples, (batch, …).
            y: not used.
            y_pred: result of `call`.
            sample_weight: not used.
            training: whether the persistent chains move.

        Returns:
            A scalar.
        """
        data = self._flat(self.scaling(x))
        start = ops.convert_to_tensor(self.chain) if self.chains else data
        # Their own dependence on the weights is not differentiated: that is the approximation.
        model: Any = ops.stop_gradient(
            self.gibbs(start, self.steps, self.noise if training else self.test_noise)
        )
        if self.chains and training:
            self.chain.assign(model)
        squares: Any = ops.square(data - self._flat(y_pred["reconstruction"]))
        self.error.update_state(ops.mean(squares, axis=-1))
        positive: Any = ops.mean(self.free_energy(data))
        return positive - ops.mean(self.free_energy(model))

    def log_partition(self) -> float:
        """Exact log Z = log Σ exp(−E(v, h)), by enumeration of the smaller layer's states.

        Raises:
            ValueError: if both layers have more than 20 units.
        """
        kernel, hidden_bias = (np.asarray(w, np.float64) for w in self.layer.get_weights())
        visible_bias = np.asarray(ops.convert_to_numpy(self.visible_bias), np.float64)
        if kernel.shape[1] > kernel.shape[0]:
            kernel, hidden_bias, visible_bias = kernel.T, visible_bias, hidden_bias
        count = kernel.shape[1]
        if count > MOST_ENUMERATED:
            raise ValueError(
                f"`layer` must have at most {MOST_ENUMERATED} units for an exact likelihood; all "
                f"states are enumerated. Received: {count}"
            )
        total, powers = -np.inf, 1 << np.arange(count)
        for first in range(0, 1 << count, BLOCK):
            numbers = np.arange(first, min(first + BLOCK, 1 << count))
            states = (numbers[:, None] & powers > 0).astype(np.float64)
            other = np.logaddexp(0, visible_bias + states @ kernel.T).sum(axis=1)
            total = np.logaddexp(total, np.logaddexp.reduce(states @ hidden_bias + other))
        return float(total)

    def log_likelihood(self, x: np.ndarray) -> np.ndarray:
        """Exact log p(v) = −F(v) − log Z of raw examples (n, …), in nats (n,).

        Raises:
            ValueError: if both layers have more than 20 units.
        """
        partition = self.log_partition()
        return -self._free_energies(self._states(x)) - partition

    def pseudo_log_likelihood(self, x: np.ndarray, *, seed: int = 0) -> np.ndarray:
        """Estimates Σᵢ log p(vᵢ | the other units) from one unit i drawn for each example.

        Args:
            x: raw examples (n, …); they are rounded to 0 and 1.
            seed: of the units.

        Returns:
            (n,) float64, n·log σ(F(v with vᵢ flipped) − F(v)) with n visible units.

        Reference:
            LISA lab, Deep Learning Tutorials, Restricted Boltzmann Machines, "proxies to
            likelihood".
        """
        states = np.rint(self._states(x))
        flipped, rows = states.copy(), np.arange(len(states))
        units = np.random.default_rng(seed).integers(0, states.shape[1], len(states))
        flipped[rows, units] = 1 - flipped[rows, units]
        gap = self._free_energies(flipped) - self._free_energies(states)
        return -states.shape[1] * np.logaddexp(0, -gap)

    def _states(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(ops.convert_to_numpy(self._flat(self.scaling(x))))

    def _free_energies(self, states: np.ndarray) -> np.ndarray:
        parts: list[Any] = [
            ops.convert_to_numpy(self.free_energy(ops.convert_to_tensor(states[i : i + BLOCK])))
            for i in range(0, len(states), BLOCK)
        ]
        return np.concatenate(parts).astype(np.float64)

    def _field(self, visible: Any) -> Any:
        product: Any = ops.matmul(visible, self.layer.kernel)
        return product + self.layer.bias

    @staticmethod
    def _draw(probabilities: Any, seed: Any) -> Any:
        uniform: Any = keras.random.uniform(ops.shape(probabilities), seed=seed)
        return ops.cast(uniform < probabilities, probabilities.dtype)

    @staticmethod
    def _flat(tensor: Any) -> Any:
        return ops.reshape(ops.cast(tensor, "float32"), (-1, math.prod(tensor.shape[1:])))
