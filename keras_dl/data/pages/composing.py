"""Composition of pages: images of characters in lines, with random spacing."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Pages", "compose_pages", "page_size"]

MARGIN = 4  # pixels around the text, at least
GAP = 4  # most pixels between two characters, and most vertical shift of a line beside the gap
WAVE = 1  # most pixels that a character stands above or below its line


@dataclass(frozen=True)
class Pages:
    """Pages with their texts.

    Attributes:
        x: dark on white, (n, height, width, 1) uint8.
        lines: class numbers of the characters of each line, for each page.
    """

    x: np.ndarray
    lines: list[list[list[int]]]


def page_size(lines: int, longest: int, size: int) -> tuple[int, int]:
    """Returns height and width in pixels of pages that hold the text.

    Args:
        lines: most lines.
        longest: most characters of a line.
        size: side of a character in pixels.
    """
    return lines * (size + GAP) + 2 * MARGIN, longest * (size + GAP) + 2 * MARGIN


def compose_pages(
    ink: np.ndarray,
    y: np.ndarray,
    *,
    count: int,
    lines: int,
    longest: int,
    random: np.random.RandomState,
) -> Pages:
    """Draws characters and places them in lines.

    Numbers of lines, and of characters of a line, are uniform from 1. A text begins at a random
    place where it fits, gaps between characters and lines are random, and characters stand a pixel
    above or below their line.

    Args:
        ink: images of characters (n, size, size) uint8, 255 for ink.
        y: their class numbers (n,).
        count: number of pages.
        lines: most lines of a page.
        longest: most characters of a line.
        random: source of randomness.
    """
    size = ink.shape[1]
    height, width = page_size(lines, longest, size)
    pages = np.zeros((count, height, width), np.uint8)
    texts: list[list[list[int]]] = []
    for page in pages:
        text, rows = [], 1 + random.randint(lines)
        top = random.randint(MARGIN, height - MARGIN - rows * (size + GAP) + 1)
        for _ in range(rows):
            drawn = random.randint(len(ink), size=1 + random.randint(longest))
            _write_line(page, ink[drawn], top + random.randint(GAP - WAVE), random)
            text.append(y[drawn].tolist())
            top += size + GAP
        texts.append(text)
    return Pages(255 - pages[..., None], texts)


def _write_line(
    page: np.ndarray, characters: np.ndarray, top: int, random: np.random.RandomState
) -> None:
    """Adds characters to a page of ink, from a random place on the left that leaves room."""
    size = characters.shape[1]
    gaps = random.randint(GAP + 1, size=len(characters))
    gaps[0] = 0
    taken = len(characters) * size + int(gaps.sum())
    left = random.randint(MARGIN, page.shape[1] - MARGIN - taken + 1)
    for character, gap in zip(characters, gaps, strict=True):
        left += gap
        row = max(0, top + random.randint(-WAVE, WAVE + 1))
        place = page[row : row + size, left : left + size]
        np.maximum(place, character, out=place)
        left += size
