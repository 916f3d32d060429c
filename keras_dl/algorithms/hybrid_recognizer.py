"""A network that estimates the states of a hidden Markov model, and the model around it."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.algorithms.viterbi import Chain, force_align, transcripts, viterbi, word_loop
from keras_dl.utils.checks import check_count

__all__ = ["HybridRecognizer"]


@keras.saving.register_keras_serializable("keras_dl")
class HybridRecognizer(ComposedModel):
    """A frame classifier with the priors and transitions of its states.

    The likelihood of a frame is the network's posterior over the state's prior, up to a constant.

    Args:
        net: (batch, frames, bands) to logits (batch, frames, 1 + words·states).
        words: number of words.
        states: states of a word, passed from first to last; state 0 is silence.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Reference:
        Bourlard and Morgan, 1994, Connectionist Speech Recognition: A Hybrid Approach, chapter 7.
    """

    components = ("net",)
    arguments = ("words", "states")

    def __init__(self, net: keras.Model, *, words: int, states: int, **kwargs: Any) -> None:
        check_count("words", words, "it is the number of words")
        # One state would not tell a repeated word from a long one.
        check_count("states", states, "it is the number of states of a word", least=2)
        super().__init__(**kwargs)
        self.net, self.words, self.states = net, words, states
        size = 1 + words * states
        self.log_prior = self.add_weight((size,), "zeros", trainable=False, name="log_prior")
        self.log_transitions = self.add_weight(
            (size, size), "zeros", trainable=False, name="log_transitions"
        )
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Computes logits of the states by frame."""
        return self.net(inputs, training=training)

    def estimate(self, alignment: np.ndarray) -> None:
        """Sets priors and transitions to the frequencies of an alignment.

        Args:
            alignment: state of each frame, (n, frames); -1 in the padding.
        """
        size = 1 + self.words * self.states
        counts = np.bincount(alignment[alignment >= 0], minlength=size) + 1.0
        self.log_prior.assign(np.log(counts / counts.sum()))
        self.log_transitions.assign(word_loop(alignment, self.words, self.states).transitions)

    def decode(self, logits: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Returns the most probable states of any words, (n, frames); -1 in the padding.

        Args:
            logits: of the network, (n, frames, states of all words).
            lengths: frames before the padding, (n,).
        """
        return viterbi(self._scores(logits), self._chain(), lengths)

    def align(
        self, logits: np.ndarray, lengths: np.ndarray, labels: list[tuple[int, ...]]
    ) -> np.ndarray:
        """Returns the most probable states of known words, (n, frames); -1 in the padding.

        Args:
            logits: of the network, (n, frames, states of all words).
            lengths: frames before the padding, (n,).
            labels: 1 + number of each word.
        """
        scores, chain = self._scores(logits), self._chain()
        paths = np.full(logits.shape[:2], -1)
        for row, score, length, words in zip(paths, scores, lengths, labels, strict=True):
            numbers = [label - 1 for label in words]
            row[:length] = force_align(score[:length], numbers, chain, self.states)
        return paths

    def words_of(self, paths: np.ndarray) -> list[tuple[int, ...]]:
        """Returns the labels, 1 + word number, of state sequences."""
        return transcripts(paths, self.states)

    def _scores(self, logits: np.ndarray) -> np.ndarray:
        posterior: Any = ops.convert_to_numpy(ops.log_softmax(logits, axis=-1))
        return posterior - ops.convert_to_numpy(self.log_prior)

    def _chain(self) -> Chain:
        loop = word_loop(np.full((1, 2), -1), self.words, self.states)
        return loop._replace(transitions=ops.convert_to_numpy(self.log_transitions))
