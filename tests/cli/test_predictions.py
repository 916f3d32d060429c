"""Predictions as lines and pictures."""

import numpy as np
import pytest
from PIL import Image

from keras_dl.cli import main
from keras_dl.cli.paths import check_out
from keras_dl.cli.predictions import print_predictions
from keras_dl.space import hypers
from keras_dl.tasks import predicting
from keras_dl.tasks.predicting import Prediction
from keras_dl.tracking import model_runs

PICTURE = np.arange(12, dtype="uint8").reshape(2, 2, 3)


def test_texts_are_lines_with_their_markup(capsys):
    print_predictions([Prediction("a [b]", "cat 90.0%"), Prediction("word", "")], None)
    assert capsys.readouterr().out == "a [b]: cat 90.0%\nword\n"


def test_a_continuation_is_printed_once_with_its_prompt(capsys):
    print_predictions([Prediction("To be", "To be\nor not")], None)
    assert capsys.readouterr().out == "To be\nor not\n"


def test_pictures_are_written_beside_others(tmp_path, capsys):
    out = tmp_path / "masks"
    twice = [Prediction("photos/a.jpg", "road 60.0%", PICTURE)] * 2
    print_predictions([*twice, Prediction("b.png", "", PICTURE[..., :1])], str(out))
    assert sorted(p.name for p in out.iterdir()) == ["a-1.png", "a.png", "b.png"]
    np.testing.assert_array_equal(np.asarray(Image.open(out / "a.png")), PICTURE)
    assert np.asarray(Image.open(out / "b.png")).shape == (2, 2)
    assert f"→ {out / 'a-1.png'}" in capsys.readouterr().out


def test_pictures_without_a_folder_are_announced(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    print_predictions([Prediction("a.png", "", PICTURE)], None)
    assert "--out FOLDER writes them" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_folder_without_pictures_is_announced(tmp_path, capsys):
    print_predictions([Prediction("a.png", "cat")], str(tmp_path / "out"))
    assert "No pictures" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_options_of_a_task_reach_its_predictions(monkeypatch, capsys):
    def continue_text(run_id, inputs, *, top: int = 3, out=None, temperature: float = 1.0):
        for text in inputs:
            yield Prediction(text, f"{top} {out} {temperature}")

    options = hypers(continue_text, exclude=("top", "out"))
    monkeypatch.setattr(model_runs, "check_has_model", lambda run_id: None)
    monkeypatch.setattr(predicting, "options", lambda run_id: options)
    monkeypatch.setattr(predicting, "predictions", continue_text)
    assert main(["predict", "1a2b", "once", "twice", "--temperature", "0.5", "--top", "1"]) == 0
    assert capsys.readouterr().out == "once: 1 None 0.5\ntwice: 1 None 0.5\n"


def test_control_characters_of_names_and_answers_are_escaped(tmp_path, capsys):
    source = "\x1b[2Jphotos/\x1b]0;title\x07.png"
    print_predictions([Prediction(source, "cat\x1b[31m\n90 %", PICTURE)], str(tmp_path))
    printed = capsys.readouterr().out
    assert "\x1b" not in printed + "".join(p.name for p in tmp_path.iterdir())
    assert printed.startswith("\\x1b[2Jphotos/\\x1b]0;title\\x07.png: cat\\x1b[31m\n90 %\n")


def test_prompt_with_a_line_break_is_printed_once(capsys):
    print_predictions([Prediction("To be\n", "To be\nor not")], None)
    assert capsys.readouterr().out == "To be\nor not\n"


def test_name_of_a_picture_is_not_too_long(tmp_path, capsys):
    print_predictions([Prediction("a" * 240 + "\x1b.png", "", PICTURE)], str(tmp_path))
    (path,) = tmp_path.iterdir()
    assert len(path.name) < 200


@pytest.mark.parametrize("name", ["answers.json", "picture.PNG", "taken"])
def test_what_is_neither_csv_nor_folder_is_refused(tmp_path, name):
    (tmp_path / "taken").write_text("something else")
    with pytest.raises(ValueError, match="`out` must be a file whose name ends in .csv"):
        check_out(str(tmp_path / name))


def test_csv_files_and_folders_are_taken(tmp_path):
    for name in ("new", "v1.2", "answers.CSV", "."):
        check_out(str(tmp_path / name))
    check_out(None)


def test_other_contents_are_not_replaced(tmp_path):
    own, answers = tmp_path / "own.csv", tmp_path / "answers.csv"
    own.write_text("a,b\n1,2\n", encoding="utf-8")
    answers.write_text("input,row,class\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"`out` must not exist yet.*own\.csv"):
        check_out(str(own))
    check_out(str(answers))
    assert own.read_text(encoding="utf-8") == "a,b\n1,2\n"


def test_no_rows_are_no_success(capsys):
    assert print_predictions([], None) == 2
    assert "`inputs` must hold something to predict" in capsys.readouterr().err
