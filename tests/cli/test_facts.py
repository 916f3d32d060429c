import pytest

from keras_dl import facts
from keras_dl.cli import main, tables
from keras_dl.facts import Fact, Stated


def lines(capsys) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_facts_of_a_builder(capsys):
    assert main(["facts", "net2"]) == 0
    out = lines(capsys)
    assert out[0].split() == ["net2", "lecture", "published", "ours"]
    row = next(line for line in out if "links: " in line)
    assert row.split()[0] == "explained"
    assert row.split()[-3:] == ["3,240", "3,214", "3,214"]
    assert any(line.strip().startswith("lecture differs: a slip") for line in out)
    assert out[-1] == "2 facts: 0 exact, 2 explained, 0 open"


def test_facts_of_a_recipe(capsys):
    assert main(["facts", "lenet5"]) == 0
    assert lines(capsys)[-1] == "5 facts: 3 exact, 2 explained, 0 open"


def test_unexplained_difference_is_red_and_1(monkeypatch, capsys):
    wrong = Fact("toy", "units", "units [sic]", lambda: (2, 3), Stated(7, "a table [1]"))
    monkeypatch.setattr(facts, "FACTS", (wrong,))
    assert main(["facts"]) == 1
    out = lines(capsys)
    assert out[1].split() == ["OPEN", "units:", "units", "[sic]", "7", "–", "2×3"]
    assert out[2].strip() == "lecture: a table [1]"
    assert out[3].strip() == "lecture differs: NO REASON IS GIVEN"
    assert out[-1] == "1 fact: 0 exact, 0 explained, 1 open"


def test_groups_are_apart(monkeypatch, capsys):
    both = [Fact(group, "units", "units", lambda: 3, Stated(3)) for group in ("one", "two")]
    monkeypatch.setattr(facts, "FACTS", tuple(both))
    assert main(["facts"]) == 0
    assert [line.split()[:1] for line in lines(capsys)[:4]] == [["one"], ["exact"], [], ["two"]]


def test_unknown_name_gets_one_line_and_2(capsys):
    assert main(["facts", "lenet6"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("keras-dl: error: 'lenet6' is not a builder, technique or recipe with ")
    assert "Did you mean 'lenet5'?" in said
    assert said.count("\n") == 1


def test_help_explains_the_marks(capsys):
    assert main(["facts", "--help"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "NAME" in out
    assert "exit status is 1 if any is open" in out


@pytest.mark.parametrize("group", ["alexnet_cifar", "batch_norm", "lenet5", "net2", "vgg16"])
def test_a_terminal_of_100_columns_holds_the_table(group, monkeypatch, capsys):
    from rich.console import Console

    from keras_dl.cli.facts import _format

    monkeypatch.setattr(tables, "terminal", lambda: Console(highlight=False, width=100))
    assert main(["facts", group]) == 0
    out = lines(capsys)
    assert max(map(len, out)) <= 100
    rows = [line for line in out if line.startswith(("exact ", "explained "))]
    assert len(rows) == len(facts.select_facts(group))
    for row, result in zip(rows, facts.check(group), strict=True):
        assert row.split()[-1] == _format(result.ours)  # on one line, whole


def test_a_pipe_gets_unbroken_remarks_without_padding(capsys):
    assert tables.WIDE > 500
    assert main(["facts", "lenet5"]) == 0
    out = lines(capsys)
    assert any("some (+850)" in line and "c3 sees all maps" in line for line in out)
    assert max(len(line) for line in out) < 250
