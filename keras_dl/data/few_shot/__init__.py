"""Few-shot data: images whose classes are divided into splits, and episodes of them."""

from keras_dl.data.few_shot.episodes import Episodes
from keras_dl.data.few_shot.folders import class_folders, read_class_images
from keras_dl.data.few_shot.glyphs import glyphs
from keras_dl.data.few_shot.images import ClassImages, FewShotImages, divide_classes, with_rotations
from keras_dl.data.few_shot.ink import BrightInk
from keras_dl.data.few_shot.loading import few_shot
from keras_dl.data.few_shot.official_runs import official_runs
from keras_dl.data.few_shot.omniglot import omniglot

__all__ = [
    "BrightInk",
    "ClassImages",
    "Episodes",
    "FewShotImages",
    "class_folders",
    "divide_classes",
    "few_shot",
    "glyphs",
    "official_runs",
    "omniglot",
    "read_class_images",
    "with_rotations",
]
