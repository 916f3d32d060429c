import math

import pytest

from keras_dl.space.domains import AtLeast, Choice, Range, Repeat, When, format_value


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((1, 1), ValueError, "`low` must be below `high`. Received: low=1, high=1"),
        ((2, 1), ValueError, "`low` must be below `high`. Received: low=2, high=1"),
        ((0, 1, True), ValueError, "`low` must be above 0 with log=True. Received: low=0"),
        ((0, 1, False, 0), ValueError, "`step` must be above 0. Received: step=0"),
        ((1, 9, True, 1), ValueError, "`step` must be above 1 with log=True. Received: step=1"),
        (("0", "1"), TypeError, "`low` must be a finite number. Received: low='0'"),
        ((0, math.inf), TypeError, "`high` must be a finite number. Received: high=inf"),
        ((math.nan, 1), TypeError, "`low` must be a finite number. Received: low=nan"),
        ((False, 1), TypeError, "`low` must be a finite number. Received: low=False"),
        ((0, 1, False, "1"), TypeError, "`step` must be a finite number. Received: step='1'"),
    ],
)
def test_range_refuses_bad_bounds(arguments, kind, message):
    with pytest.raises(kind) as caught:
        Range(*arguments)
    assert str(caught.value) == message


def test_range_holds_its_ends_and_no_more():
    domain = Range(0.1, 0.5)
    assert domain.holds(0.1)
    assert domain.holds(0.5)
    assert not domain.holds(math.nextafter(0.5, 1))
    assert not domain.holds(math.nextafter(0.1, 0))


@pytest.mark.parametrize("value", [True, False, "1", None, math.nan, math.inf, (1,), 1j])
def test_range_holds_only_finite_numbers(value):
    assert not Range(0, 10).holds(value)


def test_choice_needs_a_value():
    with pytest.raises(ValueError, match=r"^`values` must list at least one choice"):
        Choice()


def test_choice_tells_truth_from_numbers():
    assert Choice(0, 1).holds(1)
    assert not Choice(0, 1).holds(True)
    assert Choice(False, True).holds(True)
    assert not Choice(False, True).holds(1)


def test_choice_of_tuples():
    domain = Choice((512,), (512, 256))
    assert domain.holds((512, 256))
    assert not domain.holds((256, 512))


@pytest.mark.parametrize(("low", "high"), [(-1, 2), (3, 2), (0, 0)])
def test_repeat_refuses_bad_lengths(low, high):
    with pytest.raises(ValueError, match="`low` must lie between 0 and `high`") as caught:
        Repeat(Range(0, 1), low, high)
    assert str(caught.value).endswith(f"Received: low={low}, high={high}")


@pytest.mark.parametrize("arguments", [(Range(0, 1), 1.0, 2), (Range(0, 1), True, 2)])
def test_repeat_wants_whole_lengths(arguments):
    with pytest.raises(TypeError, match="`low` and `high` must be integers"):
        Repeat(*arguments)


def test_repeat_wants_a_plain_domain_for_its_items():
    with pytest.raises(TypeError, match="`item` must be a Range or a Choice"):
        Repeat(Repeat(Range(0, 1), 1, 2), 1, 2)  # type: ignore[arg-type]


def test_repeat_checks_length_and_every_item():
    domain = Repeat(Range(16, 64), 1, 3)
    assert domain.holds((16,))
    assert domain.holds((16, 32, 64))
    assert not domain.holds(())
    assert not domain.holds((16, 16, 16, 16))
    assert not domain.holds((16, 65))
    assert not domain.holds(16)
    assert Repeat(Range(16, 64), 0, 1).holds(())


def test_when_needs_a_value():
    with pytest.raises(ValueError, match=r"at least one value of optimizer"):
        When("optimizer")


@pytest.mark.parametrize(
    ("domain", "text"),
    [
        (Range(0.0, 0.5), "0 … 0.5"),
        (Range(1e-4, 0.03, log=True), "0.0001 … 0.03 (log)"),
        (Range(16, 1024, log=True, step=2), "16 … 1024 (log, ×2)"),
        (Range(0, 1, step=0.25), "0 … 1 (step 0.25)"),
        (Range(1, 10**6), "1 … 1,000,000"),
        (Range(1e-9, 1e9), "1e-09 … 1,000,000,000"),
        (Choice("relu", "tanh"), "relu | tanh"),
        (Choice(None, True, 2.0, (1, 2)), "none | true | 2 | 1,2"),
        (Repeat(Range(1, 9), 1, 3), "1 to 3 values, each 1 … 9"),
        (Repeat(Choice("a", "b"), 1, 1), "1 value, each a | b"),
        (AtLeast(1), "at least 1"),
        (When("optimizer", "sgd"), "optimizer is sgd"),
        (When("flip", True, False), "flip is true or false"),
        (When("depth", 1, 2, 3), "depth is 1, 2 or 3"),
    ],
)
def test_domains_read_well(domain, text):
    assert str(domain) == text


@pytest.mark.parametrize(
    ("domain", "rule"),
    [
        (Range(0, 1, step=0.5), "lie in 0 … 1"),
        (Choice("a", "b", "c"), "be a, b or c"),
        (Choice("a"), "be a"),
        (Repeat(Range(1, 9), 2, 2), "be 2 values that each lie in 1 … 9"),
    ],
)
def test_rules_finish_a_sentence(domain, rule):
    assert domain.rule == rule


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "none"),
        (2.0, "2"),
        (0.1, "0.1"),
        (1 / 3, "0.3333333333333333"),
        (1e-12, "1e-12"),
        (7, "7"),
        ("relu", "relu"),
        ((512, 256), "512,256"),
        ((True, None), "true,none"),
        ((), ""),
    ],
)
def test_values_are_written_without_rounding(value, text):
    assert format_value(value) == text


def test_least_value_is_a_finite_number():
    assert [AtLeast(2).holds(value) for value in (1, 2, 3.5, math.nan, "3")] == [
        False, True, True, False, False,
    ]  # fmt: skip
    with pytest.raises(TypeError, match="`least` must be a finite number"):
        AtLeast(math.inf)
