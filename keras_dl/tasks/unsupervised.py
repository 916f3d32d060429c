"""Unsupervised learning without a common report: recipes have their own."""

from keras_dl.tasks.base import Task

__all__ = ["Unsupervised", "task"]


class Unsupervised(Task):
    """Models that learn from inputs alone."""

    name = "unsupervised"


task = Unsupervised()
