"""Models with a loss of their own, where inputs or weights enter it; one a file."""

from keras_dl.objectives.adversarial_training import AdversarialTraining
from keras_dl.objectives.convex_learning import ConvexLearning, Slope
from keras_dl.objectives.domain_adaptation import DomainAdaptation
from keras_dl.objectives.hebbian_learning import HebbianLearning

__all__ = ["AdversarialTraining", "ConvexLearning", "DomainAdaptation", "HebbianLearning", "Slope"]
