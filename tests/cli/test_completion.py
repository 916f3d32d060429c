"""Completion in real shells, from the script alone."""

import shutil
import subprocess

import pytest

from keras_dl import catalog
from keras_dl.cli import main
from keras_dl.cli.completion import completion
from keras_dl.cli.parser import COMMANDS

CASES = [
    ("keras-dl", "pre", {"predict"}),
    ("keras-dl run", "lenet5", {"lenet5", "lenet5_1998"}),
    ("keras-dl show", "word2", {"word2vec"}),
    ("keras-dl run lenet5", "--acti", {"--activation"}),
    ("keras-dl run lenet5 --activation", "tan", {"tanh"}),
    ("keras-dl run mlp --dropout 0.2", "--no-batch", {"--no-batch-norm"}),
    ("keras-dl tune lenet5 --budget", "s", {"smoke"}),
    ("keras-dl compare mlp", "resnet2", {"resnet20"}),
    ("keras-dl compare mlp lenet5", "--max-n", {"--max-norm"}),
    ("keras-dl runs", "cl", {"clean"}),
    ("keras-dl list --family", "repr", {"representation"}),
    ("keras-dl completion", "z", {"zsh"}),
    ("keras-dl run lenet5 --epochs", "x", set()),
]


def complete_in_bash(line, word):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    script = completion("bash") + (
        'COMP_WORDS=($LINE "$WORD"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _keras_dl\n'
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        [bash, "--norc", "-c", script],
        env={"LINE": line, "WORD": word},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return set(done.stdout.split())


@pytest.mark.parametrize(("line", "word", "expected"), CASES)
def test_bash_completes(line, word, expected):
    assert complete_in_bash(line, word) == expected


def test_bash_offers_all_commands_recipes_and_the_flags_of_those_on_the_line():
    assert complete_in_bash("keras-dl", "") == set(COMMANDS)
    assert complete_in_bash("keras-dl run", "") == set(catalog.names())
    flags = complete_in_bash("keras-dl run mlp", "--")
    assert {"--units", "--epochs", "--json", "--help"} <= flags
    assert "--pooling" not in flags  # of lenet5


def test_zsh_loads_the_script(tmp_path):
    zsh = shutil.which("zsh")
    if zsh is None:
        pytest.skip("zsh is not installed")
    (tmp_path / "script").write_text(completion("zsh"))
    check = (
        'autoload -Uz compinit; compinit -D; . ./script; echo "${_keras_dl_values[run:--budget]}"'
    )
    done = subprocess.run([zsh, "-f", "-c", check], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == ["smoke", "quick", "full"], done.stderr


def test_fish_completes(tmp_path):
    fish = shutil.which("fish")
    if fish is None:
        pytest.skip("fish is not installed")
    (tmp_path / "script.fish").write_text(completion("fish"))
    check = "source script.fish; complete -C 'keras-dl run lenet5 --activation tan'"
    done = subprocess.run(
        [fish, "--no-config", "-c", check], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.split() == ["tanh"], done.stderr


def test_command_prints_the_script_and_refuses_other_shells(capsys):
    assert main(["completion", "bash"]) == 0
    assert capsys.readouterr().out == completion("bash")
    assert main(["completion", "tcsh"]) == 2
    assert "tcsh" in capsys.readouterr().err
