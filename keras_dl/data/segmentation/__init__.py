"""Images with a class number per pixel: street scenes, retinas, own masks, generated shapes."""

from keras_dl.data.segmentation.class_weights import median_frequency_weights
from keras_dl.data.segmentation.crops import with_crops
from keras_dl.data.segmentation.labelled import voc_colours
from keras_dl.data.segmentation.loading import load_segmentation
from keras_dl.data.segmentation.pictures import read_pictures
from keras_dl.data.segmentation.vessels import read_second_observer

__all__ = [
    "load_segmentation",
    "median_frequency_weights",
    "read_pictures",
    "read_second_observer",
    "voc_colours",
    "with_crops",
]
