"""HTML and Markdown of results."""

import html.parser
import re

import numpy as np
from rich.table import Table

from keras_dl.plots._style import new_figure
from keras_dl.utils.notebook import (
    figures_to_html,
    table_to_html,
    table_to_markdown,
    to_html,
)


def make_table():
    table = Table(title="a_title", caption="[bold]below[/bold]")
    table.add_column("name")
    table.add_column("value")
    table.add_row("<script>", "1 | 2")
    return table


def noise(inches):
    figure = new_figure(inches, inches)
    figure.subplots().imshow(np.random.default_rng(0).random((900, 900, 3)))
    return figure


def test_tables_are_escaped():
    page = to_html("<b>", [table_to_html(make_table())], "http://host/?a=1&b=2")
    html.parser.HTMLParser().feed(page)
    assert "<script>" not in page
    assert "<h4>&lt;b&gt;</h4>" in page
    assert "&lt;script&gt;</td>" in page
    assert '<a href="http://host/?a=1&amp;b=2">' in page


def test_markdown_escapes_what_would_be_markup():
    lines = table_to_markdown(make_table()).splitlines()
    assert lines == [
        "a\\_title",
        "",
        "| name | value |",
        "| --- | --- |",
        "| \\<script\\> | 1 \\| 2 |",
        "",
        "below",
    ]


def test_figures_are_embedded_below_a_limit():
    page = figures_to_html({"first": noise(3), "second": noise(12), "third": noise(2)})
    assert len(page) < 210_000
    assert re.findall('alt="([a-z]+)"', page) == ["first", "third"]
    assert "figures[&#x27;second&#x27;] is too large" in page


def test_a_notebook_shows_a_figure_without_pyplot():
    assert new_figure(1, 1)._repr_png_().startswith(b"\x89PNG")
