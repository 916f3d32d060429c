"""Binary classification: one class of a data set against the others."""

from keras_dl.tasks.classification import ImageClassification

__all__ = ["task"]


class BinaryClassification(ImageClassification):
    """As `classification`, in experiments of their own."""

    name = "binary_classification"


task = BinaryClassification()
