"""Lessons: what their files declare, what the command prints, and that each answer is measured."""

import pytest

from keras_dl import catalog, facts, lessons, options
from keras_dl.cli import lesson_commands, main
from keras_dl.cli.parser import parse
from keras_dl.lessons import Check
from keras_dl.space import resolve
from tests.rotation import in_turn


@pytest.mark.parametrize("name", lessons.names())
def test_lesson_declares_what_exists(name):
    lesson = lessons.read(name)
    assert 1 <= lesson.right <= len(lesson.predictions)
    assert lesson.checks
    assert lesson.facts in ("", *facts.groups())
    for quantity in lesson.quantities.values():
        space = catalog.read(catalog.find(quantity.recipe)).space | options.RUN
        assert set(quantity.settings) <= set(space)
        assert resolve(space, quantity.settings)
    for check in lesson.checks:
        named = {check.quantity, *(end for end in (check.above, check.below) if type(end) is str)}
        assert named <= set(lesson.quantities)


@pytest.mark.parametrize(
    ("check", "value", "holds"),
    [
        (Check("a", above=0.5), 0.5, True),
        (Check("a", above=0.5), 0.4, False),
        (Check("a", below=0.5), 0.6, False),
        (Check("a", above="b", by=0.2), 0.49, False),
        (Check("a", above="b", by=0.2), 0.51, True),
        (Check("a", above=0.2, below="b"), 0.31, False),
        (Check("a", above="b", below="b", by=-0.02), 0.315, True),
        (Check("a", above="b", below="b", by=-0.02), 0.27, False),
        (Check("a", above=0.1), float("nan"), False),
    ],
)
def test_check_compares(check, value, holds):
    assert check.holds({"a": value, "b": 0.3}) is holds


def test_check_reads_as_a_sentence():
    assert str(Check("a", above="b", by=0.2)) == "a above b by 0.2"
    assert str(Check("a", above=0.1, below=0.5)) == "a above 0.1 and below 0.5"
    assert str(Check("a", above="b", below="b", by=-0.02)) == "a within 0.02 of b"


def test_lessons_are_listed(capsys):
    assert main(["lesson"]) == 0
    out = capsys.readouterr().out
    assert all(f"{name} " in out for name in lessons.names())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lesson", "xorr"], "xor"),
        (["lesson", "xor", "--prediction", "4"], "from 1 to 3"),
        (["lesson", "--prediction", "2"], "NAME"),
    ],
)
def test_bad_input_is_refused(words, message, capsys):
    assert main(words) == 2
    assert message in capsys.readouterr().err


def test_answer_follows_the_measurement(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lesson_commands, "_save_figure", lambda *_: None)
    lesson = lessons.read("hebbian")
    name = "cosine with the first principal component"
    for value, code in ((0.999, 0), (0.5, 1)):
        monkeypatch.setattr(lesson_commands, "measure", lambda _, v=value: ({name: v}, None))
        assert parse(["lesson", "hebbian", "--prediction", str(lesson.right)])() == code
        out = capsys.readouterr().out
        assert lesson.question in out
        assert "Right." in out
        assert ("does not hold" in out) == bool(code)


@pytest.mark.slow
@pytest.mark.parametrize("name", in_turn(lessons.names(), 4))
def test_answer_is_measured(name, store, capsys):
    assert main(["lesson", name, "--prediction", "1"]) == 0, capsys.readouterr().out
    assert (store / f"lesson_{name}.png").is_file()
