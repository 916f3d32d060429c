"""All explanations of one net from numpy weights; run per backend."""

import sys

import numpy as np

from keras_dl import explanations
from tests.explanations.nets import convolutional, images, nested


def explained():
    """Results by name."""
    net, x = convolutional(rectifier="layer"), images()
    model = nested(convolutional(activation="softmax", rectifier="operation"))
    model.set_weights(net.get_weights())
    patches = explanations.top_patches(model, x, layer="first", count=2)
    return {
        "saliency": explanations.saliency(model, x, 0),
        "integrated_gradients": explanations.integrated_gradients(model, x, 1, steps=3),
        "occlusion": explanations.occlusion(model, x, 2, size=3),
        "gradcam": explanations.gradcam(model, x, 1),
        "deconvnet": explanations.deconvnet(model, x, 0),
        "guided_backprop": explanations.guided_backprop(net, x, 0),
        "view": explanations.deconvnet(model, x, layer="last", unit=1),
        "feature_maps": explanations.feature_maps(model, x, layer="pool"),
        "patches": patches.patches,
        "views": patches.views,
        "maximize": explanations.maximize(model, [0, 1], bounds=(-1, 1), steps=3),
    }


if __name__ == "__main__":
    np.savez(sys.argv[1], **explained())
