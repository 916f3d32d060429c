"""Builders: functions from an input shape and a number of classes to an uncompiled model."""

from keras_dl.models.alexnet import alexnet, alexnet_cifar
from keras_dl.models.autoencoders import autoencoder_pair
from keras_dl.models.captioning import caption_decoder
from keras_dl.models.conv4 import conv4
from keras_dl.models.deep_autoencoders import convolutional_autoencoder, dense_autoencoder
from keras_dl.models.detection import faster_rcnn_r50_fpn, faster_rcnn_small
from keras_dl.models.domain_adversarial import domain_adversarial
from keras_dl.models.efficientnet import (
    efficientnet,
    efficientnet_b0,
    efficientnet_b1,
    efficientnet_b2,
    efficientnet_b3,
    efficientnet_b4,
    efficientnet_b5,
    efficientnet_b6,
    efficientnet_b7,
)
from keras_dl.models.efficientnet_lite import efficientnet_lite0
from keras_dl.models.forecasters import forecaster
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
from keras_dl.models.googlenet import googlenet
from keras_dl.models.graph_convolution import graph_convolution
from keras_dl.models.hebbian import hebbian
from keras_dl.models.inception_v3 import inception_v3
from keras_dl.models.keyword_spotting import cnn_trad_fpool3, ds_cnn
from keras_dl.models.lecun1989 import lecun1989, net1, net2, net3, net4, net5
from keras_dl.models.lenet import lenet5, lenet5_1998
from keras_dl.models.linear import linear_regression, logistic_regression
from keras_dl.models.mlp import mlp
from keras_dl.models.mobilenet import mobilenet
from keras_dl.models.neocognitron import neocognitron
from keras_dl.models.nfnet import (
    nfnet,
    nfnet_f0,
    nfnet_f1,
    nfnet_f2,
    nfnet_f3,
    nfnet_f4,
    nfnet_f5,
    nfnet_f6,
)
from keras_dl.models.perceptron import perceptron
from keras_dl.models.pix2pix import patch_discriminator, unet_generator
from keras_dl.models.policy_value import alphago_zero, policy_value_net
from keras_dl.models.pretrained import transfer_network
from keras_dl.models.q_networks import (
    dqn_dueling,
    dqn_minatar,
    dqn_mlp,
    dqn_nature,
    dqn_nips,
    q_network,
)
from keras_dl.models.recurrent_lm import (
    recurrent_lm,
    zaremba_large,
    zaremba_medium,
    zaremba_small,
)
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
from keras_dl.models.segmentation import (
    fcn,
    fcn8s,
    fcn16s,
    fcn32s,
    segnet,
    segnet_basic,
    unet,
    wnet,
)
from keras_dl.models.siamese import koch_encoder, koch_siamese
from keras_dl.models.speech import ctc_encoder, frame_network
from keras_dl.models.t_c import t_c
from keras_dl.models.texts import bag_of_words, deep_averaging, text_classifier
from keras_dl.models.threshold import gate_net, threshold_network, threshold_unit, xor_net
from keras_dl.models.transformers import (
    bert,
    bert_classifier,
    bert_masked_lm,
    document_reader,
    gpt,
    gpt2,
    transformer,
    transformer_base,
    transformer_big,
)
from keras_dl.models.variational import vae_decoder, vae_encoder
from keras_dl.models.vgg import vgg, vgg11, vgg13, vgg16, vgg19
from keras_dl.models.word2vec import word2vec
from keras_dl.models.zfnet import zfnet

__all__ = [
    "alexnet",
    "alexnet_cifar",
    "alphago_zero",
    "autoencoder_pair",
    "bag_of_words",
    "bert",
    "bert_classifier",
    "bert_masked_lm",
    "caption_decoder",
    "cifar_resnet",
    "cnn_trad_fpool3",
    "conditional_dcgan_generator",
    "conditional_discriminator",
    "conditional_generator",
    "conv4",
    "convolutional_autoencoder",
    "ctc_encoder",
    "dcgan_discriminator",
    "dcgan_generator",
    "deep_averaging",
    "dense_autoencoder",
    "document_reader",
    "domain_adversarial",
    "dqn_dueling",
    "dqn_minatar",
    "dqn_mlp",
    "dqn_nature",
    "dqn_nips",
    "ds_cnn",
    "efficientnet",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
    "efficientnet_lite0",
    "faster_rcnn_r50_fpn",
    "faster_rcnn_small",
    "fcn",
    "fcn8s",
    "fcn16s",
    "fcn32s",
    "forecaster",
    "frame_network",
    "gan_discriminator",
    "gan_generator",
    "gate_net",
    "googlenet",
    "gpt",
    "gpt2",
    "graph_convolution",
    "hebbian",
    "imagenet_resnet",
    "inception_v3",
    "koch_encoder",
    "koch_siamese",
    "lecun1989",
    "lenet5",
    "lenet5_1998",
    "linear_regression",
    "logistic_regression",
    "mlp",
    "mobilenet",
    "neocognitron",
    "net1",
    "net2",
    "net3",
    "net4",
    "net5",
    "nfnet",
    "nfnet_f0",
    "nfnet_f1",
    "nfnet_f2",
    "nfnet_f3",
    "nfnet_f4",
    "nfnet_f5",
    "nfnet_f6",
    "patch_discriminator",
    "perceptron",
    "plain20",
    "plain32",
    "plain44",
    "plain56",
    "plain110",
    "policy_value_net",
    "projection_discriminator",
    "q_network",
    "recurrent_lm",
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
    "segnet",
    "segnet_basic",
    "t_c",
    "text_classifier",
    "threshold_network",
    "threshold_unit",
    "transfer_network",
    "transformer",
    "transformer_base",
    "transformer_big",
    "unet",
    "unet_generator",
    "vae_decoder",
    "vae_encoder",
    "vgg",
    "vgg11",
    "vgg13",
    "vgg16",
    "vgg19",
    "wnet",
    "word2vec",
    "xor_net",
    "zaremba_large",
    "zaremba_medium",
    "zaremba_small",
    "zfnet",
]
