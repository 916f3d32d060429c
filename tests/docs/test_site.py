"""The built site needs neither Keras nor MLflow; links lead somewhere, and nothing is loaded."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from keras_dl import catalog
from keras_dl.space import format_value
from tests.docs.snippets import GENERATOR, ROOT

BUILD = f"""
import runpy, sys
sys.modules.update(dict.fromkeys(["tensorflow", "keras", "mlflow", "numpy"]))  # not importable
sys.argv = ["build.py", "--out", sys.argv[1]]
sys.path.insert(0, {GENERATOR!r})
runpy.run_path({GENERATOR!r} + "/build.py", run_name="__main__")
"""
OUTSIDE = re.compile(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//\S+")  # in style sheets
LOADED_LINKS = {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch", "manifest"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocstrings", reason="needs the extra docs")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Page(HTMLParser):
    """Addresses that a page loads, and those that it links to."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(values.get("href", ""))
        elif tag == "link":
            if LOADED_LINKS & set(values.get("rel", "").split()):
                self.loaded.append(values.get("href", ""))
        else:
            self.loaded += [values[name] for name in ("src", "srcset", "data") if name in values]


@pytest.mark.slow
def test_no_page_loads_from_another_host(site):
    pages = {file: Page(file) for file in site.rglob("*.html")}
    assert len(pages) > len(catalog.names()) + 20
    outside = {
        address
        for page in pages.values()
        for address in page.loaded
        if urlsplit(address).netloc or urlsplit(address).scheme not in ("", "data")
    }
    assert outside == set()
    sheets = [file.read_text(encoding="utf-8") for file in site.rglob("*.css")]
    assert sheets
    assert [match for text in sheets for match in OUTSIDE.findall(text)] == []


@pytest.mark.slow
def test_recipes_are_two_clicks_away(site):
    assert "gallery/index.html" in Page(site / "index.html").links
    links = Page(site / "gallery" / "index.html").links
    assert [name for name in catalog.names() if f"{name}.html" not in links] == []


@pytest.mark.slow
def test_local_links_lead_to_files(site):
    for file in site.rglob("*.html"):
        page = Page(file)
        for address in [*page.links, *page.loaded]:
            parts = urlsplit(address)
            if not parts.scheme and not parts.netloc and parts.path and file.name != "404.html":
                assert (file.parent / parts.path).exists(), f"{file.name}: {address}"


@pytest.mark.slow
def test_reference_has_names_and_signatures(site):
    text = (site / "reference" / "models.html").read_text(encoding="utf-8")
    assert 'id="keras_dl.models.lenet.lenet5"' in text
    assert "num_classes" in text


def test_gallery_page_has_what_the_recipe_declares(monkeypatch):
    monkeypatch.syspath_prepend(GENERATOR)
    from gallery import recipe_page
    from measurements import measured_rows

    entry = catalog.read(catalog.find("lenet5"))
    row = measured_rows(ROOT / "README.md", None)["lenet5"]
    page = recipe_page(entry, row, None, "| Nets | a net | [lenet5](gallery/lenet5.md) | x |")
    assert page.startswith("# LeNet-5: convolutional network")
    for hyper in entry.space.values():
        flag = f"`--{hyper.name.replace('_', '-')}`"
        assert f"| {flag} | `{format_value(hyper.default)}` |" in page
    assert row["measured"] in page
    assert "0.95 %" in page
    assert "- [Nets](../concepts.md)" in page


def test_gallery_shows_texts_unchanged(monkeypatch):
    monkeypatch.syspath_prepend(GENERATOR)
    from gallery import escape

    assert escape("a_b * c < d & `e_f`") == r"a\_b \* c &lt; d &amp; `e_f`"
    assert escape("arXiv:1502.03167.") == ("[arXiv:1502.03167](https://arxiv.org/abs/1502.03167).")


@pytest.mark.parametrize("address", ["missing.md", "index.md#missing", "missing.png"])
def test_broken_link_is_an_error(address, tmp_path):
    pytest.importorskip("mkdocs", reason="needs the extra docs")
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort

    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "index.md").write_text(f"# Page\n\n[link]({address})\n")
    config = load_config(
        str(ROOT / "mkdocs.yml"),
        strict=True,
        docs_dir=str(tmp_path / "pages"),
        site_dir=str(tmp_path / "site"),
        nav=["index.md"],
        plugins=[],
        hooks=[],
        extra_css=[],
        theme={"name": "mkdocs"},
    )
    with pytest.raises(Abort):
        build(config)


@pytest.mark.slow
def test_gallery_shows_tracked_runs(store, monkeypatch):
    from recipes import threshold_unit

    result = threshold_unit.run(gate="and", verbose=False)
    monkeypatch.syspath_prepend(GENERATOR)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{store}/mlruns/mlflow.db")
    from gallery import recipe_page
    from measurements import tracked_runs

    runs = tracked_runs(f"sqlite:///{store}/mlruns/mlflow.db")
    run = runs["threshold_unit"]
    assert run.run_id == result.run_id
    assert run.changes == {"gate": "and"}
    assert all(image[8:12] == b"WEBP" for image in run.figures.values())
    page = recipe_page(catalog.read(catalog.find("threshold_unit")), None, run, "")
    for name in run.figures:
        assert f"figures/threshold_unit/{name}.webp" in page
