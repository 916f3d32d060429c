"""Hyperparameters: domains, annotated parameters, ranges of a call, levels of an experiment."""

from keras_dl.space.domains import (
    AtLeast,
    Choice,
    Domain,
    Range,
    Repeat,
    When,
    format_value,
)
from keras_dl.space.hyperparameters import (
    Hyper,
    check,
    check_names,
    hyper,
    hypers,
    is_active,
    parse_value,
    refuse_positional,
    resolve,
)
from keras_dl.space.ranges import as_domain, format_domain, narrow, parse_setting

__all__ = [
    "AtLeast",
    "Choice",
    "Domain",
    "Hyper",
    "Range",
    "Repeat",
    "When",
    "as_domain",
    "check",
    "check_names",
    "format_domain",
    "format_value",
    "hyper",
    "hypers",
    "is_active",
    "narrow",
    "parse_setting",
    "parse_value",
    "refuse_positional",
    "resolve",
]
