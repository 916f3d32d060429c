"""BERT: a bidirectional Transformer learns to fill in masked words, then classifies sentences.

Paper: Devlin, Chang, Lee and Toutanova, 2019, BERT: Pre-training of Deep Bidirectional Transformers
    for Language Understanding, arXiv:1810.04805; sizes of google-research/bert, README.
Data: SST-2, 9,613 sentences of film reviews, after the first million words of a slice of Wikipedia;
    or labelled texts and a running text of your own; `--dataset topics --corpus topics` is
    embedded.
Run: keras-dl run bert
Expect: No figure yet: neither the masked words nor the gain over random weights is measured at the
    default budget; `keras-dl ablate bert --over pretrain --seeds 3` measures the gain.
Differs: A million words of Wikipedia for 3.3 billion words; whole words for pieces of them, with a
    vocabulary of 20,000; no next-sentence task; each row is masked once; whole sentences alone to
    fine-tune on; the best of 4 epochs by validation.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score, When
from keras_dl.data import Data
from keras_dl.data.text import masked_texts
from keras_dl.models.transformers import bert_classifier, masked_lm_on
from keras_dl.optimizers.warmup import adamw_with_warmup
from keras_dl.tasks.classification import compile_classifier

WARMUP = 0.1  # share of the steps


def data(
    *,
    dataset: str = "sst2",
    corpus: str = "enwiki_slice",
    length: Annotated[int, Range(8, 512, log=True)] = 48,
    most_words: Annotated[int, Range(100, 50_000, log=True)] = 20_000,
    corpus_words: Annotated[int, Range(1000, 6_000_000, log=True)] = 1_000_000,
    batch_size: Annotated[int, Choice(16, 32, 64, 128)] = 32,
) -> Data:
    """Loads labelled texts, and a corpus with masked words."""
    return masked_texts(
        dataset,
        corpus=corpus,
        length=length,
        most_words=most_words,
        corpus_words=corpus_words,
        batch_size=batch_size,
    )


def build(
    data: Data,
    *,
    layers: Annotated[int, Range(1, 24)] = 2,
    heads: Annotated[int, Choice(2, 4, 8, 12, 16)] = 2,
    width: Annotated[int, Choice(64, 128, 256, 512, 768, 1024)] = 128,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.1,
    learning_rate: Annotated[float, Range(1e-5, 1e-2, log=True)] = 5e-4,
) -> Any:
    """Compiles the classifier; by default it has the size of BERT-Tiny."""
    inputs: Any = data.inputs
    net = bert_classifier(
        inputs.vocabulary_size,
        data.num_classes,
        data.input_shape[0],
        layers=layers,
        heads=heads,
        width=width,
        dropout=dropout,
    )
    return compile_classifier(net, _optimizer(learning_rate, data.planned_steps))


def train(
    session: Any,
    model: keras.Model,
    data: Data,
    *,
    pretrain: Annotated[bool, Choice(True, False)] = True,
    pretraining_epochs: Annotated[int, Range(1, 20), When("pretrain", True)] = 1,
    pretraining_rate: Annotated[float, Range(1e-4, 1e-2, log=True), When("pretrain", True)] = 2e-3,
) -> None:
    """Fills in masked words of the corpus, then fine-tunes all weights on the labels."""
    if pretrain:
        words = data.extras["pretraining"]
        steps = pretraining_epochs * -(-words.train.num_examples // data.batch_size)
        filling = masked_lm_on(model)
        compile_classifier(filling, _optimizer(pretraining_rate, steps))
        session.fit(
            filling,
            words,
            epochs=pretraining_epochs,
            stage="pretraining",
            objective=Objective("val_loss", "min"),
        )
    session.fit(model, data)


def _optimizer(rate: float, steps: int | None) -> Any:
    return adamw_with_warmup(rate, decay_steps=steps, warmup=WARMUP, weight_decay=0.01)


recipe = Recipe(
    name="bert",
    data=data,
    build=build,
    train=train,
    epochs=4,
    objective=Objective("val_accuracy", "max"),
    score=Score("test/accuracy", "max"),
    task="text_classification",
    factors=("pretrain",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
