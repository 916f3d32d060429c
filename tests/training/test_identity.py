"""The identity of a recipe's code: what changes its digest, what does not, and the differences."""

import dataclasses
import functools
import textwrap

import pytest

from keras_dl import Objective, Recipe
from keras_dl.training.identity import describe_differences, source_digest

SCRIPT = """
import numpy as np
RATE = 0.5
TABLE = np.arange(3)

class Layer:
    size = 4
    def call(self, x):
        return x

def helper(x):
    '''Helps.'''
    return Layer().call(x) * RATE + TABLE[0]

def data(*, dataset: str = "iris"):
    return dataset

def build(data, *, units: int = 8):
    '''Builds.'''
    return [helper(x) for x in data]  # a comment

def report(model, data):
    return {}
"""


def digest(script=SCRIPT, **changes):
    space = {"__name__": "script"}
    exec(compile(textwrap.dedent(script), "script.py", "exec"), space)
    functions = {name: space[name] for name in ("data", "build", "report")}
    return source_digest(Recipe(name="toy", **{**functions, **changes}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'''Builds.'''", "'''Builds a net.'''"),
        ("  # a comment", ""),
        ("RATE = 0.5", "\n\n\nRATE = 0.5\nUNUSED = 3"),
        ("return {}", "return {'a': 1}"),  # the score comes from the test set
    ],
)
def test_words_and_lines_do_not_count(old, new):
    assert digest(SCRIPT.replace(old, new)) == digest()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("helper(x) for", "helper(x) + 1 for"),
        ("units: int = 8", "units: int = 9"),
        ("RATE = 0.5", "RATE = 0.6"),
        ("np.arange(3)", "np.arange(4)"),
        ("* RATE", "/ RATE"),
        ("size = 4", "size = 5"),
        ("        return x\n", "        return -x\n"),
        ("return dataset", "return dataset[:9]"),
    ],
)
def test_code_and_constants_count(old, new):
    assert digest(SCRIPT.replace(old, new)) != digest()


def test_settings_and_evaluators_count():
    def evaluator(model, split):
        return {"a": 1.0}

    assert digest(evaluators=(evaluator,)) != digest()
    assert digest(objective=Objective("val_loss", "min")) != digest()
    assert digest(build=functools.partial(lambda data, factor: data, factor=2)) != digest(
        build=functools.partial(lambda data, factor: data, factor=3)
    )


def test_report_counts_where_the_score_comes_from_it():
    from keras_dl import Score

    changed = SCRIPT.replace("return {}", "return {'a': 1}")
    score = Score("a", "max")
    assert digest(changed, score=score) != digest(score=score)


def test_every_recipe_has_a_digest_of_its_own():
    from tests.toys import faulty, toy

    assert len({source_digest(r) for r in (toy, faulty)}) == 2
    assert source_digest(toy) == source_digest(dataclasses.replace(toy, factors=("units",)))


def test_differences_are_named():
    earlier = {"seed": 0, "values": {"units": "8"}, "source": "a" * 64, "searched": {"rate": "x"}}
    later = {"seed": 1, "values": {"units": "9"}, "source": "b" * 64, "searched": {}}
    assert describe_differences(earlier, later) == [
        "seed (0 → 1)",
        "units (8 → 9)",
        "code of the recipe (aaaaaaaa → bbbbbbbb)",
        "searched.rate (x → none)",
    ]
