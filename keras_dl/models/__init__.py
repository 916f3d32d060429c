"""Builders: an input shape and a number of classes in, an uncompiled Keras model out."""

from keras_dl.models.lenet import lenet5
from keras_dl.models.mlp import mlp
from keras_dl.models.resnet import cifar_resnet, resnet20

__all__ = ["cifar_resnet", "lenet5", "mlp", "resnet20"]
