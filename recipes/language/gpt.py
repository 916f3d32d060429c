"""GPT: a decoder-only Transformer that writes text character by character.

Paper: Radford, Wu, Child, Luan, Amodei and Sutskever, 2019, Language Models are Unsupervised
    Multitask Learners, section 2.3; sizes and figures of Karpathy, 2022, nanoGPT, README.
Data: Tiny Shakespeare, 1,115,394 characters, 65 different ones, public domain; or any text file.
    `--dataset topics` is embedded, Python's language reference.
Run: keras-dl run gpt
Expect: `held_out_loss` 1.732 nats per character, mean of seeds 0 to 2 (1.731, 1.720, 1.744;
    validation 1.673, 1.674, 1.697, test 1.789, 1.766, 1.791); nanoGPT has 1.88 with this net, 12
    windows a step and 2,000 steps. 2 epochs, 1,962 steps, 2.9 CPU minutes for the whole command on
    an AMD EPYC.
Differs: A rate of 0.003 and 16 windows a step for 0.001 and 12; the last tenth of the text, which
    is nanoGPT's validation split, is halved into validation and test: `held_out_loss` is the mean
    over both, each character once, where nanoGPT draws batches at random. The best epoch is chosen
    by the validation half, which `held_out_loss` counts too.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score
from keras_dl.data import Data
from keras_dl.data.text import characters
from keras_dl.models.transformers import gpt
from keras_dl.optimizers.warmup import adamw_with_warmup
from keras_dl.tasks.language_modelling import (
    compile_language_model,
    get_tokenizer,
    task,
    token_losses,
)


def data(
    *,
    dataset: str = "tiny_shakespeare",
    context: Annotated[int, Range(16, 512, log=True, step=2)] = 64,
    batch_size: Annotated[int, Range(4, 256, log=True, step=2)] = 16,
) -> Data:
    """A stream of characters, read through windows of `context`."""
    return characters(dataset, context=context, batch_size=batch_size)


def build(
    data: Data,
    *,
    layers: Annotated[int, Range(1, 12)] = 4,
    width: Annotated[int, Choice(64, 128, 192, 256, 384, 512)] = 128,
    head_dim: Annotated[int, Choice(16, 32, 64)] = 32,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.0,
    use_bias: Annotated[bool, Choice(False, True)] = False,
    tied: Annotated[bool, Choice(True, False)] = True,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 3e-3,
    warmup: Annotated[float, Range(0.0, 0.3)] = 0.05,
    weight_decay: Annotated[float, Range(0.0, 0.3)] = 0.1,
) -> keras.Model:
    """The Transformer, compiled with AdamW, warm-up and cosine decay."""
    net = gpt(
        get_tokenizer(data).vocabulary_size,
        data.input_shape[0],
        layers=layers,
        heads=width // head_dim,
        width=width,
        dropout=dropout,
        use_bias=use_bias,
        tied=tied,
    )
    optimizer = adamw_with_warmup(
        learning_rate, decay_steps=data.planned_steps, warmup=warmup, weight_decay=weight_decay
    )
    return compile_language_model(net, optimizer)


def report(model: keras.Model, data: Data) -> dict[str, Any]:
    """A sample, the loss by position, and the mean loss over nanoGPT's validation split."""
    losses = [token_losses(model, data, split).mean() for split in ("validation", "test")]
    return {**task.report(model, data), "held_out_loss": float(sum(losses) / 2)}


recipe = Recipe(
    name="gpt",
    data=data,
    build=build,
    report=report,
    epochs=2,
    objective=Objective("val_loss", "min"),
    alternatives=(Objective("val_perplexity", "min"),),
    score=Score(
        "held_out_loss",
        "min",
        published=1.88,
        source="nanoGPT, README, on a CPU",
        label="loss of held-out characters, nats",
    ),
    task="language_modelling",
    factors=("tied", "use_bias"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
