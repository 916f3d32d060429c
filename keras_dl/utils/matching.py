"""Close matches of a misspelled word, for error messages."""

import difflib
from collections.abc import Iterable

__all__ = ["close_match", "did_you_mean"]


def close_match(word: object, candidates: Iterable[object]) -> str | None:
    """Returns the candidate that is spelled most like `word`, case aside; None if none is close."""
    words = [str(candidate) for candidate in candidates]
    close = difflib.get_close_matches(str(word), words, 1)
    close = close or difflib.get_close_matches(str(word).lower(), words, 1)
    return close[0] if close else None


def did_you_mean(word: object, candidates: Iterable[object]) -> str:
    """Returns ` Did you mean 'relu'?` with the closest candidate, or an empty text."""
    close = close_match(word, candidates)
    return f" Did you mean {close!r}?" if close is not None else ""
