import pytest

from keras_dl.facts import Fact, Stated
from keras_dl.facts.fact import agree, check_fact


def fact(ours, **stated) -> Fact:
    return Fact("toy", "count", "units", lambda: ours, **stated)


@pytest.mark.parametrize(
    ("ours", "stated", "same"),
    [
        (3214, 3214, True),
        (3214, 3240, False),
        (60_000, 60_000.4, False),  # a tenth is written, so a tenth counts
        (0.10536, 0.105361, False),
        (0.1053605, 0.105361, True),
        (12_527.829, 12_527.8, True),
        (12_527.87, 12_527.8, False),
        (2.9513e-5, 2.95e-5, True),
        (2.96e-5, 2.95e-5, False),
        (1.727962, 1.7, True),
        ((55, 55, 96), (55, 55, 96), True),
        ((55, 55, 96), (55, 55, 48), False),
        (1, "1", False),
        (1.0, 1, False),  # a count is never a float
        (float("nan"), 1.0, False),
        (float("inf"), 1.0, False),
    ],
)
def test_figures_agree_to_the_digits_that_are_printed(ours, stated, same):
    assert agree(ours, stated) is same


@pytest.mark.parametrize(
    ("ours", "stated", "within", "same"),
    [
        (0.0099, 0.01, 0.02, True),
        (0.0097, 0.01, 0.02, False),
        (1e-7, 0.0, 1e-6, True),
        (1e-5, 0.0, 1e-6, False),
        (float("nan"), 0.0, 1e-6, False),
    ],
)
def test_tolerance_is_relative_and_absolute_at_0(ours, stated, within, same):
    assert agree(ours, stated, within) is same


def test_fact_without_a_difference_is_exact():
    result = check_fact(fact(3, lecture=Stated(3), published=Stated(3, "a book")))
    assert (result.status, result.remarks) == ("exact", ("published: a book",))


def test_derived_figure_is_compared_too():
    assert check_fact(fact(3, derived=Stated(3, "1 + 2"))).remarks == ("derived: 1 + 2",)
    result = check_fact(fact(3, derived=Stated(4, "1 + 3")))
    assert (result.status, result.derived, result.published) == ("open", 4, None)


def test_difference_with_a_reason_is_explained():
    result = check_fact(fact(3, lecture=Stated(4, "a table", "a slip")))
    assert result.status == "explained"
    assert result.remarks == ("lecture: a table", "lecture differs: a slip")


@pytest.mark.parametrize(
    "stated",
    [
        {"lecture": Stated(4, "a table")},
        {"published": Stated(4, "a book")},
        # The reason of one difference is none for the other.
        {"lecture": Stated(4, reason="a slip"), "published": Stated(5)},
        {"lecture": Stated(4), "published": Stated(5, reason="a slip")},
    ],
)
def test_difference_without_a_reason_is_open(stated):
    result = check_fact(fact(3, **stated))
    assert result.status == "open"
    assert sum("NO REASON" in remark for remark in result.remarks) == 1


def test_formula_is_computed_where_one_is_printed():
    result = check_fact(fact(121, lecture=Stated(lambda: 11**2)))
    assert (result.lecture, result.status) == (121, "exact")


def test_memory_and_arithmetic_are_told():
    stated = Stated(3, "a book", from_memory=True)
    result = check_fact(Fact("toy", "n", "units", lambda: 3, published=stated, arithmetic=True))
    assert result.remarks == (
        "published: a book (from memory)",
        "ours: by arithmetic, there is no builder",
    )
