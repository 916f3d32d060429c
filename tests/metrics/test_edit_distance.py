import itertools
from functools import cache

import pytest

from keras_dl.metrics.edit_distance import align, edit_distance, label_error_rate


@cache
def recursive(a, b):
    if not a or not b:
        return len(a) + len(b)
    return min(
        recursive(a[1:], b[1:]) + (a[0] != b[0]), recursive(a[1:], b) + 1, recursive(a, b[1:]) + 1
    )


ALL = [word for size in range(4) for word in itertools.product((1, 2), repeat=size)]


@pytest.mark.parametrize(("a", "b"), list(itertools.product(ALL, repeat=2)))
def test_distance_and_alignment_agree_with_the_definition(a, b):
    assert edit_distance(a, b) == recursive(a, b)
    pairs = align(a, b)
    assert tuple(x for x, _ in pairs if x) == a
    assert tuple(y for _, y in pairs if y) == b
    assert sum(x != y for x, y in pairs) == edit_distance(a, b)


def test_error_rate_is_over_all_labels():
    assert label_error_rate([(1, 2, 3), (1,)], [(1, 3), (1, 1)]) == pytest.approx(2 / 4)
