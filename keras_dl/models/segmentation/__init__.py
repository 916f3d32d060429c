"""Semantic segmentation: networks from images to one logit per pixel and class."""

from keras_dl.models.segmentation import fcn as _fcn
from keras_dl.models.segmentation import segnet as _segnet
from keras_dl.models.segmentation import unet as _unet
from keras_dl.models.segmentation.fcn import fcn, fcn8s, fcn16s, fcn32s
from keras_dl.models.segmentation.segnet import segnet, segnet_basic
from keras_dl.models.segmentation.unet import unet, wnet

__all__ = [
    "PUBLISHED",
    "fcn",
    "fcn8s",
    "fcn16s",
    "fcn32s",
    "segnet",
    "segnet_basic",
    "unet",
    "wnet",
]

PUBLISHED = _fcn.PUBLISHED | _segnet.PUBLISHED | _unet.PUBLISHED
