"""Designs: every combination, or a fraction that still tells the effects apart."""

import numpy as np
import pytest

from keras_dl.comparing.design import factorial, model_matrix

MIXED = {"a": ("x", "y", "z"), "b": (False, True), "c": (0.0, 0.5, 0.9)}
TWO_LEVELS = dict.fromkeys("abcdef", (0, 1))


def test_all_combinations_with_the_first_levels_in_front():
    found = factorial(MIXED)
    assert len(found) == 18
    assert found[0] == {"a": "x", "b": False, "c": 0.0}
    assert len({tuple(s.values()) for s in found}) == 18


def test_more_settings_than_there_are_give_all():
    assert factorial(MIXED, 99) == factorial(MIXED)


def test_sixteen_of_sixty_four_are_nearly_orthogonal_and_mix_interactions_little():
    design = factorial(TWO_LEVELS, 16)
    model, _ = model_matrix(
        np.array([[s[n] for n in TWO_LEVELS] for s in design]), [2] * 6, pairs=True
    )
    main, pairs = model[:, 1:7], model[:, 7:]
    information = main.T @ main
    assert np.linalg.det(information) > 0.7 * 16**6
    aliases = np.linalg.solve(information, main.T @ pairs)
    assert (aliases**2).sum() < 2  # resolution III, where a gain may be an interaction: up to 12


@pytest.mark.parametrize("count", [7, 9, 13, 16])
def test_a_fraction_tells_all_main_effects_apart(count):
    found = factorial(MIXED, count)
    cells = np.array([[found_at(s, name) for name in MIXED] for s in found])
    matrix, _ = model_matrix(cells, [3, 2, 3], pairs=False)
    assert np.linalg.matrix_rank(matrix) == matrix.shape[1] == 6
    assert len({tuple(s.values()) for s in found}) == count


def test_a_fraction_tells_interactions_apart_where_it_has_room():
    cells = np.array([[s[n] for n in TWO_LEVELS] for s in factorial(TWO_LEVELS, 32)])
    matrix, terms = model_matrix(cells, [2] * 6, pairs=True)
    assert matrix.shape[1] == 1 + 6 + 15 == len(terms)
    assert np.linalg.matrix_rank(matrix) == matrix.shape[1]


def test_a_fraction_is_the_same_every_time():
    assert factorial(MIXED, 9) == factorial(MIXED, 9)


def test_too_few_and_too_many_settings_are_refused():
    with pytest.raises(ValueError, match="must be at least 7"):
        factorial(MIXED, 5)
    with pytest.raises(ValueError, match="at most 20,000 settings"):
        factorial({str(i): range(10) for i in range(5)})


def found_at(setting, name):
    return MIXED[name].index(setting[name])
