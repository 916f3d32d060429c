import pytest

from keras_dl.utils.matching import close_match, did_you_mean


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("dropot", " Did you mean 'dropout'?"),
        ("DROPOUT", " Did you mean 'dropout'?"),
        ("zebra", ""),
    ],
)
def test_closest_candidate_is_offered(word, expected):
    assert did_you_mean(word, ["dropout", "units"]) == expected


def test_candidates_need_not_be_texts():
    assert close_match(12, [128, "units"]) == "128"
    assert close_match("anything", []) is None
