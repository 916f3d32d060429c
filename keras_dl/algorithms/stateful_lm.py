"""A recurrent language model whose state goes on from one batch to the next."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.metrics.perplexity import Perplexity
from keras_dl.utils.checks import check_count

__all__ = ["StatefulLanguageModel"]

CHUNK = 500  # tokens of a long text at a time


@keras.saving.register_keras_serializable("keras_dl")
class StatefulLanguageModel(ComposedModel):
    """Trains a recurrent net on streams: example i of a batch continues example i of the last one.

    `fit` and `evaluate` begin each pass over a split with states of 0; gradients end at the
    beginning of a batch. `call` and `predict` begin each example with states of 0. `compile` takes
    an optimizer and no loss: it is the mean cross-entropy of a token.

    Args:
        net: from ids and states to logits and states, see `keras_dl.models.recurrent_lm`.
        streams: examples of every batch of `fit` and `evaluate`.
        carry: whether states go on; False: every batch begins with states of 0.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if `streams` is not an integer.
        ValueError: if it is below 1.

    Reference:
        Zaremba et al., 2014, Recurrent Neural Network Regularization, arXiv:1409.2329, section 4.1.
    """

    reusable_step = True
    components = ("net",)
    arguments = ("streams", "carry")

    def __init__(
        self, net: keras.Model, streams: int, *, carry: bool = True, **kwargs: Any
    ) -> None:
        check_count("streams", streams, "it is the number of examples of a batch")
        super().__init__(**kwargs)
        self.net, self.streams, self.carry = net, int(streams), carry
        self.widths = [int(tensor.shape[-1]) for tensor in net.inputs[1:]]
        self.states = [
            self.add_weight((self.streams, width), "zeros", trainable=False, name=f"state{i}")
            for i, width in enumerate(self.widths)
        ]
        self.perplexity = Perplexity()
        self.build(None)

    @property
    def data_variables(self) -> list[Any]:
        """The states, which are no parameters."""
        return list(self.states)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes logits (batch, time, vocabulary) from states of 0; in training returns the ids.

        `compute_loss` computes the logits of a training step, from the states of the last one.
        """
        return inputs if training else self._net(inputs, self._zeros(inputs), training)[0]

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the mean cross-entropy of a token and moves the states on.

        compute_loss, because `predict` must not depend on the states.

        Args:
            x: ids (streams, time).
            y: ids one token ahead.
            y_pred: not used.
            sample_weight: not used.
            training: whether dropout drops.

        Returns:
            A scalar, in nats.
        """
        x = ops.convert_to_tensor(x)
        # Copies: on torch the variables' own memory is overwritten below, before the gradient.
        carried = [ops.copy(variable) for variable in self.states]
        states = carried if self.carry else self._zeros(x)
        logits, *states = self._net(x, states, training)
        for variable, state in zip(self.states, states, strict=True):
            # The next batch's gradient ends here: truncated back-propagation through time.
            variable.assign(ops.stop_gradient(state))
        losses: Any = keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
        self.perplexity.add(losses)
        return ops.mean(losses)

    def reset_metrics(self) -> None:
        """Resets metrics and states; Keras calls it before each epoch and each evaluation."""
        super().reset_metrics()
        for variable in self.states:
            variable.assign(ops.zeros(variable.shape, variable.dtype))

    def reader(self) -> "_Reader":
        """Returns a function that reads tokens one after the other, from states of 0."""
        return _Reader(self.net, self.widths)

    def stream_losses(self, ids: np.ndarray) -> np.ndarray:
        """Computes the cross-entropy of each token of one text after the first, states carried.

        Args:
            ids: (tokens,), at least two.

        Returns:
            (tokens − 1,) nats.
        """
        states: list[Any] = [ops.zeros((1, width)) for width in self.widths]
        losses = []
        for first in range(0, len(ids) - 1, CHUNK):
            window = np.expand_dims(ids[first : first + CHUNK + 1], 0)
            part: Any = ops.convert_to_tensor(window)
            logits, *states = self.net([part[:, :-1], *states], training=False)
            loss: Any = keras.losses.sparse_categorical_crossentropy(
                part[:, 1:], logits, from_logits=True
            )
            losses.append(np.asarray(ops.convert_to_numpy(loss))[0])
        return np.concatenate(losses)

    def _net(self, ids: Any, states: Sequence[Any], training: bool) -> Any:
        return self.net([ids, *states], training=training)

    def _zeros(self, ids: Any) -> list[Any]:
        shape: Any = ops.shape(ids)
        return [ops.zeros((shape[0], width)) for width in self.widths]


class _Reader:
    def __init__(self, net: keras.Model, widths: Sequence[int]) -> None:
        self._net = net
        self._states = [np.zeros((1, width), "float32") for width in widths]

    def __call__(self, tokens: Sequence[int]) -> np.ndarray:
        logits: Any = None
        for token in tokens:  # one shape for prompts of all lengths, compiled once
            inputs = [np.array([[token]], "int32"), *self._states]
            logits, *self._states = self._net.predict_on_batch(inputs)
        return np.asarray(logits)[0, -1]
