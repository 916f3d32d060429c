"""Language modelling: the next token from those before it; predictions continue a prompt."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar, Protocol, runtime_checkable

import keras
import numpy as np
from scipy.special import logsumexp

from keras_dl import plots
from keras_dl.algorithms.text_generation import generate
from keras_dl.backend.inference import outputs
from keras_dl.data import Data
from keras_dl.metrics.perplexity import Perplexity
from keras_dl.space import Range
from keras_dl.tasks.base import Prediction, SavedRun, Task

__all__ = [
    "LanguageModelling",
    "Tokenizer",
    "compile_language_model",
    "get_tokenizer",
    "task",
    "token_losses",
]

SAMPLE = 500  # tokens of the reported sample
TEMPERATURE = 0.8  # nanoGPT's


@runtime_checkable
class Tokenizer(Protocol):
    """A preprocessor that also turns ids back into text.

    Attributes:
        separator: what stands between a text and its continuation.
    """

    separator: ClassVar[str]

    @property
    def vocabulary_size(self) -> int:
        """Number of different tokens."""
        ...

    def encode(self, text: str) -> np.ndarray:
        """Returns the ids of a text, (tokens,) int32."""
        ...

    def decode(self, ids: Iterable[int]) -> str:
        """Returns the text of ids."""
        ...


def get_tokenizer(source: Data | SavedRun) -> Tokenizer:
    """Returns the tokenizer of a data set or of a run.

    Raises:
        TypeError: if its preprocessor is no tokenizer.
    """
    preprocessor = source.preprocessor
    if not isinstance(preprocessor, Tokenizer):
        raise TypeError(
            "`preprocessor` must have encode, decode and vocabulary_size; language models need a "
            f"tokenizer. Received: {type(preprocessor).__name__}"
        )
    return preprocessor


class LanguageModelling(Task):
    """Next-token prediction with a tokenizer as preprocessor."""

    name = "language_modelling"

    def report(self, model: keras.Model, data: Data) -> dict[str, Any]:
        """Returns a generated sample and the test loss by position in the context.

        Args:
            model: maps ids to logits.
            data: its preprocessor decodes ids.
        """
        prompt = data.test.x[: data.input_shape[0] // 2].tolist()
        decode = get_tokenizer(data).decode
        sample = generate(model, prompt, SAMPLE, temperature=TEMPERATURE)
        losses = token_losses(model, data, "test")
        return {
            "sample": plots.text_sample(decode(prompt), decode(sample)),
            "loss_by_position": plots.loss_by_position(losses.mean(axis=0)),
        }

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        length: Annotated[int, Range(1, 1_000_000)] = 200,
        temperature: Annotated[float, Range(0.0, 100.0)] = TEMPERATURE,
        top_k: Annotated[int | None, Range(1, 1_000_000)] = None,
        top_p: Annotated[float | None, Range(0.001, 1.0)] = None,
        seed: Annotated[int, Range(0, 2**31 - 1)] = 0,
    ) -> Iterable[Prediction]:
        """Continues each prompt.

        Args:
            run: a tracked run, with its tokenizer.
            inputs: prompts.
            length: number of new tokens.
            temperature: divides the logits; 0 takes the most probable token.
            top_k: number of most probable tokens that each token is drawn from; None: all.
            top_p: each token is drawn from the fewest that have this probability together; None:
                from all.
            seed: of the draws.

        Yields:
            A prediction for each prompt; its text is the prompt with its continuation. A prompt
            that is empty or holds a character that the model does not have gets an error.
        """
        tokenizer = get_tokenizer(run)
        options = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}
        for prompt in inputs:
            try:
                ids = tokenizer.encode(prompt).tolist()
                tokens = generate(run.model, ids, length, **options)
            except ValueError as error:
                yield Prediction(prompt, "", error=str(error))
                continue
            text = tokenizer.decode(tokens)
            joined = f"{prompt}{tokenizer.separator}{text}"
            yield Prediction(prompt, joined, columns={"continuation": text})


task = LanguageModelling()


def compile_language_model(model: keras.Model, optimizer: keras.Optimizer) -> keras.Model:
    """Compiles a model that maps ids to logits: cross-entropy per token, and perplexity.

    Args:
        model: from ids (batch, time) to logits (batch, time, vocabulary).
        optimizer: a Keras optimizer.

    Returns:
        The same model.
    """
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=[Perplexity()])
    return model


def token_losses(model: keras.Model, data: Data, split: str) -> np.ndarray:
    """Cross-entropy of each token of each window of a split.

    Args:
        model: maps ids (batch, context) to logits (batch, context, vocabulary).
        data: tokens and their windows.
        split: "validation" or "test".

    Returns:
        (windows, context) nats.
    """
    rows = data.sampler(split).indices(0, 0, data.batch_size, None)
    tokens = getattr(data, split)
    losses = []
    # In parts, because the logits of a whole split may not fit in memory.
    for part in np.array_split(rows, -(-len(rows) // 64)):
        logits = np.asarray(outputs(model, tokens.x[part], len(part)), "float32")
        targets = np.take_along_axis(logits, tokens.y[part][..., None], axis=-1)[..., 0]
        losses.append(logsumexp(logits, axis=-1) - targets)
    return np.concatenate(losses)
