"""Explanations of image models: what a class score or a filter depends on.

All functions take a Keras model and images in the units of its inputs, and return numpy arrays.
Gradients are those of logits: a softmax or sigmoid at the end of the model is left out.
"""

from keras_dl.explanations.attribution import integrated_gradients, saliency
from keras_dl.explanations.deconvolution import backproject, deconvnet, guided_backprop
from keras_dl.explanations.feature_maps import feature_maps, filters
from keras_dl.explanations.gradcam import gradcam
from keras_dl.explanations.maximization import maximize
from keras_dl.explanations.occlusion import occlusion
from keras_dl.explanations.patches import Patches, top_patches

__all__ = [
    "Patches",
    "backproject",
    "deconvnet",
    "feature_maps",
    "filters",
    "gradcam",
    "guided_backprop",
    "integrated_gradients",
    "maximize",
    "occlusion",
    "saliency",
    "top_patches",
]
