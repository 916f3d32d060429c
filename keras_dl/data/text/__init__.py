from keras_dl.data.text.corpora import CORPORA, corpus
from keras_dl.data.text.reading import tokenize
from keras_dl.data.text.vocabulary import Vocabulary, vocabulary

__all__ = [
    "CORPORA",
    "Vocabulary",
    "corpus",
    "tokenize",
    "vocabulary",
]
