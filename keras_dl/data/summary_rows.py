"""Rows of a data set's summary, from its facts."""

from collections.abc import Mapping, Sequence
from typing import Any

from keras_dl.utils.text import list_first, shorten

__all__ = ["make_rows", "make_table"]

MOST_CLASSES, FIRST_CLASSES = 12, 5  # up to 12 classes are listed, of more the first 5
FIRST_FEW = 2  # classes that are named where each split has its own
NAME = 24  # columns of a class name
FILE = ("header", "delimiter", "decimal mark", "encoding")  # decisions that share a row
STATED = ("task", "target", "features")  # decisions that inputs and targets state
Facts = Mapping[str, Any]


def make_rows(facts: Facts) -> list[tuple[str, str]]:
    """Returns (label, text) of origin, inputs, targets, classes, and each fact of the reading.

    Args:
        facts: of the data set, as `Data.facts` returns them.
    """
    target = facts["reading"]["facts"].get("target", "")
    rows = [
        ("data", f"{facts['name']}, {facts['source']}"),
        ("digest", facts["digest"][:12]),
        ("inputs", _inputs(facts)),
        ("targets", "; ".join(filter(None, (_targets(facts), target)))),
    ]
    drawn = {split: n for split, n in facts["examples"].items() if n != facts["rows"][split]}
    if drawn:
        parts = ", ".join(f"{n:,} of {split}" for split, n in drawn.items())
        rows.append(("epoch", f"draws {parts}"))
    decisions = facts["reading"]["facts"]
    file = "; ".join(f"{name} {decisions[name]}" for name in FILE if name in decisions)
    rows += [("file", file)] * bool(file)
    rest = {n: text for n, text in decisions.items() if n not in {*FILE, *STATED}}
    if "→" not in rest.get("image size", "→"):  # the shape of the inputs
        del rest["image size"]
    return rows + list(rest.items())


def make_table(facts: Facts) -> list[list[str]]:
    """Returns examples by split and class: a row per split, labels first.

    Args:
        facts: of the data set, as `Data.facts` returns them.
    """
    counts, names = facts["class_counts"], facts["class_names"]
    by_split = facts["targets"].get("by_split")
    head, body = ["", "examples"], [[s, f"{n:,}"] for s, n in facts["rows"].items()]
    if by_split:
        head += ["classes", "first ones"]
        for row in body:
            own = by_split.get(row[0], names)
            first = ", ".join(shorten(name, NAME) for name in own[:FIRST_FEW])
            row += [f"{len(own):,}", first + ", …" * (len(own) > FIRST_FEW)]
    elif counts:
        listed = len(names) if len(names) <= MOST_CLASSES else FIRST_CLASSES
        more = len(names) - listed
        head += [shorten(name, NAME) for name in names[:listed]]
        head += [f"{more:,} more"] * bool(more)
        for row in body:
            own = counts[row[0]]
            row += [f"{n:,}" for n in own[:listed]]
            row += [f"{sum(own[listed:]):,}"] * bool(more)
    return [head, *body]


def _inputs(facts: Facts) -> str:
    kind, shape = facts["inputs"]["type"], facts["input_shape"]
    ranges = _ranges(facts["ranges"]["x"])
    if isinstance(shape, dict):
        return f"{kind.lower()} {', '.join(f'{n} {_shape(s)}' for n, s in shape.items())}; {ranges}"
    if kind == "Tokens":
        size = facts["inputs"]["vocabulary_size"]
        return f"rows of {_shape(shape)} tokens" + (f" out of {size:,}" if size else "")
    if kind == "Nodes":
        return f"numbers of {facts['inputs']['num_nodes']:,} nodes"
    if kind == "Features" and len(shape) == 1:
        return f"{shape[0]:,} feature{'s' * (shape[0] != 1)}, {ranges}"
    return f"{kind.lower()} {_shape(shape)}, {ranges}"


def _targets(facts: Facts) -> str:
    spec, names, counts = facts["targets"], facts["class_names"], facts["class_counts"]
    if spec["type"] == "Classes":
        text = f"classification, {len(names):,} classes"
        if len(names) > MOST_CLASSES and counts:
            own = (spec.get("by_split") or {}).get("train", names)
            text += f"; in train {_extremes(own, counts['train'])}"
        return text
    if spec["type"] == "Masks":
        first = ", ".join(names[:FIRST_CLASSES])
        more = len(names) - FIRST_CLASSES
        return f"{len(names):,} classes of pixels: {first}" + (f", {more:,} more" * (more > 0))
    if spec["type"] == "Boxes":
        return f"boxes of {len(names):,} classes: {list_first(names, FIRST_CLASSES)}"
    if spec["type"] == "NoTargets":
        return "none"
    kind = "regression" if spec["type"] == "Values" else spec["type"].lower()
    ranges = _ranges(facts["ranges"].get("y", {}))
    return f"{kind}, {ranges}" if ranges else kind


def _extremes(names: Sequence[str], counts: Sequence[int]) -> str:
    order = sorted(range(len(names)), key=lambda i: counts[i])
    low, high = order[0], order[-1]
    if counts[low] == counts[high]:
        return f"{counts[low]:,} examples each"
    return (
        f"the smallest is {shorten(names[low], NAME)} with {counts[low]:,}, "
        f"the largest {shorten(names[high], NAME)} with {counts[high]:,}"
    )


def _ranges(ranges: Mapping[str, Sequence[Any]]) -> str:
    parts = [
        f"{name} {dtype} {_number(low)} … {_number(high)}".lstrip()
        for name, (dtype, low, high) in ranges.items()
    ]
    return ", ".join(parts)


def _number(value: float) -> str:
    return f"{value:.4g}" if isinstance(value, float) else f"{value:,}"


def _shape(shape: Sequence[int]) -> str:
    return "×".join(str(n) for n in shape) or "()"
