from keras_dl.utils.text import align, shorten, wrap


def test_columns_are_aligned_by_their_width_in_a_terminal():
    assert align([["", "日本", "b"], ["train", "1", "1,000"]]) == [
        "       日本      b",
        "train     1  1,000",
    ]


def test_long_texts_are_cut_and_wrapped():
    assert shorten("abcdef", 4) == "abc…"
    assert shorten("abc", 3) == "abc"
    assert wrap("data", "one two three four five", 6, 26) == [
        "data  one two three four",
        "      five",
    ]
