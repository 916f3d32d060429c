"""Names of splits in folders and array keys."""

import re

__all__ = ["split_in_name", "split_named"]

NAMES = {
    "train": "train", "training": "train", "trn": "train",
    "val": "validation", "valid": "validation", "validation": "validation", "dev": "validation",
    "devel": "validation", "development": "validation",
    "test": "test", "testing": "test", "tst": "test", "eval": "test", "evaluation": "test",
    "holdout": "test",
}  # fmt: skip


def split_named(name: str) -> str | None:
    """Returns "train", "validation" or "test" for the name of a split, or None.

    Args:
        name: of a folder or a part of a key, in any case, such as "valid".
    """
    return NAMES.get(name.lower())


def split_in_name(name: str) -> str | None:
    """Returns the split that a word of a name stands for, or None.

    Args:
        name: of a folder, such as "seg_train", "TestImages" or "val2017".
    """
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)
    splits = {split for word in words if (split := split_named(word))}
    return splits.pop() if len(splits) == 1 else None
