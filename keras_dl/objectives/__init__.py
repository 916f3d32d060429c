"""Models with a loss of their own, where inputs or weights enter it; one a file."""

from keras_dl.objectives.adversarial_training import AdversarialTraining
from keras_dl.objectives.convex_learning import ConvexLearning, Slope
from keras_dl.objectives.domain_adaptation import DomainAdaptation
from keras_dl.objectives.games import GAMES, Game
from keras_dl.objectives.hebbian_learning import HebbianLearning
from keras_dl.objectives.image_translation import ImageTranslation
from keras_dl.objectives.two_player import TwoPlayer
from keras_dl.objectives.word2vec_learning import Word2VecLearning

__all__ = [
    "GAMES",
    "AdversarialTraining",
    "ConvexLearning",
    "DomainAdaptation",
    "Game",
    "HebbianLearning",
    "ImageTranslation",
    "Slope",
    "TwoPlayer",
    "Word2VecLearning",
]
