"""Bag of words: n-gram counts and a linear classifier.

Paper: Wang and Manning, 2012, Baselines and Bigrams: Simple, Good Sentiment and Topic
    Classification; Salton and Buckley, 1988, Term-weighting Approaches in Automatic Text Retrieval.
Data: 779 passages from six chapters of Python's language reference, embedded; or any labelled
    texts. `--dataset sst2` is 9,613 sentences of film reviews, `--dataset imdb` 50,000 reviews.
Run: keras-dl run bag_of_words
Expect: with `--dataset sst2` 80.6 % right in test, mean of seeds 0 to 2 (80.5, 80.8, 80.5); 12
    epochs, 5 s of training each on two busy cores of an AMD EPYC; Socher et al., 2013, have 79.4 %
    with a support vector machine and 83.1 % with naive Bayes on words and pairs. With `--dataset
    imdb --epochs 3 --batch-size 256` 89.8 %, seed 0 alone, 11 s; Wang and Manning have 89.2 % with
    a support vector machine. On the embedded passages 84.8 % (84.0, 85.3, 85.3), 2 s.
Differs: The logistic loss for the hinge loss, by Adam with cosine decay; the bias is penalised too;
    the best epoch is chosen by validation.
"""

from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe, plots
from keras_dl.data import Data
from keras_dl.data.text import bag_of_ngrams
from keras_dl.models.texts import bag_of_words
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier, report_classification

TOP = 15  # n-grams per class


def data(
    *,
    dataset: str = "topics",
    weighting: Annotated[str, Choice("count", "binary", "tfidf")] = "tfidf",
    longest: Annotated[int, Range(1, 3)] = 2,
    min_count: Annotated[int, Range(1, 20)] = 2,
    most_features: int | None = 20000,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 64,
) -> Data:
    """Loads weighted n-grams of each text."""
    return bag_of_ngrams(
        dataset,
        weighting=weighting,
        longest=longest,
        min_count=min_count,
        most_features=most_features,
        batch_size=batch_size,
    )


def build(
    data: Data,
    *,
    l2: Annotated[float, Range(1e-7, 1e-3, log=True)] = 3e-5,
    learning_rate: Annotated[float, Range(1e-3, 0.3, log=True)] = 0.03,
) -> Any:
    """Compiles a linear classifier with one weight per n-gram and class."""
    features = len(data.preprocessor.features)
    net = bag_of_words(features, data.num_classes, weight_decay=l2)
    return compile_classifier(
        net, make_optimizer("adam", learning_rate, decay_steps=data.planned_steps)
    )


def report(model: keras.Model, data: Data) -> dict[str, Any]:
    """Draws the classification figures and the n-grams with the largest weights."""
    weights = np.asarray(model.get_layer("weights").get_weights()[0])
    weights = weights - weights.mean(
        axis=1, keepdims=True
    )  # only differences between classes matter
    top_ngrams = {}
    for number, name in enumerate(data.class_names):
        best = (-weights[1:, number]).argsort()[:TOP] + 1
        top_ngrams[name] = [
            (data.preprocessor.features[i], float(weights[i, number])) for i in best
        ]
    return {
        **report_classification(model, data),
        "telling_words": plots.neighbour_table(top_ngrams),
    }


recipe = Recipe(
    name="bag_of_words",
    data=data,
    build=build,
    report=report,
    epochs=12,
    objective=Objective("val_accuracy", "max"),
    task="text_classification",
    factors=("weighting", "longest"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
