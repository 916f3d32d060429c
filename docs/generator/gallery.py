"""Markdown of the gallery: an index by family, and a page for each recipe."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from measurements import TrackedRun

from keras_dl import catalog
from keras_dl.catalog import Entry
from keras_dl.space import format_value

__all__ = ["escape", "family_title", "index_page", "recipe_page"]

Row = Mapping[str, str]
HEADINGS = {"Paper": "Source", "Data": "Data", "Expect": "What to expect", "Differs": "Differences"}


def index_page(entries: Sequence[Entry], rows: Mapping[str, Row]) -> str:
    """Returns the index: a table for each family, with a line for each recipe.

    Args:
        entries: all recipes, by family.
        rows: measured and published figures by recipe.
    """
    lines = ["# Gallery", "", f"{len(entries)} recipes in {len(catalog.families())} families. "]
    lines[-1] += "A page has the paper, the commands, the figures and all hyperparameters."
    lines += ["", '<div class="stacked gallery" markdown>']
    family = ""
    for entry in entries:
        if catalog.family(entry.name) != family:
            family = catalog.family(entry.name)
            lines += ["", f"## {family_title(family)}", "", "| recipe | measured | published |"]
            lines += ["| --- | --- | --- |"]
        row = rows.get(entry.name)
        name, _, rest = entry.title.partition(": ")
        title = f"**[{escape(name)}]({entry.name}.md)**" + (f"<br>{escape(rest)}" if rest else "")
        lines.append(f"| {title} | {_measured(row)} | {_published(row)} |")
    return "\n".join([*lines, "", "</div>"]) + "\n"


def _measured(row: Row | None) -> str:
    if row is None or row["measured"] == "not yet":
        return "not yet"
    return f"{escape(row['measured'])}<br>{escape(row['quantity'])} on {escape(row['data'])}"


def _published(row: Row | None) -> str:
    return escape(row["published"]) if row else "–"


def family_title(family: str) -> str:
    """Returns the title of a family."""
    return family.replace("_", " ").capitalize()


def recipe_page(entry: Entry, row: Row | None, run: TrackedRun | None, concepts: str) -> str:
    """Returns the page of a recipe.

    Args:
        entry: declarations of the recipe.
        row: its measured and published figures, or None.
        run: a tracked run of it, or None.
        concepts: Markdown of the map of concepts.
    """
    source = Path(entry.path).read_text(encoding="utf-8")
    parts = [
        f"# {escape(entry.title)}",
        f"`{entry.name}` · [{family_title(catalog.family(entry.name))}](index.md#"
        f"{catalog.family(entry.name).replace('_', '-')})",
        _figures_table(row) if row else "",
        f"```sh\n{_commands(entry)}\n```",
        *(
            f"## {HEADINGS[field]}\n\n{escape(text)}"
            for field, text in entry.head.items()
            if field in HEADINGS
        ),
        _tracked(entry.name, run) if run else "",
        f"## Hyperparameters\n\n{_space(entry)}",
        _counts(entry),
        _ideas(entry.name, concepts),
        f"## The recipe\n\n??? note \"{entry.path.name}, {len(source.splitlines())} lines\"\n"
        f"    ```python\n{_indent(source)}\n    ```",
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _figures_table(row: Row) -> str:
    cells = {
        f"{row['quantity']}, measured": row["measured"],
        "published": row["published"],
        "data": row["data"],
        "parameters": row["parameters"],
        "training": row["training"],
    }
    rows = [(f"**{escape(k)}**", escape(v)) for k, v in cells.items() if v != "–"]
    return _table(("", ""), rows)


def _commands(entry: Entry) -> str:
    run = entry.head.get("Run", f"keras-dl run {entry.name}")
    main = re.match(r"keras-dl \w+ \w+", run)
    lines = [main[0] if main else f"keras-dl run {entry.name}"]
    if any(hyper.domain is not None for hyper in entry.space.values()):
        lines.append(f"keras-dl tune {entry.name} --trials 20")
    if entry.settings.get("factors") and "ablate" not in lines[0]:
        lines.append(f"keras-dl ablate {entry.name}")
    return "\n".join(lines)


def _space(entry: Entry) -> str:
    rows = []
    for hyper in entry.space.values():
        domain = f"{hyper.kind_words}, not searched" if hyper.domain is None else str(hyper.domain)
        flag = f"`--{hyper.name.replace('_', '-')}`"
        when = escape(str(hyper.when or ""))
        rows.append((flag, f"`{format_value(hyper.default)}`", escape(domain), when))
    if not rows:
        return "None."
    return _table(("flag", "default", "domain", "only when"), rows)


def _counts(entry: Entry) -> str:
    sections = []
    for builder, counts in entry.published.items():
        rows = [
            (name.replace("_", " "), escape(_count(value)))
            for name, value in counts.items()
            if name != "source"
        ]
        source = escape(str(counts.get("source", "")))
        sections.append(f"### `{builder}`\n\n{_table(('', ''), rows)}\n\n{source}")
    return "## Counts of the network\n\n" + "\n\n".join(sections) if sections else ""


def _count(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_count(part)}" for name, part in value.items())
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def _tracked(name: str, run: TrackedRun) -> str:
    changes = ", ".join(f"{key} {value}" for key, value in run.changes.items())
    about = f"Run `{run.run_id[:8]}` of {run.date}, "
    about += f"with {escape(changes)}." if changes else "with the recipe's defaults."
    metrics = _table(
        ("metric", "value"), [(escape(n), f"{value:.4g}") for n, value in run.metrics.items()]
    )
    figures = "\n".join(
        f"<figure markdown>\n![{title}](figures/{name}/{figure}.webp){{ loading=lazy }}\n"
        f"<figcaption>{title}</figcaption>\n</figure>"
        for figure in run.figures
        for title in [figure.replace("_", " ")]
    )
    parts = [
        about,
        metrics if run.metrics else "",
        f'<div class="figures" markdown>\n{figures}\n</div>',
    ]
    return "## A tracked run\n\n" + "\n\n".join(parts)


def _ideas(name: str, concepts: str) -> str:
    """Returns the rows of the map of concepts that link to a recipe."""
    ideas = [
        line.split(" | ")[0].removeprefix("| ")
        for line in concepts.splitlines()
        if line.startswith("| ") and f"(gallery/{name}.md)" in line
    ]
    if not ideas:
        return ""
    return "## Concepts\n\n" + "\n".join(f"- [{idea}](../concepts.md)" for idea in ideas)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.rstrip().splitlines())


def escape(text: str) -> str:
    """Returns a text as Markdown that shows it unchanged, with arXiv's numbers as links.

    Args:
        text: words, and code between backticks.
    """
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else _escape(part) for part in parts)


def _escape(text: str) -> str:
    text = re.sub(r"([\\*_\[\]#])", r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))
    text = text.replace("|", "&#124;")
    return re.sub(r"arXiv:(\d{4}\.\d{4,5})", r"[arXiv:\1](https://arxiv.org/abs/\1)", text)
