"""Models that compute their own loss, where inputs or weights enter it; one a file."""

from keras_dl.algorithms.adversarial_losses import ADVERSARIAL_LOSSES, AdversarialLoss
from keras_dl.algorithms.adversarial_training import AdversarialTraining
from keras_dl.algorithms.autoencoder import Autoencoder
from keras_dl.algorithms.convex_learning import ConvexLearning, GradientNorm
from keras_dl.algorithms.domain_adaptation import DomainAdaptation
from keras_dl.algorithms.gan import GAN
from keras_dl.algorithms.hebbian_learning import HebbianLearning
from keras_dl.algorithms.image_translation import ImageTranslation
from keras_dl.algorithms.invariant_risk import InvariantRisk
from keras_dl.algorithms.multitask import Multitask
from keras_dl.algorithms.prototypical import PrototypicalNetwork
from keras_dl.algorithms.target_propagation import TargetPropagation
from keras_dl.algorithms.word2vec import Word2VecLearning

__all__ = [
    "ADVERSARIAL_LOSSES",
    "GAN",
    "AdversarialLoss",
    "AdversarialTraining",
    "Autoencoder",
    "ConvexLearning",
    "DomainAdaptation",
    "GradientNorm",
    "HebbianLearning",
    "ImageTranslation",
    "InvariantRisk",
    "Multitask",
    "PrototypicalNetwork",
    "TargetPropagation",
    "Word2VecLearning",
]
