"""Residual nets and plain nets, for CIFAR-10 and for ImageNet."""

from keras_dl.models.resnet import cifar, imagenet, plain
from keras_dl.models.resnet.cifar import (
    cifar_resnet,
    resnet20,
    resnet32,
    resnet44,
    resnet56,
    resnet110,
)
from keras_dl.models.resnet.imagenet import (
    imagenet_resnet,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
)
from keras_dl.models.resnet.plain import plain20, plain32, plain44, plain56, plain110

__all__ = [
    "PUBLISHED",
    "cifar_resnet",
    "imagenet_resnet",
    "plain20",
    "plain32",
    "plain44",
    "plain56",
    "plain110",
    "resnet18",
    "resnet20",
    "resnet32",
    "resnet34",
    "resnet44",
    "resnet50",
    "resnet56",
    "resnet101",
    "resnet110",
    "resnet152",
]

PUBLISHED = cifar.PUBLISHED | plain.PUBLISHED | imagenet.PUBLISHED
