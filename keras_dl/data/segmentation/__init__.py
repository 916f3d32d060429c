"""Images with a class number per pixel: CamVid, users' own masks, generated shapes."""

from keras_dl.data.segmentation.class_weights import median_frequency_weights
from keras_dl.data.segmentation.labelled import voc_colours
from keras_dl.data.segmentation.loading import load_segmentation
from keras_dl.data.segmentation.pictures import read_pictures

__all__ = ["load_segmentation", "median_frequency_weights", "read_pictures", "voc_colours"]
