"""Models with a loss of their own, where inputs or weights enter it; one a file."""

from keras_dl.algorithms.adversarial_losses import GAMES, Game
from keras_dl.algorithms.adversarial_training import AdversarialTraining
from keras_dl.algorithms.convex_learning import ConvexLearning, Slope
from keras_dl.algorithms.domain_adaptation import DomainAdaptation
from keras_dl.algorithms.gan import GAN
from keras_dl.algorithms.hebbian_learning import HebbianLearning
from keras_dl.algorithms.image_translation import ImageTranslation
from keras_dl.algorithms.prototypical import PrototypicalNetwork
from keras_dl.algorithms.word2vec import Word2VecLearning

__all__ = [
    "GAMES",
    "GAN",
    "AdversarialTraining",
    "ConvexLearning",
    "DomainAdaptation",
    "Game",
    "HebbianLearning",
    "ImageTranslation",
    "PrototypicalNetwork",
    "Slope",
    "Word2VecLearning",
]
