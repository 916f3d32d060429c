"""Word vectors: neighbours, analogies, similarity scores and word2vec files."""

from keras_dl.embeddings.analogies import AnalogyResult, analogies, read_questions
from keras_dl.embeddings.files import load, save
from keras_dl.embeddings.learning import initial_embeddings, train_word_vectors
from keras_dl.embeddings.similarity import SIMILARITY, read_pairs, similarity
from keras_dl.embeddings.standard import standard_report, standard_scores
from keras_dl.embeddings.vectors import WordVectors

__all__ = [
    "SIMILARITY",
    "AnalogyResult",
    "WordVectors",
    "analogies",
    "initial_embeddings",
    "load",
    "read_pairs",
    "read_questions",
    "save",
    "similarity",
    "standard_report",
    "standard_scores",
    "train_word_vectors",
]
