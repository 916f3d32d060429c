"""word2vec: skip-gram and CBOW word vectors with negative sampling.

Paper: Mikolov, Chen, Corrado and Dean, 2013, Efficient Estimation of Word Representations in Vector
    Space; Mikolov, Sutskever, Chen, Corrado and Dean, 2013, Distributed Representations of Words
    and Phrases and their Compositionality, sections 2.2 and 2.3.
Data: Python's language reference, 65,000 words, embedded; or any text file. `--dataset
    enwiki_slice` is 6.1 million words of Wikipedia.
Run: keras-dl run word2vec
Expect: with `--dataset enwiki_slice`, seeds 0 to 2, 3CosAdd answers 24.1 % (23.9, 24.5, 24.0) of
    the 11,009 analogies whose words are among the 30,000 most frequent, 13.6 % of all 19,544; 23.2
    % of 3,048 and 8.0 % of 8,869 semantic ones, 24.5 % of 7,961 and 18.3 % of 10,675 syntactic
    ones. 3CosMul has 20.1 and 11.3 %. Rank correlation 0.644 on WordSim-353 (0.649, 0.649, 0.634;
    339 of 353 pairs asked), 0.626 on MEN (0.629, 0.621, 0.627; 2,521 of 3,000), 0.229 on SimLex-999
    (0.233, 0.232, 0.223; 965 of 999); 8 epochs, 32 to 67 s of training on two cores of an AMD EPYC.
    With `--budget quick` 12.2 % of those asked, 0.556, 0.490, 0.235 in 12 s. The paper has 53.3 %
    (50.0, 55.9) of all questions with 300 numbers a word from 783 million words. `--architecture
    cbow --learning-rate 0.1`, seed 0: 19.9 % of those asked (12.2, 22.8); the paper has 36.1 %
    (15.5, 53.1). On the embedded text the loss of a pair is 2.464 in test (2.453, 2.465, 2.474), 16
    s.
Differs: 32 neighbouring words share 32 noise words; steps are taken for 256 words at a time, and
    smaller ones for what a block holds often; a noise word may be the right one. CBOW has its true
    gradient. Windows reach across the ends of sentences. Questions with rarer words are not asked.
    The best epoch is chosen by validation.
"""

from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe, plots
from keras_dl.algorithms import Word2VecLearning
from keras_dl.data import Data
from keras_dl.data.text import corpus
from keras_dl.embeddings import WordVectors, standard_report
from keras_dl.models.word2vec import word2vec

ON_MAP, SKIPPED = 80, 200  # words on the map; number of most frequent words to skip
SHORTEST = 4  # minimum letters of a word on the map
QUERIES = ("king", "paris", "water", "music", "three", "class", "string", "import", "loop", "name")
COLUMNS, NEAREST = 6, 8
CANDIDATES = 10_000  # number of candidate neighbours, the most frequent words


def data(
    *,
    dataset: str = "topics",
    min_count: Annotated[int, Range(1, 100, log=True)] = 5,
    most_words: int | None = None,
    batch_size: Annotated[int, Range(16, 256, log=True, step=2)] = 64,
) -> Data:
    """Loads a corpus as rows of 1,000 words."""
    return corpus(dataset, min_count=min_count, most_words=most_words, batch_size=batch_size)


def build(
    data: Data,
    *,
    architecture: Annotated[str, Choice("skip_gram", "cbow")] = "skip_gram",
    dim: Annotated[int, Range(25, 400, log=True, step=2)] = 100,
    window: Annotated[int, Range(2, 15)] = 5,
    negative: Annotated[int, Range(2, 20)] = 5,
    subsample: Annotated[float | None, Choice(None, 1e-3, 1e-4, 1e-5)] = 1e-3,
    learning_rate: Annotated[float, Range(5e-3, 0.2, log=True)] = 0.05,
    block: Annotated[int, Choice(128, 256, 512)] = 256,
) -> Any:
    """Compiles both embedding tables; SGD on blocks runs within one step of fit."""
    words = data.preprocessor
    model = Word2VecLearning(
        word2vec(len(words), dim=dim),
        words.counts,
        architecture=architecture,
        window=window,
        negative=negative,
        subsample=subsample,
        learning_rate=learning_rate,
        total_steps=data.planned_steps,
        block=block,
    )
    model.compile(keras.optimizers.SGD(1.0))  # the blocks have separate learning rates
    return model


def vectors(model: keras.Model, data: Data) -> WordVectors:
    """Returns the word vectors of a trained model."""
    (table,) = model.net.get_layer("words").get_weights()
    return WordVectors(data.preprocessor.words, table)


def report(model: keras.Model, data: Data) -> dict[str, Any]:
    """Draws a map and neighbours; computes the standard scores if their files exist."""
    learned = vectors(model, data)
    long = [word for word in learned.words if len(word) >= SHORTEST]
    words = long[SKIPPED : SKIPPED + ON_MAP] or list(learned.words[:ON_MAP])
    rows = learned.unit[[learned.row(word) for word in words]]
    left, sizes, _ = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    frequent = learned.most_frequent(CANDIDATES)
    queries = list(dict.fromkeys([*(w for w in QUERIES if w in frequent), *words]))[:COLUMNS]
    return {
        "word_map": plots.word_map(left[:, :2] * sizes[:2], words),
        "neighbours": plots.neighbour_table({w: frequent.neighbours(w, NEAREST) for w in queries}),
        **standard_report(learned),
    }


recipe = Recipe(
    name="word2vec",
    data=data,
    build=build,
    report=report,
    epochs=8,
    objective=Objective("val_pair_loss", "min"),
    task="word_vectors",
    factors=("architecture", "subsample"),
    jit_compile=True,
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
