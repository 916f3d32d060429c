"""Pairs of texts, such as sentences and their translations, as padded rows of subwords."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.files import user_path
from keras_dl.data.reading import fact, notice, recorded
from keras_dl.data.specs import Tokens
from keras_dl.data.text.pair_tasks import PAIR_TASKS
from keras_dl.data.text.subwords import SPECIAL, SubwordTokenizer
from keras_dl.data.text.tokenize import find_in_mirror
from keras_dl.data.text_files import read_text
from keras_dl.utils.matching import did_you_mean

__all__ = ["PAIRS", "sentence_pairs"]

PAIRS = (*PAIR_TASKS, "multi30k")
LONGEST = 40  # subwords of a side, the end included
HELD_OUT = 0.05  # share of a set without splits for validation, and for test
SEED = 20260101  # of that split
Pairs = list[tuple[str, str]]


@recorded
def sentence_pairs(
    dataset: str | os.PathLike[str] | Sequence[tuple[str, str]] | Data = "addition",
    *,
    merges: int = 4_000,
    longest: int | None = None,
    batch_size: int = 64,
) -> Data:
    """Sources and targets as ids of one tokenizer that is learnt from both sides of train.

    Args:
        dataset: "addition" (sums of numbers, written from the last digit on) or "dates" (to ISO
            8601), which are generated; "multi30k", English to German; a text file with a source, a
            tab and a target in each line; a list of pairs; or `Data` of this function.
        merges: most merges of byte-pair encoding; generated sets are read character by character.
        longest: most subwords of a side, the end included; longer pairs are left out of train and
            cut in validation and test. None: 40, or less where all pairs are shorter.
        batch_size: pairs per step.

    Returns:
        x {"source": (n, longest), "target": (n, longest)}, the target with its start, y (n,
        longest) one token ahead, int32 with 0 for padding, and weights 1 of tokens and 0 of
        padding. The preprocessor is the `SubwordTokenizer`; `extras["texts"]` has the pairs of
        each split as texts.

    Raises:
        DatasetUnavailable: if the texts are not available; states where to put which file.
        DatasetError: if a line is no pair, or there are fewer than twenty pairs.
    """
    if isinstance(dataset, Data):
        if "texts" not in dataset.extras:
            raise DatasetError(
                f"`dataset` must be pairs, see `sentence_pairs`. Received: {dataset.name}"
            )
        return replace(dataset, batch_size=batch_size)
    name, source, parts = _read(dataset)
    train = [text for pair in parts["train"] for text in pair]
    tokenizer = SubwordTokenizer.from_texts(train, 0 if name in PAIR_TASKS else merges)
    if longest is None:
        sides = (tokenizer.encode(t) for pairs in parts.values() for pair in pairs for t in pair)
        longest = min(LONGEST, max(map(len, sides)) + 1)
    parts["train"] = _short(parts["train"], tokenizer, longest)
    tokens = Tokens(tokenizer.vocabulary_size)
    return Data.from_splits(
        name,
        {split: _split(pairs, tokenizer, longest) for split, pairs in parts.items()},
        inputs=tokens,
        targets=tokens,
        source=source,
        digested=(np.array(tokenizer.symbols),),
        preprocessor=tokenizer,
        batch_size=batch_size,
        extras={"texts": parts},
    )


def _short(pairs: Pairs, tokenizer: SubwordTokenizer, longest: int) -> Pairs:
    short = [p for p in pairs if max(len(tokenizer.encode(text)) for text in p) < longest]
    if len(short) < len(pairs):
        notice(
            f"{len(pairs) - len(short):,} of {len(pairs):,} train pairs have a side of {longest} "
            "subwords or more and are left out."
        )
    if not short:
        raise DatasetError(f"`longest` must leave pairs to train on. Received: longest={longest}")
    return short


def _split(pairs: Pairs, tokenizer: SubwordTokenizer, longest: int) -> Split:
    start, end = (SPECIAL.index(mark) for mark in ("<start>", "<end>"))
    rows = {key: np.zeros((len(pairs), longest), np.int32) for key in ("source", "target", "y")}
    for i, pair in enumerate(pairs):
        source, target = (tokenizer.encode(text)[: longest - 1] for text in pair)
        rows["source"][i, : len(source)] = source
        rows["target"][i, : len(target) + 1] = [start, *target]
        rows["y"][i, : len(target) + 1] = [*target, end]
    y = rows.pop("y")
    return Split(rows, y, (y != 0).astype("float32"))


def _read(dataset: Any) -> tuple[str, str, dict[str, Pairs]]:
    if not isinstance(dataset, str | os.PathLike):
        return "pairs", "the caller's pairs", _divide([(str(a), str(b)) for a, b in dataset])
    name = str(dataset)
    if name in PAIR_TASKS:
        return name, "generated", _divide(PAIR_TASKS[name]())
    if name == "multi30k":
        files = find_in_mirror(name, PAIRS)
        texts = [read_text(file, "utf-8").strip().split("\n") for file in files]
        sides = (texts[2 * i : 2 * i + 2] for i in range(3))
        return name, str(files[0].parent), {
            split: list(zip(*pair, strict=True)) for split, pair in zip(SPLITS, sides, strict=True)
        }  # fmt: skip
    path = user_path(name)
    if not path.exists() and os.sep not in name and not path.suffix:
        raise DatasetUnavailable(
            f"`dataset` must be a file of pairs or one of {', '.join(PAIRS)}."
            f"{did_you_mean(name, PAIRS)} Received: dataset={name!r}"
        )
    return path.resolve().name.partition(".")[0], str(path), _divide(_lines(path))


def _lines(path: Path) -> Pairs:
    pairs: Pairs = []
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        source, tab, target = line.rstrip("\r").partition("\t")
        if not (tab and source.strip() and target.strip()):
            raise DatasetError(
                "`dataset` must hold a source, a tab and a target in each line. "
                f"Received: {line[:80]!r}, line {number} of {path}"
            )
        pairs.append((source.strip(), target.strip()))
    return pairs


def _divide(pairs: Pairs) -> dict[str, Pairs]:
    """Divides pairs by their sources, so that none of train is asked in test."""
    by_source: dict[str, Pairs] = {}
    for pair in pairs:
        by_source.setdefault(pair[0], []).append(pair)
    groups = list(by_source.values())
    size = round(HELD_OUT * len(groups))
    if size < 1:
        raise DatasetError(
            f"`dataset` must hold twenty different sources or more. Received: {len(groups)}"
        )
    share = f"{HELD_OUT * 100:g} % of the sources"
    fact("split", f"validation and test are {share} each, drawn with seed {SEED}")
    order = np.random.default_rng(SEED).permutation(len(groups))
    cuts = {"test": order[:size], "validation": order[size : 2 * size], "train": order[2 * size :]}
    return {split: [p for i in cuts[split] for p in groups[i]] for split in SPLITS}
