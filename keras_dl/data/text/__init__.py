"""Texts: running ones for word vectors, labelled ones for classifiers; light, as all of data."""

from keras_dl.data.text.corpora import CORPORA, corpus
from keras_dl.data.text.counted import counted
from keras_dl.data.text.labelled import LABELLED, Passages, labelled, passages
from keras_dl.data.text.reading import tokenize
from keras_dl.data.text.vocabulary import Vocabulary, vocabulary

__all__ = [
    "CORPORA",
    "LABELLED",
    "Passages",
    "Vocabulary",
    "corpus",
    "counted",
    "labelled",
    "passages",
    "tokenize",
    "vocabulary",
]
