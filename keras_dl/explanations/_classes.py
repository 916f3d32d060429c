"""Names, probabilities and captions of the classes that are explained."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from scipy.special import softmax

from keras_dl.utils.matching import did_you_mean

__all__ = ["Ranking", "captions", "class_names", "class_number", "rankings"]

Ranking: TypeAlias = list[tuple[str, float]]  # classes with probabilities, best first


def class_names(known: Sequence[str], logits: np.ndarray | None) -> tuple[str, ...]:
    """Returns a name for each class: the known ones, or "class 0", "class 1" and so on.

    Raises:
        ValueError: if there is another number of names than of logits.
    """
    count = 0 if logits is None else logits.shape[1]
    if known and count and len(known) != count:
        raise ValueError(
            f"`labels` must have a name for each of {count} classes. Received: {len(known)} names"
        )
    return tuple(known) or tuple(f"class {i}" for i in range(count))


def class_number(target: str | int, classes: Sequence[str]) -> int:
    """Returns the number of a class given by name, by one of several in a name, or by number.

    Raises:
        ValueError: if there is no such class.
    """
    text = str(target)
    if text in classes:
        return list(classes).index(text)
    parts = [i for i, name in enumerate(classes) if text in name.split(", ")]
    if len(parts) == 1:
        return parts[0]
    if text.isdigit() and int(text) < len(classes):
        return int(text)
    several = f" Several match: {', '.join(classes[i] for i in parts)}." if parts else ""
    raise ValueError(
        f"`target` must be a class by name or by number from 0 to {len(classes) - 1}."
        f"{several or did_you_mean(text, classes)} Received: target={text!r}"
    )


def rankings(logits: np.ndarray | None, classes: Sequence[str], top: int = 3) -> list[Ranking]:
    """Returns the most probable classes of each image with probabilities; empty without logits.

    Args:
        logits: (n, classes), or None.
        classes: their names.
        top: classes of each image.
    """
    if logits is None:
        return []
    chance = softmax(logits, axis=1)
    return [[(classes[int(i)], float(row[i])) for i in (-row).argsort()[:top]] for row in chance]


def captions(
    names: Sequence[str], ranked: Sequence[Ranking], targets: Any, classes: Sequence[str]
) -> list[str]:
    """Returns a line for each image: class, probability, and the class that is explained.

    Args:
        names: of the images, or their files.
        ranked: classes of each image with probabilities, most probable first.
        targets: class number of each image that is explained; None: no class is.
        classes: names of the classes.
    """
    if targets is None:
        return [Path(name).name[:28] for name in names]
    captions = []
    for ranking, target in zip(ranked, targets, strict=True):
        name, share = ranking[0]
        caption = f"{name.split(', ')[0][:20]} {share:.2f}"
        if classes[int(target)] != name:
            caption += f"; for {classes[int(target)].split(', ')[0][:16]}"
        captions.append(caption)
    return captions
