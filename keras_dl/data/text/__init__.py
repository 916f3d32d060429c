"""Texts: running ones for word vectors, labelled ones for classifiers; light, as all of data."""

from keras_dl.data.text.characters import CharacterTokenizer, characters
from keras_dl.data.text.corpora import CORPORA, corpus
from keras_dl.data.text.files import own
from keras_dl.data.text.inputs import read_texts
from keras_dl.data.text.labelled_passages import Passages, passages, token_sequences
from keras_dl.data.text.labelled_texts import holds_texts, running, said
from keras_dl.data.text.ngrams import bag_of_ngrams
from keras_dl.data.text.registry import LABELLED
from keras_dl.data.text.tokenize import tokenize
from keras_dl.data.text.vectorizers import NgramVectorizer, WordVectorizer
from keras_dl.data.text.vocabulary import Vocabulary, vocabulary

__all__ = [
    "CORPORA",
    "LABELLED",
    "CharacterTokenizer",
    "NgramVectorizer",
    "Passages",
    "Vocabulary",
    "WordVectorizer",
    "bag_of_ngrams",
    "characters",
    "corpus",
    "holds_texts",
    "own",
    "passages",
    "read_texts",
    "running",
    "said",
    "token_sequences",
    "tokenize",
    "vocabulary",
]
