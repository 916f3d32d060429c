"""The commands on tracked runs: `runs`, `rerun`, `export`, `register`, `play` and `explain`."""

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from keras_dl import settings
from keras_dl.cli import config, tables
from keras_dl.utils.printing import LAYOUT, printable

if TYPE_CHECKING:
    from keras_dl.tracking.listing import RunRow

__all__ = [
    "clean",
    "delete",
    "explain",
    "export",
    "list_runs",
    "play",
    "register",
    "rerun",
    "resume",
]

Parse = Callable[[Sequence[str]], Callable[[], "int | None"]]  # words of the command line to a call
UNITS = ("B", "kB", "MB", "GB")


def list_runs(values: Mapping[str, Any]) -> None:
    """Prints tracked runs as a table, or as JSON.

    Args:
        values: the options of `runs list`.
    """
    from keras_dl.tracking import listing, store

    arguments = {name: value for name, value in values.items() if name != "json"}
    rows = listing.list_runs(**arguments)
    if values["json"]:
        print(json.dumps([asdict(row) for row in rows], indent=1))
        return
    if not rows:
        print(printable(f"No such runs in {store.uri()}"))
        return
    table = tables.make_table(
        "id", "run", "data", "kind", "status", "score", "started", "time", "size"
    )
    for row in rows:
        table.add_row(*map(tables.cell, _cells(row)))
    tables.terminal().print(table)


def _cells(row: "RunRow") -> tuple[str, ...]:
    from keras_dl.execution.progress import format_duration

    seconds = "" if row.seconds is None else format_duration(row.seconds)
    size = "elsewhere" if row.size is None else format_size(row.size)
    return (
        row.run_id[:8],
        row.name,
        row.dataset,
        row.kind,
        row.status.lower(),
        row.score,
        row.started,
        seconds,
        size,
    )


def format_size(count: int) -> str:
    """Returns a number of bytes with its unit: "3.2 MB"."""
    if count < 1000:
        return f"{count} B"
    power = min(int(math.log10(count)) // 3, len(UNITS) - 1)
    return f"{count / 1000**power:.1f} {UNITS[power]}"


def delete(run_ids: Sequence[str]) -> None:
    """Deletes runs and those below them."""
    from keras_dl.tracking import removal

    for run in removal.delete(run_ids):
        print(printable(f"{run.info.run_id}  {run.info.run_name}  deleted"))
    print("Files stay until `keras-dl runs clean`.")


def clean() -> None:
    """Removes deleted runs for good."""
    from keras_dl.tracking import removal

    print(f"{format_size(removal.clean())} freed")


def rerun(run_id: str, parse: Parse) -> int | None:
    """Repeats a run from its record.

    Args:
        run_id: id of the run, or its first characters.
        parse: turns the command, recipes and flags of the run into a call.

    Raises:
        ValueError: if there is no such run, it has no record, or its data were in memory.
    """
    from keras_dl.tracking import records

    record = records.read(run_id)
    recipes, flags = config.to_words(record.values, f"RUN_ID={run_id}")
    for sentence in record.differences():
        print(printable(sentence), flush=True)
    call = parse([record.command, *recipes, *flags])
    token = records.repeated.set(record)
    try:
        return call()
    finally:
        records.repeated.reset(token)


def resume(run_id: str, parse: Parse) -> int | None:
    """Continues a stopped run whose recipe its record has.

    Args:
        run_id: id of the run, or its first characters.
        parse: turns the recipe of the run into a call.

    Raises:
        ValueError: if there is no such run, it has no record, or its recipe was in memory.
    """
    from keras_dl.tracking import records

    recipes, _ = config.to_words(records.read(run_id).values, f"resume={run_id}")
    return parse(recipes)()


def export(run_id: str, values: Mapping[str, Any]) -> None:
    """Writes the model of a run in another format.

    Args:
        run_id: id of the run, or its first characters.
        values: `to` and `out`.
    """
    settings.load_backend()
    from keras_dl.tracking import export as exporting

    exported = exporting.export(run_id, **values)
    print(printable(f"{exported.path}: outputs within {exported.difference:.1e} of the model's"))


def register(run_id: str, name: str) -> None:
    """Registers the model of a run."""
    settings.load_backend()
    from keras_dl.tracking import registry

    address = registry.register(run_id, name)
    print(printable(f"{address}: mlflow models serve -m {address} --env-manager local"))


def play(run_id: str, *, second: bool = False, simulations: int | None = None) -> None:
    """Plays a board game against the network of a run, on the terminal or on piped lines.

    Args:
        run_id: id of the run, or its first characters.
        second: whether the network begins.
        simulations: of the network's search; None: those of its training.

    Raises:
        ValueError: if the run has no model, or its task is another.
    """
    from keras_dl.tracking.model_runs import check_has_model

    check_has_model(run_id)
    settings.load_backend()
    from keras_dl.tasks.playing import play_run

    play_run(run_id, sys.stdin, _print_text, second=second, simulations=simulations)


def _print_text(text: str) -> None:
    print(printable(text, keep=LAYOUT), flush=True)


def explain(run_id: str, inputs: Sequence[str], values: Mapping[str, Any]) -> int:
    """Draws what a model looks at, and prints the classes that are explained.

    Args:
        run_id: id of the run, its first characters, or path of a `.keras` file.
        inputs: images and folders.
        values: the options of `explain`.

    Returns:
        0 if every image could be read, else 1.
    """
    settings.load_backend()
    from keras_dl.explanations.explain import explain as explain_model

    found = explain_model(run_id, list(inputs) or None, **values)
    for i, (name, ranking) in enumerate(zip(found.images, found.rankings, strict=False)):
        text = ", ".join(f"{label} {share:.3f}" for label, share in ranking)
        explained = f"; explained: {found.targets[i]}" if found.targets else ""
        print(printable(f"{name}: {text}{explained}"))
    for note in found.notes:
        print(printable(note))
    for file in found.files:
        print(printable(f"→ {file}"))
    for name, reason in found.unreadable:
        print(printable(f"keras-dl: {name}: {reason}"), file=sys.stderr)
    return int(bool(found.unreadable))
