"""Comparisons and ablations: means with confidence intervals, paired tests, effects."""

from keras_dl.comparing.ablation import ablate
from keras_dl.comparing.ablation_result import Ablation
from keras_dl.comparing.comparison import compare
from keras_dl.comparing.contenders import Contender, run_contenders
from keras_dl.comparing.effects import Effect, Effects, Interaction, estimate_effects
from keras_dl.comparing.results import Comparison, Row, paired_tests

__all__ = [
    "Ablation",
    "Comparison",
    "Contender",
    "Effect",
    "Effects",
    "Interaction",
    "Row",
    "ablate",
    "compare",
    "estimate_effects",
    "paired_tests",
    "run_contenders",
]
