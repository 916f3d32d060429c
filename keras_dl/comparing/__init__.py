"""Recipes and settings side by side: seeds, means with confidence intervals, tests, effects."""

from keras_dl.comparing.ablation import ablate
from keras_dl.comparing.ablation_result import Ablation
from keras_dl.comparing.comparison import Contender, compare, measured
from keras_dl.comparing.effects import Effect, Effects, Interaction, effects
from keras_dl.comparing.results import Comparison, Row, paired

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
    "effects",
    "measured",
    "paired",
]
