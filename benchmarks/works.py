"""What is trained, on what, and what the ratios should be; no framework is needed to read this."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_dl.data import DatasetUnavailable, load
from keras_dl.data.text import passages

__all__ = ["WORKS", "Work", "arrays"]


class Work(NamedTuple):
    """A net and its data.

    Attributes:
        title: of the net, for the table.
        dataset: name of the data, and what stands in where they are not at hand.
        batch: examples in a step.
        train: examples in an epoch.
        test: examples that judge after each epoch.
        rounds: epochs that are timed, after one that is not.
        score: what judges: a metric as Keras names it.
        goals: by side, what the ratio should be.
    """

    title: str
    dataset: tuple[str, str]
    batch: int
    train: int
    test: int
    rounds: int
    score: str
    goals: dict[str, str]


def _goals(keras: str, pytorch: str, **more: str) -> dict[str, str]:
    return {"stock": keras, "stock_without_onednn": keras, "pytorch": pytorch, **more}


DIGITS, COLOURS = ("mnist", "digits"), ("cifar10", "random pixels")
WORKS = {
    "lenet5": Work("LeNet-5", DIGITS, 128, 12_800, 2_560, 5, "val_accuracy",
                   _goals("≥ 3.2, aim 4", "≥ 2.5", pytorch_default="-")),
    "mlp": Work("MLP 784-512-512-10", DIGITS, 128, 25_600, 2_560, 5, "val_accuracy",
                _goals("≥ 2.1, aim 2.3", "≥ 1.8", pytorch_default="-", numpy="≥ 1")),
    "resnet20": Work("ResNet-20", COLOURS, 128, 2_560, 512, 3, "val_accuracy",
                     _goals("≥ 1.85, aim 2.3", "≥ 1")),
    "dcgan": Work("DCGAN's two nets", DIGITS, 128, 3_840, 128, 3, "discriminator_loss",
                  _goals("≥ 1.4", "≥ 1")),
    "lstm": Work("LSTM classifier, 200 words", ("random words", ""), 64, 1_920, 640, 3,
                 "val_accuracy", _goals("≥ 1.2", "≥ 1")),
    "gpt": Work("GPT, 6 blocks of 128, 128 characters", ("characters", ""), 32, 512, 64, 3,
                "val_loss", _goals("≥ 1.5", "≥ 1")),
}  # fmt: skip


def arrays(work: Work, folder: Path) -> tuple[Path, str]:
    """Writes a work's examples for all sides; gives the file and the name of the data."""
    wanted, other = work.dataset
    try:
        name, parts = wanted, _real(wanted)
    except DatasetUnavailable:
        name, parts = other, _real(other)
    cut = {}
    for split, count in (("train", work.train), ("test", work.test)):
        # Some sets lie there class by class; a small one is gone through again.
        order = np.random.default_rng(0).permutation(len(parts[split][0]))
        rows = np.resize(order, count)
        for axis, array in zip("xy", parts[split], strict=True):
            cut[f"{axis}_{split}"] = array[rows]
    path = folder / f"{name}-{work.train}-{work.batch}.npz"
    np.savez(path, **cut)
    return path, name


def _real(name: str) -> dict[str, Any]:
    if name in MADE:
        return MADE[name]()
    data = load(name, at_least=28)
    return {split: (part.x, part.y) for split, part in data.splits.items()}


def _words() -> dict[str, Any]:
    """Texts of 200 words of two kinds, each with some 40 of the words that tell them apart.

    Two thirds of those belong to the text's own kind. With as few real reviews, what is reached
    in some epochs hangs on the order in which they come; with more words than these, it is learnt
    by heart which text is which.
    """
    random, found = np.random.default_rng(0), {}
    for split, count in (("train", 1_920), ("test", 1_920)):
        y = random.integers(0, 2, count, dtype="int32")
        x = random.integers(100, 500, (count, 200), dtype="int32")
        kind = np.where(random.random(x.shape) < 2 / 3, y[:, None], 1 - y[:, None])
        telling = 1 + kind * 10 + random.integers(0, 10, x.shape)
        found[split] = np.where(random.random(x.shape) < 0.2, telling, x).astype("int32"), y
    return found


def _pixels() -> dict[str, Any]:
    random = np.random.default_rng(0)
    x = random.integers(0, 256, (2_560, 32, 32, 3), dtype="uint8")
    pair = x, random.integers(0, 10, len(x), dtype="int32")
    return {"train": pair, "test": pair}


def _characters(length: int = 128) -> dict[str, Any]:
    """Rows of characters of Python's own reference, and each one's next."""
    found = {}
    for split, texts in zip(("train", "", "test"), passages("topics").texts, strict=True):
        letters = np.frombuffer("\n".join(texts).encode("ascii", "replace"), "uint8")
        rows = (len(letters) - 1) // length * length
        x, y = letters[:rows], letters[1 : rows + 1]
        found[split] = tuple(a.reshape(-1, length).astype("int32") for a in (x, y))
    return found


MADE = {"random words": _words, "random pixels": _pixels, "characters": _characters}
