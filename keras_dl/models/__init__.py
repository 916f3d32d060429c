"""Builders: functions from an input shape and a number of classes to an uncompiled model."""

from keras_dl.models.alexnet import alexnet, alexnet_cifar
from keras_dl.models.autoencoders import autoencoder_pair
from keras_dl.models.conv4 import conv4
from keras_dl.models.deep_autoencoders import convolutional_autoencoder, dense_autoencoder
from keras_dl.models.domain_adversarial import domain_adversarial
from keras_dl.models.efficientnet_lite import efficientnet_lite0
from keras_dl.models.gan import (
    conditional_dcgan_generator,
    conditional_discriminator,
    conditional_generator,
    dcgan_discriminator,
    dcgan_generator,
    gan_discriminator,
    gan_generator,
    projection_discriminator,
)
from keras_dl.models.graph_convolution import graph_convolution
from keras_dl.models.hebbian import hebbian
from keras_dl.models.lecun1989 import lecun1989, net1, net2, net3, net4, net5
from keras_dl.models.lenet import lenet5, lenet5_1998
from keras_dl.models.linear import linear_regression, logistic_regression
from keras_dl.models.mlp import mlp
from keras_dl.models.neocognitron import neocognitron
from keras_dl.models.perceptron import perceptron
from keras_dl.models.pix2pix import patch_discriminator, unet_generator
from keras_dl.models.pretrained import transfer_network
from keras_dl.models.resnet import (
    cifar_resnet,
    imagenet_resnet,
    plain20,
    plain32,
    plain44,
    plain56,
    plain110,
    resnet18,
    resnet20,
    resnet32,
    resnet34,
    resnet44,
    resnet50,
    resnet56,
    resnet101,
    resnet110,
    resnet152,
)
from keras_dl.models.segmentation import fcn, fcn8s, fcn16s, fcn32s
from keras_dl.models.t_c import t_c
from keras_dl.models.texts import bag_of_words, text_classifier
from keras_dl.models.threshold import gate_net, threshold_network, threshold_unit, xor_net
from keras_dl.models.transformers import gpt
from keras_dl.models.word2vec import word2vec

__all__ = [
    "alexnet",
    "alexnet_cifar",
    "autoencoder_pair",
    "bag_of_words",
    "cifar_resnet",
    "conditional_dcgan_generator",
    "conditional_discriminator",
    "conditional_generator",
    "conv4",
    "convolutional_autoencoder",
    "dcgan_discriminator",
    "dcgan_generator",
    "dense_autoencoder",
    "domain_adversarial",
    "efficientnet_lite0",
    "fcn",
    "fcn8s",
    "fcn16s",
    "fcn32s",
    "gan_discriminator",
    "gan_generator",
    "gate_net",
    "gpt",
    "graph_convolution",
    "hebbian",
    "imagenet_resnet",
    "lecun1989",
    "lenet5",
    "lenet5_1998",
    "linear_regression",
    "logistic_regression",
    "mlp",
    "neocognitron",
    "net1",
    "net2",
    "net3",
    "net4",
    "net5",
    "patch_discriminator",
    "perceptron",
    "plain20",
    "plain32",
    "plain44",
    "plain56",
    "plain110",
    "projection_discriminator",
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
    "t_c",
    "text_classifier",
    "threshold_network",
    "threshold_unit",
    "transfer_network",
    "unet_generator",
    "word2vec",
    "xor_net",
]
