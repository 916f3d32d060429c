"""Deep averaging network: dense layers on the mean of word vectors classify a text.

Paper: Iyyer, Manjunatha, Boyd-Graber and Daumé III, 2015, Deep Unordered Composition Rivals
    Syntactic Methods for Text Classification.
Data: SST-2, 9,613 sentences of film reviews; `--dataset imdb` is 50,000 reviews, `--dataset topics`
    is embedded; or texts of your own.
Run: keras-dl run deep_averaging
Expect: 80.2 % right in test, mean of seeds 0 to 2 (80.4, 80.0, 80.3); the paper has 86.3 % with
    GloVe and phrases. 8 epochs, 14 s on one busy core of a Xeon.
Differs: Random word vectors for GloVe's; whole sentences alone to train on, where the paper has
    their phrases too; Adam with cosine decay for AdaGrad; the best of 8 epochs by validation.
"""

from typing import Annotated, Any

from keras_dl import Objective, Range, Recipe, Score
from keras_dl.data import Data
from keras_dl.data.text import token_sequences
from keras_dl.models import deep_averaging
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier


def data(
    *,
    dataset: str = "sst2",
    length: Annotated[int, Range(20, 1000, log=True)] = 60,
    min_count: Annotated[int, Range(1, 20)] = 1,
    most_words: int | None = 20000,
    batch_size: Annotated[int, Range(16, 512, log=True, step=2)] = 64,
) -> Data:
    """Loads texts as the word numbers of their first words."""
    return token_sequences(
        dataset, length=length, min_count=min_count, most_words=most_words, batch_size=batch_size
    )


def build(
    data: Data,
    *,
    layers: Annotated[int, Range(0, 4)] = 2,
    dim: Annotated[int, Range(25, 400, log=True, step=2)] = 100,
    units: Annotated[int, Range(25, 400, log=True, step=2)] = 100,
    word_dropout: Annotated[float, Range(0.0, 0.6)] = 0.3,
    dropout: Annotated[float, Range(0.0, 0.6)] = 0.2,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 1e-3,
) -> Any:
    """Compiles the network on random word vectors."""
    net = deep_averaging(
        len(data.preprocessor.vocabulary) + 2,
        data.num_classes,
        dim=dim,
        units=(units,) * layers,
        word_dropout=word_dropout,
        dropout=dropout,
    )
    optimizer = make_optimizer("adam", learning_rate, decay_steps=data.planned_steps)
    return compile_classifier(net, optimizer)


recipe = Recipe(
    name="deep_averaging",
    data=data,
    build=build,
    epochs=8,
    objective=Objective("val_accuracy", "max"),
    score=Score("test/accuracy", "max", published=0.863, source="DAN on SST, binary, table 1"),
    task="text_classification",
    factors=("layers", "word_dropout"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
