"""word2vec with negative sampling: many steps of plain SGD within one step of `fit`."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.algorithms._context_windows import Stream, subsampled_stream
from keras_dl.algorithms._counter_random import alias_table, make_key, uniform
from keras_dl.algorithms._negative_sampling import (
    GROUP,
    apply_update,
    cbow,
    make_block,
    skip_gram,
    with_gradient,
)
from keras_dl.utils.checks import check_choice, check_count, check_positive

__all__ = ["Word2VecLearning"]

ops: Any = keras.ops  # its annotations include None

MIN_RATE = 1e-4  # share of the learning rate at the end, as in the paper's code
NOISE_POWER = 0.75  # exponent of a word's frequency in the distribution of noise words


@keras.saving.register_keras_serializable("keras_dl")
class Word2VecLearning(ComposedModel):
    """Trains the tables of `keras_dl.models.word2vec` on rows of running text.

    A batch holds text, not pairs. Each step subsamples frequent words, draws windows, and passes
    the remaining words through the tables block by block: one step of plain SGD for each block, on
    the sum over its pairs of

        -log σ(u·v) - k·E[log σ(-u·v_noise)],

    v of the neighbour (skip_gram) or of the word itself (cbow, where u is the mean of the
    neighbours), noise drawn in proportion to frequency^¾. The expectation is over 32 noise words
    that 32 neighbouring words share, weighted k/32, instead of k words for each pair: equal in
    expectation, and computed by matrix products. A word that occurs more than 8 times in a block,
    as noise counted k times, takes proportionally smaller steps.

    The learning rate of a block decays linearly to 10⁻⁴ of its initial value. The gradient that
    `fit` receives is the negative sum of all steps of the batch: compile with plain SGD of rate 1.
    Reports `pair_loss`, the mean over all pairs of an epoch, each at the weights of its block, and
    `loss`, its mean over batches. Validation and test update nothing and repeat the same draws.
    Draws are the same on every backend.

    Args:
        net: result of `keras_dl.models.word2vec`.
        counts: number of occurrences of each word, (words,); None when a saved model is loaded.
        architecture: "skip_gram" or "cbow".
        window: largest size of a window, in words to each side.
        negative: number k of noise words for each pair.
        subsample: words with a larger share of the text are dropped at random; None: no word is.
        learning_rate: initial learning rate of the blocks' steps.
        total_steps: steps of `fit` until the rate is at its minimum; None keeps it constant.
        block: words in a block, a multiple of 32.
        seed: of the draws.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if a size or a rate is not a number.
        ValueError: if one is out of its range, `architecture` is unknown, or `counts` is not one
            positive number for each word.

    Reference:
        Mikolov, Chen, Corrado and Dean, 2013, Efficient Estimation of Word Representations in
        Vector Space, arXiv:1301.3781. Mikolov, Sutskever, Chen, Corrado and Dean, 2013,
        Distributed Representations of Words and Phrases and their Compositionality,
        arXiv:1310.4546, eq. 4. For the gradient of cbow, which their code does not divide by the
        number of neighbours: İrsoy, Benton and Stratos, 2021, Corrected CBOW Performs as well as
        Skip-gram, arXiv:2012.15332.
    """

    reusable_step = True
    components = ("net",)
    arguments = (
        "architecture",
        "window",
        "negative",
        "subsample",
        "learning_rate",
        "total_steps",
        "block",
        "seed",
    )

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
        self.keep_probability = self._buffer("keep_probability", (self.vocabulary,))
        self.noise_probability = self._buffer("noise_probability", (self.vocabulary,))
        self.noise_alias = self._buffer("noise_alias", (self.vocabulary,), "int32")
        self.steps_done = self._buffer("steps_done", ())
        if counts is not None:
            self._set_frequencies(np.asarray(counts, np.float64))
        self.pair_loss = keras.metrics.Mean("pair_loss")
        self.built = True

    def _buffer(self, name: str, shape: tuple[int, ...], dtype: str = "float32") -> Any:
        """Adds a variable that is not trained, saved with the model."""
        return self.add_weight(
            shape=shape, initializer="zeros", trainable=False, dtype=dtype, name=name
        )

    def _set_frequencies(self, counts: np.ndarray) -> None:
        """Assigns the variables that depend on the words' frequencies."""
        if counts.shape != (self.vocabulary,) or not (counts > 0).all():
            raise ValueError(
                f"`counts` must be {self.vocabulary} positive numbers, one for each word. "
                f"Received: shape={counts.shape}"
            )
        share = counts / counts.sum()
        rare = np.ones_like(share) if self.subsample is None else self.subsample / share
        self.keep_probability.assign(np.minimum(1.0, np.sqrt(rare) + rare).astype(np.float32))
        probability, alias = alias_table(counts**NOISE_POWER)
        self.noise_probability.assign(probability)
        self.noise_alias.assign(alias)

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> Any:
        """Returns the vectors (…, dim) of word numbers (…); those below 0 count as word 0."""
        return self.net.get_layer("words")(ops.maximum(inputs, 0))

    def compute_loss(
        self,
        x: Any = None,
        y: keras.KerasTensor | None = None,
        y_pred: Any = None,
        sample_weight: keras.KerasTensor | None = None,
        training: bool = True,
    ) -> Any:
        """Computes the mean loss of a pair, with the negative sum of all steps as its gradient.

        compute_loss and not a loss, because both the text and the tables are needed.

        Args:
            x: word numbers or -1, (rows, length) int32.
            y: not used.
            y_pred: not used.
            sample_weight: not used.
            training: whether to update the tables.

        Returns:
            A scalar.
        """
        fixed_key = ops.convert_to_tensor(np.int32(1))
        key = make_key(self.seed_generator.next()) if training else fixed_key
        probabilities = self.keep_probability.value
        text = subsampled_stream(x, probabilities, key, window=self.window, block=self.block)
        variables = [self.net.get_layer(name).embeddings for name in ("words", "contexts")]
        # The blocks compute their own gradients; none flows through them.
        before = [ops.stop_gradient(ops.convert_to_tensor(v)) for v in variables]
        after, loss, pairs = self._run_blocks(text, before, self._noise(text, key), training)
        mean = loss / ops.maximum(pairs, 1.0)
        self.pair_loss.update_state(mean, sample_weight=pairs)
        if not training:
            return mean
        self.steps_done.assign_add(1.0)
        for variable, old, new in zip(variables, before, after, strict=True):
            mean += with_gradient(ops.convert_to_tensor(variable), old - new)
        return mean

    def _noise(self, text: Stream, key: keras.KerasTensor) -> Any:
        """Draws noise words for every group of the batch, (groups, 32)."""
        groups = -(-ops.shape(text.words)[0] // GROUP)
        slot = ops.cast(uniform(groups * GROUP, key, 2) * self.vocabulary, "int32")
        slot = ops.minimum(slot, self.vocabulary - 1)  # float32 may round up to the end
        accepted = uniform(groups * GROUP, key, 3) < ops.take(self.noise_probability, slot, axis=0)
        words = ops.where(accepted, slot, ops.take(self.noise_alias, slot, axis=0))
        return ops.reshape(words, (-1, GROUP))

    def _run_blocks(
        self, text: Stream, tables: list[Any], noise: keras.KerasTensor, training: bool
    ) -> tuple[list[Any], Any, Any]:
        """Takes one step for each block: new tables, sum of losses, number of pairs."""
        size, groups = self.block, self.block // GROUP
        blocks = (text.count + size - 1) // size
        step = skip_gram if self.architecture == "skip_gram" else cbow
        losses = ops.zeros((2 * GROUP + 2 * self.window * (step is skip_gram),))

        def body(i: Any, *state: Any) -> tuple[Any, ...]:
            words, contexts, counts, losses, pairs = state
            part_noise = ops.slice(noise, (i * groups, 0), (groups, GROUP))
            part, counts = make_block(
                text,
                part_noise,
                i * size,
                size=size,
                window=self.window,
                negative=self.negative,
                counts=counts,
            )
            result = step(words, contexts, part, self.negative / GROUP)
            if training:
                rate = self._rate(ops.cast(i, "float32") / ops.cast(blocks, "float32"))
                words = apply_update(words, result[0], rate)
                contexts = apply_update(contexts, result[1], rate)
            return i + 1, words, contexts, counts, losses + result[2], pairs + result[3]

        zero = ops.zeros((), dtype="int32")
        _, words, contexts, _, losses, pairs = ops.while_loop(
            lambda i, *_: i < blocks,
            body,
            (zero, *tables, ops.zeros((self.vocabulary,)), losses, ops.zeros(())),
        )
        return [words, contexts], ops.sum(losses), pairs

    def _rate(self, progress: keras.KerasTensor) -> Any:
        if self.total_steps is None:
            return ops.convert_to_tensor(np.float32(self.learning_rate))
        done = (self.steps_done.value + progress) / self.total_steps
        return self.learning_rate * ops.maximum(1.0 - done, MIN_RATE)


def _check(
    architecture: object,
    window: object,
    negative: object,
    subsample: object,
    learning_rate: object,
    total_steps: object,
    block: Any,
) -> None:
    check_choice("architecture", architecture, ("skip_gram", "cbow"))
    check_count("window", window, "it is the largest size of a window")
    check_count("negative", negative, "it is the number of noise words for each pair")
    check_count("block", block, "it is the number of words in a step of SGD", least=GROUP)
    check_positive("learning_rate", learning_rate, "it is the rate of the blocks' steps")
    if subsample is not None:
        check_positive(
            "subsample", subsample, "words with a larger share of the text are dropped at random"
        )
    if total_steps is not None:
        check_count("total_steps", total_steps, "it is the length of the learning-rate schedule")
    if block % GROUP:
        raise ValueError(f"`block` must be a multiple of {GROUP}. Received: block={block}")
