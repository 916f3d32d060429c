"""Model diagnostics: layer statistics, gradients, update ratios, loss surface, learning rates."""

from keras_dl.diagnostics.boundary import PredictionGrid, decision_boundary
from keras_dl.diagnostics.gradient_agreement import compare_gradients, numpy_gradients
from keras_dl.diagnostics.layers import (
    LayerRecorder,
    LayerStatistics,
    gradient_ratio,
    kernel_gradients,
    layer_statistics,
)
from keras_dl.diagnostics.rate import LearningRateTest, learning_rate_finder, suggest_rate
from keras_dl.diagnostics.surface import (
    Surface,
    WeightPath,
    loss_surface,
    parameter_axes,
    project_path,
    random_directions,
)
from keras_dl.diagnostics.through_time import gradient_by_distance
from keras_dl.diagnostics.updates import UpdateRatios
from keras_dl.models._counts import Costs, costs

__all__ = [
    "Costs",
    "LayerRecorder",
    "LayerStatistics",
    "LearningRateTest",
    "PredictionGrid",
    "Surface",
    "UpdateRatios",
    "WeightPath",
    "compare_gradients",
    "costs",
    "decision_boundary",
    "gradient_by_distance",
    "gradient_ratio",
    "kernel_gradients",
    "layer_statistics",
    "learning_rate_finder",
    "loss_surface",
    "numpy_gradients",
    "parameter_axes",
    "project_path",
    "random_directions",
    "suggest_rate",
]
