"""Recipes side by side: seeds, means with confidence intervals, paired tests."""

from keras_dl.comparing.race import Contender, compare, measured
from keras_dl.comparing.table import Comparison, Row, paired

__all__ = ["Comparison", "Contender", "Row", "compare", "measured", "paired"]
