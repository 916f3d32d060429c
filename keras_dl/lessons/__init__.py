"""Lessons: a question, the reader's prediction, short trainings that decide it, and the answer.

Each is a TOML file in `files`; its trainings are those of recipes, with short settings.
"""

from keras_dl.lessons.lesson import Check, Lesson, Quantity, names, read

__all__ = ["Check", "Lesson", "Quantity", "names", "read"]
