"""Word vectors in word2vec's text and binary formats, as read by gensim and other tools."""

from pathlib import Path
from typing import BinaryIO

import numpy as np

from keras_dl.embeddings.vectors import WordVectors

__all__ = ["load", "save"]


def save(vectors: WordVectors, path: str | Path, *, binary: bool = False) -> None:
    """Writes a header `words dim`, then each word with its vector.

    Args:
        vectors: vectors to write; words must not contain white space.
        path: path of the file.
        binary: True writes little-endian float32; False writes text that is read back exactly.

    Raises:
        ValueError: if a word is empty or contains white space.
    """
    for word in vectors.words:
        if not word or word.split() != [word]:
            raise ValueError(f"`words` must be free of white space. Received: {word!r}")
    with Path(path).open("wb") as file:
        file.write(f"{len(vectors)} {vectors.dim}\n".encode())
        for word, row in zip(vectors.words, vectors.matrix.astype("<f4"), strict=True):
            # Nine digits tell every float32 from its neighbours.
            numbers = row.tobytes() if binary else " ".join(f"{v:.9g}" for v in row).encode()
            file.write(word.encode() + b" " + numbers + b"\n")


def load(path: str | Path, *, binary: bool = False) -> WordVectors:
    """Reads a file written by `save`, word2vec or gensim.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file does not follow the format; the message names the word.
    """
    with Path(path).open("rb") as file:
        header = file.readline().split()
        if len(header) != 2 or not all(part.isdigit() for part in header):
            raise ValueError(
                "`path` must begin with the numbers of words and of dimensions. "
                f"Received: {b' '.join(header[:3])[:80]!r} in {path}"
            )
        count, dim = map(int, header)
        least = count * dim * (4 if binary else 2)  # a digit and a blank
        if least > Path(path).stat().st_size:
            raise ValueError(
                f"`path` must hold {count} words of {dim} numbers, as its header says. "
                f"Received: a file of {Path(path).stat().st_size} bytes, {path}"
            )
        words: list[str] = []
        matrix = np.empty((count, dim), np.float32)
        for i in range(count):
            try:
                word, matrix[i] = (_binary if binary else _text)(file, dim)
            except ValueError as error:
                raise ValueError(
                    f"`path` must hold {count} words of {dim} numbers, as its header says. "
                    f"Received: {error} in word {i + 1} of {path}"
                ) from None
            words.append(word)
    return WordVectors(tuple(words), matrix)


def _text(file: BinaryIO, dim: int) -> tuple[str, np.ndarray]:
    parts = file.readline().rstrip().split(b" ")
    if len(parts) != dim + 1:
        raise ValueError(f"{max(len(parts) - 1, 0)} numbers")
    return parts[0].decode(), np.array(parts[1:], np.float64).astype(np.float32)


def _binary(file: BinaryIO, dim: int) -> tuple[str, np.ndarray]:
    word = bytearray()
    while (character := file.read(1)) != b" ":
        if not character:
            raise ValueError("an early end")
        if character != b"\n":  # word2vec ends a vector with a line break, gensim does not
            word += character
    content = file.read(4 * dim)
    if len(content) < 4 * dim:
        raise ValueError("an early end")
    return word.decode(), np.frombuffer(content, "<f4")
