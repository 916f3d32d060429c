"""Word vectors: neighbours, analogies, similarity scores, files that other tools read."""

from keras_dl.embeddings.analogies import Analogies, analogies, read_questions
from keras_dl.embeddings.files import load, save
from keras_dl.embeddings.learning import first_table, learnt
from keras_dl.embeddings.similarity import SIMILARITY, read_pairs, similarity
from keras_dl.embeddings.standard import standard_report, standard_scores
from keras_dl.embeddings.vectors import WordVectors

__all__ = [
    "SIMILARITY",
    "Analogies",
    "WordVectors",
    "analogies",
    "first_table",
    "learnt",
    "load",
    "read_pairs",
    "read_questions",
    "save",
    "similarity",
    "standard_report",
    "standard_scores",
]
