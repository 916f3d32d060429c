"""How the models of recipes are compiled: with which loss, metrics and optimizers."""

from keras_dl.compiling.classifiers import classifier
from keras_dl.compiling.domains import domain_classifier
from keras_dl.compiling.games import players

__all__ = ["classifier", "domain_classifier", "players"]
