"""Texts: running text for word vectors and language models, labelled texts for classifiers."""

from keras_dl.data.text.characters import CharacterTokenizer, characters
from keras_dl.data.text.corpora import CORPORA, corpus
from keras_dl.data.text.files import read_labelled_files
from keras_dl.data.text.inputs import read_texts
from keras_dl.data.text.labelled_passages import Passages, passages, token_sequences
from keras_dl.data.text.labelled_texts import holds_texts, labelled_texts, running_text
from keras_dl.data.text.ngrams import bag_of_ngrams
from keras_dl.data.text.registry import LABELLED
from keras_dl.data.text.tokenize import tokenize
from keras_dl.data.text.vectorizers import NgramVectorizer, WordVectorizer
from keras_dl.data.text.vocabulary import Vocabulary, build_vocabulary

__all__ = [
    "CORPORA",
    "LABELLED",
    "CharacterTokenizer",
    "NgramVectorizer",
    "Passages",
    "Vocabulary",
    "WordVectorizer",
    "bag_of_ngrams",
    "build_vocabulary",
    "characters",
    "corpus",
    "holds_texts",
    "labelled_texts",
    "passages",
    "read_labelled_files",
    "read_texts",
    "running_text",
    "token_sequences",
    "tokenize",
]
