"""Budgets as texts: what they mean and which are refused."""

import pytest

from keras_dl.budget import NAMES, check_budget, limit_of


@pytest.mark.parametrize(
    ("budget", "steps", "seconds", "text"),
    [
        ("2000steps", 2000, None, "2,000 steps"),
        ("1steps", 1, None, "1 step"),
        ("90s", None, 90, "90 seconds"),
        ("10m", None, 600, "10 minutes"),
        ("1h", None, 3600, "1 hour"),
        ("1.5h", None, 5400, "1.5 hours"),
    ],
)
def test_limits(budget, steps, seconds, text):
    limit = limit_of(budget)
    assert (limit.steps, limit.seconds, str(limit)) == (steps, seconds, text)


def test_names_are_no_limits():
    assert [limit_of(name) for name in NAMES] == [None, None, None]


@pytest.mark.parametrize(
    ("budget", "rule"),
    [
        ("10x", "a time such as 90s, 10m or 1h, or a number of optimizer steps such as 2000steps"),
        ("quik", "Did you mean 'quick'"),
        ("-5m", "a time such as"),
        ("m", "a time such as"),
        ("", "a time such as"),
        ("0s", "a time above 0 and at most 1,000,000,000 seconds"),
        ("999999h", "a time above 0"),
        ("0steps", "a whole number of steps above 0"),
        ("1.5steps", "a whole number of steps"),
    ],
)
def test_other_texts_are_refused_in_one_sentence(budget, rule):
    with pytest.raises(ValueError, match="^`budget` must be ") as caught:
        limit_of(budget)
    assert rule in str(caught.value)
    assert str(caught.value).endswith(f"Received: budget={budget!r}")


def test_options_without_a_meaning_are_refused():
    check_budget({"budget": "quick", "epochs": 3, "algorithm": "hyperband"})
    with pytest.raises(ValueError, match="`epochs` must be left out .* budget='10m', epochs=3"):
        check_budget({"budget": "10m", "epochs": 3})
    for algorithm in ("hyperband", "asha"):
        with pytest.raises(ValueError, match="`algorithm` must be bayesian, tpe, random or grid"):
            check_budget({"budget": "50steps", "algorithm": algorithm})
