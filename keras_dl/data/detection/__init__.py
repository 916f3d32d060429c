"""Images with boxes round their objects: blood cells, own annotations, generated shapes."""

from keras_dl.data.detection.loading import load_detection

__all__ = ["load_detection"]
