import pytest

from keras_dl.data import DatasetError
from keras_dl.utils.printing import printable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("naïve 猫 é 👩‍🚀", "naïve 猫 é 👩‍🚀"),
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("a\r\n\tb", "a\\r\\n\\tb"),
        ("\x9b1m\x7f", "\\x9b1m\\x7f"),
        ("fdp.\u202egnp", "fdp.\\u202egnp"),
        (b"\xff.png".decode(errors="surrogateescape"), "\\udcff.png"),
        (3, "3"),
    ],
)
def test_control_characters_are_escaped(text, expected):
    assert printable(text) == expected
    assert printable(printable(text)) == expected


def test_line_breaks_may_stay_and_long_texts_are_cut():
    assert printable("a\n\x1bb", keep="\n") == "a\n\\x1bb"
    assert printable("abcdef", most=4) == "abc…"


def test_errors_of_data_are_printable_and_short():
    assert str(DatasetError("Received: a\x1b[31m.png")) == "Received: a\\x1b[31m.png"
    assert len(str(DatasetError("x" * 100_000))) == 2000
