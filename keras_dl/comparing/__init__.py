"""Recipes and settings side by side: seeds, means with confidence intervals, tests, effects."""

from keras_dl.comparing.ablated import Ablation
from keras_dl.comparing.ablation import ablate
from keras_dl.comparing.effects import Effect, Effects, Interaction, effects
from keras_dl.comparing.race import Contender, compare, measured
from keras_dl.comparing.table import Comparison, Row, paired

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
