"""Models that compute their own loss, where inputs or weights enter it; one a file."""

from keras_dl.algorithms.adversarial_losses import ADVERSARIAL_LOSSES, AdversarialLoss
from keras_dl.algorithms.adversarial_training import AdversarialTraining
from keras_dl.algorithms.alphazero import AlphaZero
from keras_dl.algorithms.arena import Arena
from keras_dl.algorithms.autoencoder import Autoencoder
from keras_dl.algorithms.auxiliary_heads import AuxiliaryHeads
from keras_dl.algorithms.captioner import Captioner, write_captions
from keras_dl.algorithms.convex_learning import ConvexLearning, GradientNorm
from keras_dl.algorithms.cross_modal import CrossModal
from keras_dl.algorithms.ctc import CTC
from keras_dl.algorithms.domain_adaptation import DomainAdaptation
from keras_dl.algorithms.dqn import DQN
from keras_dl.algorithms.gan import GAN
from keras_dl.algorithms.hebbian_learning import HebbianLearning
from keras_dl.algorithms.hybrid_recognizer import HybridRecognizer
from keras_dl.algorithms.image_translation import ImageTranslation
from keras_dl.algorithms.invariant_risk import InvariantRisk
from keras_dl.algorithms.multitask import Multitask
from keras_dl.algorithms.prototypical import PrototypicalNetwork
from keras_dl.algorithms.rbm import RBM
from keras_dl.algorithms.self_supervision import (
    EncoderClassifier,
    RotationPredictor,
    SimCLR,
)
from keras_dl.algorithms.sequence_decoding import BeamSearch
from keras_dl.algorithms.siamese import SiameseNetwork
from keras_dl.algorithms.stateful_lm import StatefulLanguageModel
from keras_dl.algorithms.target_propagation import TargetPropagation
from keras_dl.algorithms.vae import VAE
from keras_dl.algorithms.word2vec import Word2VecLearning

__all__ = [
    "ADVERSARIAL_LOSSES",
    "CTC",
    "DQN",
    "GAN",
    "RBM",
    "VAE",
    "AdversarialLoss",
    "AdversarialTraining",
    "AlphaZero",
    "Arena",
    "Autoencoder",
    "AuxiliaryHeads",
    "BeamSearch",
    "Captioner",
    "ConvexLearning",
    "CrossModal",
    "DomainAdaptation",
    "EncoderClassifier",
    "GradientNorm",
    "HebbianLearning",
    "HybridRecognizer",
    "ImageTranslation",
    "InvariantRisk",
    "Multitask",
    "PrototypicalNetwork",
    "RotationPredictor",
    "SiameseNetwork",
    "SimCLR",
    "StatefulLanguageModel",
    "TargetPropagation",
    "Word2VecLearning",
    "write_captions",
]
