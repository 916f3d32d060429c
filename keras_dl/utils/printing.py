"""Texts of strangers, such as file names and cells, in a form that is safe to print."""

import re

__all__ = ["LAYOUT", "printable"]

LAYOUT = "\n\t"  # what stays in a text of several lines

# Control characters move the cursor, rename the window or hide text; directional overrides reorder
# what is read; surrogates stand for bytes that cannot be encoded.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: object, *, keep: str = "", most: int | None = None) -> str:
    r"""Returns a text with control characters as escape sequences such as ``\x1b``.

    Args:
        text: any value; its `str` is taken.
        keep: control characters that stay, such as line breaks.
        most: maximum length in characters; the rest becomes "…". None: no limit.

    Example:
        >>> printable("a\x1b[2Jb")
        'a\\x1b[2Jb'
    """
    text = str(text)
    if most is not None and len(text) > most:
        text = f"{text[: most - 1]}…"
    return UNSAFE.sub(lambda found: _escape(found[0], keep), text)


def _escape(character: str, keep: str) -> str:
    return character if character in keep else character.encode("unicode_escape").decode()
