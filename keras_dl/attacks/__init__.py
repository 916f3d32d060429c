"""Adversarial examples: inputs changed by little so that a model errs; for every backend.

All attacks work in the units of what the model takes and cut their results to its range.
"""

from keras_dl.attacks.gradient_sign import fgsm
from keras_dl.attacks.projected_gradient import bim, pgd

__all__ = ["bim", "fgsm", "pgd"]
