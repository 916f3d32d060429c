"""word2vec by negative sampling, many small steps of plain SGD within one step of `fit`."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_dl.algorithms._context_windows import Stream, stream
from keras_dl.algorithms._counter_random import alias_table, key_of, uniform
from keras_dl.algorithms._negative_sampling import GROUP, block_of, cbow, moved, pulled, skip_gram
from keras_dl.utils.checks import check_choice, check_count, check_positive

__all__ = ["Word2VecLearning"]

ops: Any = keras.ops  # annotated to give None now and then

LEAST_RATE = 1e-4  # share of the learning rate at the end, as in the paper's code
NOISE_POWER = 0.75  # of a word's frequency, in the distribution of negative words


@keras.saving.register_keras_serializable("keras_dl")
class Word2VecLearning(keras.Model):
    """Learns the tables of `keras_dl.models.word2vec` from rows of running text.

    A batch holds text, not pairs. In each step frequent words are dropped by chance, windows are
    drawn, and the words that are left go through the tables block by block: a step of plain SGD
    for each block, on the sum over its pairs of

        -log σ(u·v) - k·E[log σ(-u·v_noise)],

    v of the neighbour (skip_gram) or of the word itself (cbow, where u is the mean of the
    neighbours), noise drawn by frequency to the power of ¾. The expectation is over 32 noise
    words that 32 neighbouring words share, weighted k/32, in place of k words for each pair: in
    expectation the same, and matrix products in place of a product for each pair. A word that a
    block holds more than 8 times, as noise k times as much, takes smaller steps in proportion.

    The rate of a block falls linearly to 10⁻⁴ of itself. The gradient that `fit` gets is what all
    blocks of the batch have changed, with a minus: compile with plain SGD of rate 1. Reported are
    `pair_loss`, the mean over all pairs that an epoch has met, each at the weights that it met, and
    `loss`, the mean of that over the batches. In validation and test nothing is learnt and the
    draws are the same every time. Draws are the same on every backend.

    Args:
        net: as `keras_dl.models.word2vec` builds it.
        counts: how often each word occurs, (words,); None when a saved model is loaded.
        architecture: "skip_gram" or "cbow".
        window: widest reach of a window, in words.
        negative: number k of noise words for each pair.
        subsample: words of a larger share of the text than this are thinned out; None keeps all.
        learning_rate: of the blocks' steps, at the start.
        total_steps: steps of `fit` until the rate has fallen; None keeps it constant.
        block: words in a block, a multiple of 32.
        seed: of the draws.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if a size or a rate is not a number.
        ValueError: if one is out of its range, `architecture` is unknown, or `counts` are not one
            positive number a word.

    Reference:
        Mikolov, Chen, Corrado and Dean, 2013, Efficient Estimation of Word Representations in
        Vector Space, arXiv:1301.3781. Mikolov, Sutskever, Chen, Corrado and Dean, 2013,
        Distributed Representations of Words and Phrases and their Compositionality,
        arXiv:1310.4546, eq. 4. For the gradient of cbow, which their code does not divide by the
        number of neighbours: İrsoy, Benton and Stratos, 2021, Corrected CBOW Performs as well as
        Skip-gram, arXiv:2012.15332.
    """

    def __init__(
        self,
        net: keras.Model,
        counts: Sequence[int] | np.ndarray | None = None,
        *,
        architecture: str = "skip_gram",
        window: int = 5,
        negative: int = 5,
        subsample: float | None = 1e-3,
        learning_rate: float = 0.05,
        total_steps: int | None = None,
        block: int = 256,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        _check(architecture, window, negative, subsample, learning_rate, total_steps, block)
        super().__init__(**kwargs)
        self.net, self.architecture, self.block, self.seed = net, architecture, block, seed
        self.window, self.negative, self.subsample = window, negative, subsample
        self.learning_rate, self.total_steps = learning_rate, total_steps
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.vocabulary = net.get_layer("words").embeddings.shape[0]
        self.keep = self._noted("keep", (self.vocabulary,))
        self.noise_chance = self._noted("noise_chance", (self.vocabulary,))
        self.noise_other = self._noted("noise_other", (self.vocabulary,), "int32")
        self.steps_done = self._noted("steps_done", ())
        if counts is not None:
            self._know(np.asarray(counts, np.float64))
        self.pair_loss = keras.metrics.Mean("pair_loss")
        self.built = True

    def _noted(self, name: str, shape: tuple[int, ...], dtype: str = "float32") -> Any:
        """A variable that nothing is learnt by, saved with the model."""
        return self.add_weight(
            shape=shape, initializer="zeros", trainable=False, dtype=dtype, name=name
        )

    def _know(self, counts: np.ndarray) -> None:
        """Notes what depends on the words' frequencies."""
        if counts.shape != (self.vocabulary,) or not (counts > 0).all():
            raise ValueError(
                f"`counts` must be {self.vocabulary} positive numbers, one a word of the net. "
                f"Received: shape={counts.shape}"
            )
        share = counts / counts.sum()
        rare = np.ones_like(share) if self.subsample is None else self.subsample / share
        self.keep.assign(np.minimum(1.0, np.sqrt(rare) + rare).astype(np.float32))
        chance, other = alias_table(counts**NOISE_POWER)
        self.noise_chance.assign(chance)
        self.noise_other.assign(other)

    def build(self, input_shape: Any) -> None:
        """The net comes built."""
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Give the vectors (…, dim) of word numbers; those below 0 count as word 0."""
        return self.net.get_layer("words")(ops.maximum(inputs, 0))

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The mean loss of a pair, in value; what the blocks changed, in gradient.

        compute_loss and not a loss, because both the text and the tables are needed.
        """
        key = key_of(self.seed_generator.next()) if training else ops.convert_to_tensor(np.int32(1))
        text = stream(x, self.keep.value, key, window=self.window, block=self.block)
        variables = [self.net.get_layer(name).embeddings for name in ("words", "contexts")]
        # The blocks learn by their own hand-written gradients; nothing flows through them.
        before = [ops.stop_gradient(ops.convert_to_tensor(v)) for v in variables]
        after, loss, pairs = self._through(text, before, self._noise(text, key), training)
        mean = loss / ops.maximum(pairs, 1.0)
        self.pair_loss.update_state(mean, sample_weight=pairs)
        if not training:
            return mean
        self.steps_done.assign_add(1.0)
        for variable, old, new in zip(variables, before, after, strict=True):
            mean += pulled(ops.convert_to_tensor(variable), old - new)
        return mean

    def _noise(self, text: Stream, key: Any) -> Any:
        """Noise words for every group of the batch, (groups, 32)."""
        groups = -(-ops.shape(text.words)[0] // GROUP)
        slot = ops.cast(uniform(groups * GROUP, key, 2) * self.vocabulary, "int32")
        slot = ops.minimum(slot, self.vocabulary - 1)  # float32 may round up to the end
        itself = uniform(groups * GROUP, key, 3) < ops.take(self.noise_chance, slot, axis=0)
        words = ops.where(itself, slot, ops.take(self.noise_other, slot, axis=0))
        return ops.reshape(words, (-1, GROUP))

    def _through(
        self, text: Stream, tables: list[Any], noise: Any, training: bool
    ) -> tuple[list[Any], Any, Any]:
        """Takes the text through the tables: changed tables, sum of losses, number of pairs."""
        size, groups = self.block, self.block // GROUP
        blocks = (text.count + size - 1) // size
        steps = skip_gram if self.architecture == "skip_gram" else cbow
        losses = ops.zeros((2 * GROUP + 2 * self.window * (steps is skip_gram),))

        def body(i: Any, *carried: Any) -> tuple[Any, ...]:
            words, contexts, tally, losses, pairs = carried
            drawn = ops.slice(noise, (i * groups, 0), (groups, GROUP))
            part, tally = block_of(
                text,
                drawn,
                i * size,
                size=size,
                window=self.window,
                negative=self.negative,
                tally=tally,
            )
            made = steps(words, contexts, part, self.negative / GROUP)
            if training:
                rate = self._rate(ops.cast(i, "float32") / ops.cast(blocks, "float32"))
                words, contexts = moved(words, made[0], rate), moved(contexts, made[1], rate)
            return i + 1, words, contexts, tally, losses + made[2], pairs + made[3]

        zero = ops.zeros((), dtype="int32")
        _, words, contexts, _, losses, pairs = ops.while_loop(
            lambda i, *_: i < blocks,
            body,
            (zero, *tables, ops.zeros((self.vocabulary,)), losses, ops.zeros(())),
        )
        return [words, contexts], ops.sum(losses), pairs

    def _rate(self, progress: Any) -> Any:
        if self.total_steps is None:
            return ops.convert_to_tensor(np.float32(self.learning_rate))
        done = (self.steps_done.value + progress) / self.total_steps
        return self.learning_rate * ops.maximum(1.0 - done, LEAST_RATE)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments; what the counts gave is among the weights."""
        names = ("architecture", "window", "negative", "subsample", "learning_rate", "total_steps")
        saved = {name: getattr(self, name) for name in (*names, "block", "seed")}
        net = keras.saving.serialize_keras_object(self.net)
        return {**super().get_config(), **saved, "net": net}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "Word2VecLearning":
        """Make a model from what `get_config` gave."""
        net = keras.saving.deserialize_keras_object(config.pop("net"), custom_objects)
        return cls(net, **config)


def _check(
    architecture: Any,
    window: Any,
    negative: Any,
    subsample: Any,
    learning_rate: Any,
    total_steps: Any,
    block: Any,
) -> None:
    check_choice("architecture", architecture, ("skip_gram", "cbow"))
    check_count("window", window, "it is the widest reach of a window")
    check_count("negative", negative, "it is the number of noise words for each pair")
    check_count("block", block, "it is the number of words in a step of SGD", least=GROUP)
    check_positive("learning_rate", learning_rate, "it is the rate of the blocks' steps")
    if subsample is not None:
        check_positive("subsample", subsample, "more frequent words are thinned out")
    if total_steps is not None:
        check_count("total_steps", total_steps, "the rate falls over so many steps")
    if block % GROUP:
        raise ValueError(f"`block` must be a multiple of {GROUP}. Received: block={block}")
