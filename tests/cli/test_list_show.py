import subprocess
import sys
from pathlib import Path

import pytest

from keras_dl import data
from keras_dl.cli import loading, main

HEAVY = (
    "keras",
    "tensorflow",
    "jax",
    "torch",
    "keras_tuner",
    "mlflow",
    "matplotlib",
    "pandas",
    "scipy",
    "sklearn",
    "numpy",
    "tensorflow_datasets",
    "psutil",
)

LINES = (
    "list",
    "list digit",
    "show lenet5",
    "show mlp",
    "--help",
    "--version",
    "list --help",
    "show --help",
    "run --help",
    "tune --help",
    "compare --help",
    "predict --help",
    "ui --help",
    "data --help",
    "doctor --help",
    "run lenet5 --help",
    "tune mlp --help",
    "compare mlp lenet5 --help",
    "lst",
    "run lenet5 --dropout 2",
)

MINE = '''"""My net.

Paper: Me and You, 2020, A Net.
"""
from typing import Annotated
from keras_dl import Choice, Range, Recipe, Repeat, When

def data(*, dataset: str = "digits"):
    return dataset

def build(
    data,
    *,
    units: Annotated[tuple[int, ...], Repeat(Range(1, 99), 1, 2)] = (8,),
    act: Annotated[str, Choice("relu", "[red]")] = "relu",
    slope: Annotated[float, Range(0, 1), When("act", "relu")] = WIDTH,
): ...

recipe = Recipe(name="mine", data=data, build=build, epochs=1, patience=2)

if __name__ == "__main__":
    recipe.main()
'''


@pytest.fixture
def mine(own_files) -> Path:
    """A user's own recipe, which can be read without running it."""
    path = own_files / "my.py"
    path.write_text(MINE.replace("WIDTH", "0.5"), encoding="utf-8")
    return path


def shown(capsys, *words: str) -> list[str]:
    """The lines that a command prints, their columns parted by one space."""
    assert main(words) == 0
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_looking_around_loads_nothing_heavy():
    code = f"""
import sys
from keras_dl.cli import main
codes = [main(line.split()) for line in {LINES}]
loaded = [name for name in {HEAVY} if name in sys.modules]
print(codes, loaded, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    codes = [0] * (len(LINES) - 2) + [2, 2]
    assert done.stderr.splitlines()[-1] == f"{codes} []"


def test_module_is_the_command():
    line = [sys.executable, "-m", "keras_dl", "list"]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert "lenet5" in done.stdout
    assert done.stderr == ""


def test_list_has_one_line_a_recipe(capsys, toy_recipes):
    assert shown(capsys, "list") == [
        "recipe title family paper",
        "shallow Shallow: one layer [bold] enough flat Ada et al., 1998",
        "deep Deep: layer upon layer tall Dee and Eve, 2012",
    ]


@pytest.mark.parametrize("word", ["ENOUGH", "shallo", "flat"])
def test_list_looks_in_name_title_and_family(word, capsys, toy_recipes):
    assert [line.split()[0] for line in shown(capsys, "list", word)] == ["recipe", "shallow"]


def test_list_of_a_family_has_its_recipes_only(capsys, toy_recipes):
    path = toy_recipes / "tall" / "deep.py"
    path.write_text(path.read_text().replace("Deep: layer", "Deep: flat layer"), encoding="utf-8")
    assert [line.split()[0] for line in shown(capsys, "list", "flat")] == ["recipe", "shallow"]
    assert [line.split()[0] for line in shown(capsys, "list", "FLAT")][1:] == ["shallow", "deep"]


@pytest.mark.parametrize("word", ["zebra", "[/]"])
def test_list_without_a_match_says_what_there_is(word, capsys, toy_recipes):
    assert shown(capsys, "list", word) == [f"No recipe contains {word!r}. Recipes: deep, shallow"]


def test_show_tells_all(capsys, toy_recipes):
    lines = shown(capsys, "show", "shallow")
    assert lines[:18] == [
        "shallow Shallow: one layer [bold] enough",
        "Paper Ada, Bob and Cy, 1998, Nets, section 2 and figure 1.",
        "Data digits, 1,797 images.",
        "Run keras-dl run shallow",
        "Expect little",
        "Differs no.",
        "Trains 12 epochs, for the highest val_accuracy",
        "",
        "Hyperparameters",
        "flag default domain, searched by tune only when",
        "--dataset digits – (text)",
        "--image-size none – (an integer or none)",
        "--activation tanh tanh | relu",
        "--batch-norm false false | true",
        "--dropout 0 0 … 0.5",
        "--optimizer adam adam | sgd",
        "--learning-rate 0.002 0.0001 … 0.03 (log)",
        "--momentum 0.9 0 … 0.99 optimizer is sgd",
    ]
    assert lines[18:20] == ["", "Counts of lenet5"]
    assert "trainable parameters: 61,706" in lines
    assert "input shape: 28×28×1" in lines
    assert any(line.startswith("output shapes: c1 28×28×6, s2 14×14×6") for line in lines)


MINE_SHOWN = [
    "mine My net",
    "Paper Me and You, 2020, A Net.",
    "Trains 1 epoch, for the highest val_accuracy; stops after 2 epochs without improvement",
    "",
    "Hyperparameters",
    "flag default domain, searched by tune only when",
    "--dataset digits – (text)",
    "--units 8 1 to 2 values, each 1 … 99",
    "--act relu relu | [red]",
    "--slope 0.5 0 … 1 act is relu",
]


def test_show_reads_a_users_file_without_running_it(mine, capsys, monkeypatch):
    monkeypatch.setattr(loading, "load_recipe", pytest.fail)
    assert shown(capsys, "show", str(mine)) == MINE_SHOWN


def test_show_runs_a_users_file_where_reading_is_not_enough(own_files, capsys):
    path = own_files / "my.py"
    path.write_text(MINE.replace("def data", "WIDTH = 1 / 2\ndef data"), encoding="utf-8")
    assert shown(capsys, "show", str(path)) == MINE_SHOWN


def test_script_is_the_command_too(mine):
    line = [sys.executable, str(mine), "show"]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert [" ".join(line.split()) for line in done.stdout.splitlines()] == MINE_SHOWN


def test_script_runs_when_no_command_is_given(mine):
    line = [sys.executable, str(mine), "--units", "100"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(
        "keras-dl run: error: `units` must be 1 to 2 values that each lie in 1 … 99. "
        "Received: units=(100,)"
    )


def test_recipe_without_hyperparameters(tmp_path, capsys):
    path = tmp_path / "bare.py"
    path.write_text("r = Recipe(name='bare', data=lambda: 1, build=lambda data: 1)")
    assert shown(capsys, "show", str(path))[-2:] == ["Hyperparameters", "none"]


def test_data_sets_have_one_line_each(capsys):
    lines = shown(capsys, "data")
    assert lines[0].startswith("name kind size")
    assert len(lines) == 1 + len(data.describe())
    assert any(line.startswith("digits image ") for line in lines)


def test_a_described_data_set_has_its_classes(capsys):
    lines = shown(capsys, "data", "describe", "iris")
    assert lines[0] == "data iris, embedded in scikit-learn"
    assert "test 30 10 10 10" in lines
    assert lines[-2].startswith("! 1 of 30 test examples (3.33 %) is in train too")
    lines = shown(capsys, "data", "describe", "digits", "--image-size", "16")
    assert "image size 8×8 → 16×16" in lines


def test_data_places_have_one_line_each(capsys):
    assert shown(capsys, "data", "where") == [
        f"{k} {v}" for k, v in data.describe_locations().items()
    ]


@pytest.mark.parametrize("action", ["list", "where"])
def test_data_refuses_a_name_without_use(action, capsys):
    assert main(["data", action, "digits"]) == 2
    assert f"`NAME` must be left out of keras-dl data {action}" in capsys.readouterr().err
