"""All figures of the package `plots`, which loads this module on first use."""

from keras_dl.plots._style import add_title, to_pixels
from keras_dl.plots.attacks import adversarial_examples, robustness
from keras_dl.plots.attention import attention_map
from keras_dl.plots.boundary import decision_boundary
from keras_dl.plots.captions import attention_words, captioned_photos
from keras_dl.plots.challenge import error_per_year
from keras_dl.plots.classes import confusion_matrix, mistakes
from keras_dl.plots.control import film_strip, returns
from keras_dl.plots.curves import learning_curves
from keras_dl.plots.detection import detection_overlays, draw_boxes
from keras_dl.plots.differentiation import computation_graph, gradient_agreement
from keras_dl.plots.domains import domain_examples, domain_map
from keras_dl.plots.explanations import attribution_grid, captioned_columns
from keras_dl.plots.factorial import curves_by_level, interaction_lines, main_effects
from keras_dl.plots.feature_detectors import detectors
from keras_dl.plots.features import projections
from keras_dl.plots.few_labels import label_efficiency
from keras_dl.plots.few_shot import episode, episode_accuracies
from keras_dl.plots.fitted_functions import approximation
from keras_dl.plots.forecasting import error_by_step, forecasts
from keras_dl.plots.games import game_positions
from keras_dl.plots.generated import (
    class_shares,
    image_grid,
    samples_by_epoch,
    tile_images,
    tiled_samples,
    translations,
)
from keras_dl.plots.inner_layers import channel_filters, feature_map_grid, patch_grid
from keras_dl.plots.landscape import descent_curves, learning_rate_test, loss_surface
from keras_dl.plots.language import loss_by_position, text_sample, translated_texts
from keras_dl.plots.layerwise import by_epoch_and_layer, heat_maps, layer_profiles
from keras_dl.plots.parallel import Axis, parallel_coordinates
from keras_dl.plots.pareto import pareto_front
from keras_dl.plots.per_class import class_scores
from keras_dl.plots.probes import probe_bars
from keras_dl.plots.ranking import false_alarm_curve, precision_recall, roc
from keras_dl.plots.regions import decision_regions
from keras_dl.plots.regression import predicted_against_actual, residuals
from keras_dl.plots.retrieval import retrieved_images
from keras_dl.plots.segmentation import (
    class_iou_bars,
    colour_mask,
    paint,
    pixel_confusion_matrix,
    segmentation_overlays,
)
from keras_dl.plots.speech import decoded_spectrograms, word_spectrograms
from keras_dl.plots.spread import predictive_spread
from keras_dl.plots.studies import comparison, importance, search_history
from keras_dl.plots.weight_vectors import weight_directions, weight_growth, weight_table
from keras_dl.plots.weights import filters
from keras_dl.plots.words import analogy_bars, neighbour_table, word_map

__all__ = [
    "Axis",
    "add_title",
    "adversarial_examples",
    "analogy_bars",
    "approximation",
    "attention_map",
    "attention_words",
    "attribution_grid",
    "by_epoch_and_layer",
    "captioned_columns",
    "captioned_photos",
    "channel_filters",
    "class_iou_bars",
    "class_scores",
    "class_shares",
    "colour_mask",
    "comparison",
    "computation_graph",
    "confusion_matrix",
    "curves_by_level",
    "decision_boundary",
    "decision_regions",
    "decoded_spectrograms",
    "descent_curves",
    "detection_overlays",
    "detectors",
    "domain_examples",
    "domain_map",
    "draw_boxes",
    "episode",
    "episode_accuracies",
    "error_by_step",
    "error_per_year",
    "false_alarm_curve",
    "feature_map_grid",
    "film_strip",
    "filters",
    "forecasts",
    "game_positions",
    "gradient_agreement",
    "heat_maps",
    "image_grid",
    "importance",
    "interaction_lines",
    "label_efficiency",
    "layer_profiles",
    "learning_curves",
    "learning_rate_test",
    "loss_by_position",
    "loss_surface",
    "main_effects",
    "mistakes",
    "neighbour_table",
    "paint",
    "parallel_coordinates",
    "pareto_front",
    "patch_grid",
    "pixel_confusion_matrix",
    "precision_recall",
    "predicted_against_actual",
    "predictive_spread",
    "probe_bars",
    "projections",
    "residuals",
    "retrieved_images",
    "returns",
    "robustness",
    "roc",
    "samples_by_epoch",
    "search_history",
    "segmentation_overlays",
    "text_sample",
    "tile_images",
    "tiled_samples",
    "to_pixels",
    "translated_texts",
    "translations",
    "weight_directions",
    "weight_growth",
    "weight_table",
    "word_map",
    "word_spectrograms",
]
