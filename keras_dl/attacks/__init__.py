"""Adversarial attacks: small perturbations of inputs that change a model's prediction.

All attacks work in the units of the model's inputs and clip their results to the inputs' range.
"""

from keras_dl.attacks.gradient_sign import fgsm
from keras_dl.attacks.projected_gradient import bim, pgd

__all__ = ["bim", "fgsm", "pgd"]
