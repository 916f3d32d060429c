"""Hooks of MkDocs: they add gallery, lessons and reference to navigation and files."""

from collections.abc import Iterator
from pathlib import Path

from gallery import family_title, index_page, recipe_page
from lessons import lessons_page
from measurements import measured_rows, tracked_runs
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from reference import pages as reference_pages

from keras_dl import catalog

ROOT = Path(__file__).resolve().parents[2]
CONCEPTS = ROOT / "docs" / "concepts.md"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fills the entries of the navigation that stand for generated pages."""
    generated = {"gallery": _gallery_nav(), "reference": list(reference_pages(ROOT))}
    config.nav = [
        {title: generated[place] if isinstance(place, str) and place in generated else place}
        for entry in config.nav or []
        for title, place in entry.items()
    ]
    return config


def _gallery_nav() -> list[str | dict[str, list[dict[str, str]]]]:
    families: dict[str, list[dict[str, str]]] = {name: [] for name in catalog.families()}
    for entry in catalog.entries():
        families[catalog.family(entry.name)].append({entry.name: f"gallery/{entry.name}.md"})
    sections = [{family_title(name): pages} for name, pages in families.items()]
    return ["gallery/index.md", *sections]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the generated pages, and the figures of tracked runs."""
    for path, content in _contents(config.extra.get("store")):
        files.append(File.generated(config, path, content=content))
    return files


def _contents(store: str | None) -> Iterator[tuple[str, str | bytes]]:
    entries = catalog.entries()
    rows = measured_rows(ROOT / "README.md", store)
    runs = tracked_runs(store) if store else {}
    concepts = CONCEPTS.read_text(encoding="utf-8")
    yield "gallery/index.md", index_page(entries, rows)
    for entry in entries:
        run = runs.get(entry.name)
        page = recipe_page(entry, rows.get(entry.name), run, concepts)
        yield f"gallery/{entry.name}.md", page
        for name, image in run.figures.items() if run else ():
            yield f"gallery/figures/{entry.name}/{name}.webp", image
    yield "lessons.md", lessons_page()
    yield from reference_pages(ROOT).items()
