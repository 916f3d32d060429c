import pytest

from keras_dl import options
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
    assert options.planned_epochs(full, resolve(options.RUN, given)) == planned


@pytest.mark.parametrize(
    ("known", "given"),
    [
        (options.RUN, {"seed": -1}),
        (options.RUN, {"seed": 2**31}),
        (options.RUN, {"epochs": 0}),
        (options.RUN, {"budget": "huge"}),
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


@pytest.mark.parametrize("command", ["RUN", "TUNE", "COMPARE", "PREDICT", "UI"])
def test_every_option_is_explained(command):
    assert not [name for name in getattr(options, command) if name not in options.HELP]


NAMES = ("run", "tune", "compare", "ablate", "predict", "report", "ui")


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
        "verbose",
    }
    common = set(options.RUN) & set(options.TUNE) & set(options.COMPARE) & set(options.ABLATE)
    assert shared == common - {"resume"}  # the id of a run, or a switch
    assert all(options.RUN[n] == options.TUNE[n] == options.COMPARE[n] for n in shared)
