"""Layers that Keras lacks, one a file, for every backend."""

# Importing the layers registers our activations and initializers too, so that models load.
from keras_dl import activations as activations
from keras_dl import initializers as initializers
from keras_dl.layers.augmentation import augmentation_layers
from keras_dl.layers.bilinear_upsampling import Bilinear, BilinearUpsampling
from keras_dl.layers.causal_self_attention import CausalSelfAttention
from keras_dl.layers.crop_like import CropLike
from keras_dl.layers.gradient_reversal import GradientReversal
from keras_dl.layers.graph import GraphConstants, GraphPropagation, NodeRows
from keras_dl.layers.local_response_normalization import LocalResponseNormalization
from keras_dl.layers.locally_connected import LocallyConnected2D
from keras_dl.layers.masked_attention import MaskedAttention
from keras_dl.layers.maxout import Maxout
from keras_dl.layers.monte_carlo_dropout import MonteCarloDropout, monte_carlo
from keras_dl.layers.neocognitron_cells import ComplexCells2D, SimpleCells2D
from keras_dl.layers.plain_batch_normalization import PlainBatchNormalization
from keras_dl.layers.pooling_indices import MaxPoolingWithIndices, MaxUnpooling
from keras_dl.layers.position_embedding import PositionEmbedding
from keras_dl.layers.random_distortion import RandomDistortion
from keras_dl.layers.random_shift import RandomShift
from keras_dl.layers.random_symmetry import RandomSymmetry, RestoreSymmetry
from keras_dl.layers.random_view import RandomView, RestoreView
from keras_dl.layers.rbf_output import RBFOutput
from keras_dl.layers.roi_align import PyramidRoIAlign, RoIAlign, RoIPool
from keras_dl.layers.scaled_standardized_convolution import ScaledStandardizedConv2D
from keras_dl.layers.sinusoidal_positions import SinusoidalPositions
from keras_dl.layers.sinusoidal_positions_2d import SinusoidalPositions2D
from keras_dl.layers.skip_gain import SkipGain
from keras_dl.layers.sparse_dense import SparseDense
from keras_dl.layers.sparse_map_convolution import SparseMapConv2D
from keras_dl.layers.spectral_normalization import SpectralNormalization
from keras_dl.layers.take_positions import TakePositions
from keras_dl.layers.tied_dense import TiedDense
from keras_dl.layers.trainable_subsampling import TrainableSubsampling
from keras_dl.layers.unshared_bias_convolution import UnsharedBiasConv2D
from keras_dl.layers.visual_words import VisualWords
from keras_dl.layers.word_dropout import WordDropout

__all__ = [
    "Bilinear",
    "BilinearUpsampling",
    "CausalSelfAttention",
    "ComplexCells2D",
    "CropLike",
    "GradientReversal",
    "GraphConstants",
    "GraphPropagation",
    "LocalResponseNormalization",
    "LocallyConnected2D",
    "MaskedAttention",
    "MaxPoolingWithIndices",
    "MaxUnpooling",
    "Maxout",
    "MonteCarloDropout",
    "NodeRows",
    "PlainBatchNormalization",
    "PositionEmbedding",
    "PyramidRoIAlign",
    "RBFOutput",
    "RandomDistortion",
    "RandomShift",
    "RandomSymmetry",
    "RandomView",
    "RestoreSymmetry",
    "RestoreView",
    "RoIAlign",
    "RoIPool",
    "ScaledStandardizedConv2D",
    "SimpleCells2D",
    "SinusoidalPositions",
    "SinusoidalPositions2D",
    "SkipGain",
    "SparseDense",
    "SparseMapConv2D",
    "SpectralNormalization",
    "TakePositions",
    "TiedDense",
    "TrainableSubsampling",
    "UnsharedBiasConv2D",
    "VisualWords",
    "WordDropout",
    "augmentation_layers",
    "monte_carlo",
]
