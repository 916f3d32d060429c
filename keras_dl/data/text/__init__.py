"""Texts: running text for word vectors and language models, labelled texts for classifiers."""

from keras_dl.data.text.characters import CharacterTokenizer, characters
from keras_dl.data.text.corpora import CORPORA, corpus
from keras_dl.data.text.files import read_labelled_files
from keras_dl.data.text.inputs import read_texts
from keras_dl.data.text.labelled_passages import Passages, passages, token_sequences
from keras_dl.data.text.labelled_texts import holds_texts, labelled_texts, running_text
from keras_dl.data.text.masked import BertVectorizer, mask_rows, masked_texts
from keras_dl.data.text.ngrams import bag_of_ngrams
from keras_dl.data.text.registry import LABELLED
from keras_dl.data.text.sentence_pairs import PAIRS, sentence_pairs
from keras_dl.data.text.subwords import SubwordTokenizer, learn_merges
from keras_dl.data.text.tokenize import tokenize
from keras_dl.data.text.vectorizers import NgramVectorizer, WordVectorizer
from keras_dl.data.text.vocabulary import Vocabulary, build_vocabulary
from keras_dl.data.text.word_tokenizer import WordTokenizer
from keras_dl.data.text.words import words

__all__ = [
    "CORPORA",
    "LABELLED",
    "PAIRS",
    "BertVectorizer",
    "CharacterTokenizer",
    "NgramVectorizer",
    "Passages",
    "SubwordTokenizer",
    "Vocabulary",
    "WordTokenizer",
    "WordVectorizer",
    "bag_of_ngrams",
    "build_vocabulary",
    "characters",
    "corpus",
    "holds_texts",
    "labelled_texts",
    "learn_merges",
    "mask_rows",
    "masked_texts",
    "passages",
    "read_labelled_files",
    "read_texts",
    "running_text",
    "sentence_pairs",
    "token_sequences",
    "tokenize",
    "words",
]
