"""Looks into a model: what its layers give, how its weights move, what its loss looks like."""

from keras_dl.diagnostics.boundary import Plane, decision_boundary
from keras_dl.diagnostics.gradient_agreement import both_gradients, numpy_gradients
from keras_dl.diagnostics.layers import (
    LayerRecorder,
    LayerStatistics,
    gradient_ratio,
    kernel_gradients,
    layer_statistics,
)
from keras_dl.diagnostics.rate import RateTest, learning_rate_finder, suggested_rate
from keras_dl.diagnostics.surface import (
    Surface,
    WeightPath,
    axes_of,
    loss_surface,
    projected,
    random_directions,
)
from keras_dl.diagnostics.updates import UpdateRatios

__all__ = [
    "LayerRecorder",
    "LayerStatistics",
    "Plane",
    "RateTest",
    "Surface",
    "UpdateRatios",
    "WeightPath",
    "axes_of",
    "both_gradients",
    "decision_boundary",
    "gradient_ratio",
    "kernel_gradients",
    "layer_statistics",
    "learning_rate_finder",
    "loss_surface",
    "numpy_gradients",
    "projected",
    "random_directions",
    "suggested_rate",
]
