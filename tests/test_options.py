import inspect
from collections.abc import Sequence
from typing import Literal

import pytest

import keras_dl
from keras_dl import Choice, commands, options
from keras_dl.data import load
from keras_dl.space import resolve


@pytest.mark.parametrize(
    ("full", "given", "planned"),
    [
        (12, {}, (12, None)),
        (12, {"budget": "quick"}, (3, None)),
        (1, {"budget": "quick"}, (1, None)),
        (12, {"budget": "smoke"}, (1, 20)),
        (12, {"epochs": 5}, (5, None)),
        (12, {"steps_per_epoch": 7}, (12, 7)),
        (12, {"budget": "smoke", "epochs": 5}, (5, 20)),
        (12, {"budget": "smoke", "steps_per_epoch": 7}, (1, 7)),
        (12, {"budget": "quick", "epochs": 5, "steps_per_epoch": 7}, (5, 7)),
    ],
)
def test_budget_gives_way_to_epochs_and_steps(full, given, planned):
    assert options.resolve_epochs(full, resolve(options.RUN, given)) == planned


def test_limits_leave_the_epochs_of_the_recipe():
    given = {"budget": "10m", "steps_per_epoch": 7}
    assert options.resolve_epochs(12, resolve(options.RUN, given)) == (12, 7)
    with pytest.raises(ValueError, match="`budget` must be smoke, quick, full, a time"):
        options.resolve_epochs(12, resolve(options.RUN, {"budget": "huge"}))


@pytest.mark.parametrize(
    ("known", "given"),
    [
        (options.RUN, {"seed": -1}),
        (options.RUN, {"seed": 2**31}),
        (options.RUN, {"epochs": 0}),
        (options.RUN, {"trials": 3}),
        (options.TUNE, {"trials": 0}),
        (options.TUNE, {"workers": -1}),
        (options.TUNE, {"algorithm": "annealing"}),
        (options.COMPARE, {"seeds": 1}),
        (options.COMPARE, {"trials": 3}),
        (options.PREDICT, {"top": 0}),
        (options.UI, {"port": 65536}),
    ],
)
def test_nonsense_is_refused(known, given):
    with pytest.raises(ValueError, match=next(iter(given))):
        resolve(known, given)


@pytest.mark.parametrize("command", ["RUN", "TUNE", "COMPARE", "PLAY", "PREDICT", "EXPLAIN", "UI"])
def test_every_option_is_explained(command):
    assert not [name for name in getattr(options, command) if name not in options.HELP]


NAMES = (
    "run",
    "tune",
    "compare",
    "ablate",
    "describe",
    "play",
    "predict",
    "explain",
    "report",
    "ui",
    "list",
    "output",
    "runs",
    "export",
    "lesson",
)


def test_no_explanation_is_left_over():
    commands = {n: getattr(options, n.upper()) for n in NAMES}
    known = {name for space in commands.values() for name in space}
    known |= {f"{command} {name}" for command, space in commands.items() for name in space}
    assert not set(options.HELP) - known


def test_commands_share_the_options_of_a_training():
    shared = {
        "budget",
        "epochs",
        "steps_per_epoch",
        "patience",
        "precision",
        "jit_compile",
        "class_weight",
        "init_from",
        "verbose",
        *options.READING,
    }
    common = set(options.RUN) & set(options.TUNE) & set(options.COMPARE) & set(options.ABLATE)
    assert shared == common - {"resume"}  # the id of a run, or a switch
    assert all(options.RUN[n] == options.TUNE[n] == options.COMPARE[n] for n in shared)


def annotation_of(option):
    """The annotation that an option has in a signature."""
    if option.kind is tuple:
        return Sequence[option.item]
    kind = option.kind
    if isinstance(option.domain, Choice):
        kind = Literal[option.domain.values]
    if option.words:
        kind = kind | Literal[option.words]
    return kind | None if option.optional else kind


@pytest.mark.parametrize("command", ["run", "tune", "compare", "ablate"])
def test_signatures_list_every_option_with_type_and_default(command):
    function, table = getattr(commands, command), getattr(options, command.upper())
    assert getattr(keras_dl.Recipe, command) is function
    parameters = dict(inspect.signature(function).parameters)
    for name in ("recipe", "recipes", "data", "executor", "callbacks"):
        parameters.pop(name, None)
    assert parameters.pop("hyperparameters").kind is inspect.Parameter.VAR_KEYWORD
    assert set(parameters) == set(table)
    for name, option in table.items():
        assert parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
        assert parameters[name].default == option.default
        assert f"{name}: " in function.__doc__
        if name not in ("values", "class_weight", "columns"):  # mappings, or the line's text
            assert parameters[name].annotation == annotation_of(option), name


def test_signature_of_explain_lists_every_option_with_type_and_default():
    parameters = dict(inspect.signature(keras_dl.explain).parameters)
    del parameters["model"], parameters["images"]
    assert set(parameters) == set(options.EXPLAIN)
    for name, option in options.EXPLAIN.items():
        assert parameters[name].default == option.default
        assert f"{name}: " in keras_dl.explain.__doc__
        if name != "target":  # a number too
            assert parameters[name].annotation == annotation_of(option), name


def test_options_with_their_default_count_as_not_given():
    arguments = {"epochs": None, "seed": 0, "verbose": False, "hyperparameters": {"units": 4}}
    given = {"verbose": False, "units": 4}
    assert commands._collect(arguments, options.RUN) == given
    arguments = {"seed": False, "hyperparameters": {}}
    assert commands._collect(arguments, options.RUN) == {"seed": False}  # refused later


def test_weights_of_classes_reach_the_options_as_text():
    arguments = {"class_weight": {"cat": 3, 1: 0.5}, "hyperparameters": {}}
    assert commands._collect(arguments, options.RUN) == {"class_weight": "cat=3,1=0.5"}


def test_data_describe_has_the_options_of_load():
    declared = set(inspect.signature(load).parameters) - {"dataset", "batch_size"}
    assert declared == set(options.DESCRIBE) - {"text"}
