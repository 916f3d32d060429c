"""Text classification: averaged word vectors, convolution or LSTM.

Paper: Kim, 2014, Convolutional Neural Networks for Sentence Classification, table 2; Iyyer,
    Manjunatha, Boyd-Graber and Daumé III, 2015, Deep Unordered Composition Rivals Syntactic Methods
    for Text Classification.
Data: 779 passages from six chapters of Python's language reference, embedded; or texts of
    your own. `--dataset sst2` is 9,613 sentences of film reviews, `--dataset imdb` 50,000 reviews.
Run: keras-dl run text_classification
Expect: with `--dataset sst2` 80.1 % right in test, mean of seeds 0 to 2 (79.9, 81.2, 79.1); 12
    epochs, 60 s of training each on two busy cores of an AMD EPYC; at `--learning-rate 0.001`
    80.7 % (81.2, 80.7, 80.2); Kim's CNN-rand has 82.7 %. `--head average --learning-rate 0.003`
    81.6 % (82.0, 81.4, 81.4), 20 s; Iyyer et al. have 83.6 % from vectors of other texts. Seed 0
    alone: 80.4 % by `--head lstm --learning-rate 0.001`; 79.2 % from word2vec on 6 million words of
    Wikipedia, 74.6 % where those are frozen; 88.1 % by `--dataset imdb --head average --length 400
    --learning-rate 0.01 --batch-size 256 --epochs 3` in 38 s. On the embedded passages 78.0 %
    (80.1, 74.4, 79.5).
Differs: Whole sentences alone to train on, where Kim has their phrases too; vectors of 100 numbers
    for 300; Adam with cosine decay for Adadelta, no max-norm; the best epoch by validation.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, When
from keras_dl.data import Data
from keras_dl.data.text import token_sequences
from keras_dl.embeddings import embedding_matrix, pretrained_vectors, skip_gram_training
from keras_dl.models.texts import text_classifier
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier, report_classification


def data(
    *,
    dataset: str = "topics",
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
    head: Annotated[str, Choice("cnn", "average", "lstm")] = "cnn",
    frozen: Annotated[bool, Choice(False, True)] = False,
    dim: Annotated[int, Range(25, 400, log=True, step=2)] = 100,
    units: Annotated[int, Range(25, 200, log=True, step=2), When("head", "cnn", "lstm")] = 100,
    dropout: Annotated[float, Range(0.0, 0.8)] = 0.5,
    learning_rate: Annotated[float, Range(1e-4, 3e-2, log=True)] = 2e-3,
) -> Any:
    """Compiles a classifier on random word vectors."""
    net = text_classifier(
        len(data.preprocessor.vocabulary) + 2,
        data.num_classes,
        head=head,
        dim=dim,
        units=units,
        dropout=dropout,
        frozen=frozen,
    )
    return compile_classifier(
        net, make_optimizer("adam", learning_rate, decay_steps=data.planned_steps)
    )


def train(
    session: Any,
    model: keras.Model,
    data: Data,
    *,
    vectors: Annotated[str, Choice("random", "word2vec")] = "random",
    word_epochs: Annotated[int, Range(1, 100, log=True), When("vectors", "word2vec")] = 20,
    vector_file: Annotated[str, When("vectors", "word2vec")] = "",
) -> None:
    """Trains the classifier, from word vectors of a file or of word2vec on the same texts."""
    if vectors == "word2vec":
        table = model.get_layer("vectors")
        if vector_file:
            vocabulary = data.preprocessor.vocabulary
            start = pretrained_vectors(vector_file, vocabulary, dim=table.output_dim)
        else:
            words, rows = skip_gram_training(data, dim=table.output_dim, epochs=word_epochs)
            session.fit(words, rows, epochs=word_epochs, stage="word_vectors", jit_compile=True)
            start = embedding_matrix(words)
        table.set_weights([start])
    session.fit(model, data)


recipe = Recipe(
    name="text_classification",
    data=data,
    build=build,
    train=train,
    report=report_classification,
    epochs=12,
    objective=Objective("val_accuracy", "max"),
    task="text_classification",
    factors=("head", "vectors", "frozen"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
