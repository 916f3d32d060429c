"""Word vectors: neighbours, analogies, similarity scores and word2vec files."""

from keras_dl.embeddings.analogies import AnalogyResult, analogies, read_questions
from keras_dl.embeddings.files import load, save
from keras_dl.embeddings.learning import (
    embedding_matrix,
    pretrained_vectors,
    skip_gram_training,
)
from keras_dl.embeddings.similarity import SIMILARITY, read_pairs, similarity
from keras_dl.embeddings.standard import standard_report, standard_scores
from keras_dl.embeddings.vectors import WordVectors

__all__ = [
    "SIMILARITY",
    "AnalogyResult",
    "WordVectors",
    "analogies",
    "embedding_matrix",
    "load",
    "pretrained_vectors",
    "read_pairs",
    "read_questions",
    "save",
    "similarity",
    "skip_gram_training",
    "standard_report",
    "standard_scores",
]
