import os
import signal
import subprocess
import sys

import pytest

from keras_dl import cli
from keras_dl.cli import main
from keras_dl.errors import Crashed, DiskFull, OutOfMemory, SearchFailed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "keras-dl: error: COMMAND must be given, and first: list, show, run, tune, "),
        ("--seed 3", "keras-dl: error: COMMAND must be given, and first: list, show, run, "),
        ("lst", "keras-dl: error: 'lst' is not a command. Did you mean 'list'? Available: list, "),
        ("run", "keras-dl run: error: NAME must be given (see keras-dl run --help)"),
        (
            "run --vectors shallow",
            "keras-dl run: error: NAME must be given, before the flags of its hyperparam",
        ),
        ("show", "keras-dl show: error: NAME must be given (see keras-dl show --help)"),
        (
            "run shalow",
            "keras-dl: error: 'shalow' is not a recipe. Did you mean 'shallow'? Available: ",
        ),
        (
            "show shalow",
            "keras-dl: error: 'shalow' is not a recipe. Did you mean 'shallow'? Available: ",
        ),
        (
            "compare deep shalow",
            "keras-dl: error: 'shalow' is not a recipe. Did you mean 'shallow'?",
        ),
        ("run path/missing.py", "keras-dl: error: `NAME` must be a recipe or a Python file that"),
        ("run .", "keras-dl: error: `NAME` must be a recipe or a Python file that exists. Rec"),
        (
            "run shallow --dropot 0.2",
            "keras-dl run: error: --dropot is not a flag of this command. Did you mean "
            "'--dropout'? (see keras-dl run shallow --help)",
        ),
        ("run shallow --drop 0.2", "keras-dl run: error: --drop is not a flag of this command."),
        (
            "run shallow --trials=3",
            "keras-dl run: error: --trials is not a flag of this command. ",
        ),
        (
            "run shallow -x",
            "keras-dl run: error: -x is not a flag of this command. (see keras-dl r",
        ),
        (
            "run --dropot 0.2 deep",
            "keras-dl run: error: --dropot is not a flag of this command. Did",
        ),
        (
            "compare deep shallow --seed 3",
            "keras-dl compare: error: --seed is not a flag of this c",
        ),
        (
            "run shallow deep",
            "keras-dl run: error: 'deep' is one word too many. (see keras-dl run ",
        ),
        (
            "run shallow --batch-norm true",
            "keras-dl run: error: 'true' is one word too many. A switch stands alone: --flag or "
            "--no-flag. (see keras-dl run shallow --help)",
        ),
        (
            "run shallow --seed",
            "keras-dl run: error: --seed must be followed by its value; one that ",
        ),
        (
            "run shallow --budget -5s",
            "keras-dl run: error: --budget must be followed by its value; one that begins with - "
            "is written --budget=VALUE (see keras-dl run shallow --help)",
        ),
        (
            "run shallow --dropout 0.9",
            "keras-dl run: error: `dropout` must lie in 0 … 0.5. Received: dropout=0.9 (see ",
        ),
        ("run shallow --dropout x", "keras-dl run: error: `dropout` must be a number. Received: d"),
        ("run shallow --dropout -0.1", "keras-dl run: error: `dropout` must lie in 0 … 0.5. Rece"),
        ("run shallow --seed 1.5", "keras-dl run: error: `seed` must be an integer. Received: see"),
        ("run shallow --epochs 0", "keras-dl run: error: `epochs` must lie in 1 … 1,000,000. Rece"),
        (
            "run shallow --activation rlu",
            "keras-dl run: error: `activation` must be tanh or relu. Did you mean 'relu'? ",
        ),
        ("run deep --units 512,x", "keras-dl run: error: `units` must be integers with commas bet"),
        ("run deep --units 512,2", "keras-dl run: error: `units` must be 1 to 3 values that each "),
        (
            "run shallow --momentum 0.5",
            "keras-dl: error: `momentum` must be left out; it only has an effect when optimizer is "
            "sgd. Received: momentum=0.5, optimizer='adam'",
        ),
        ("tune shallow --search nonsense", "keras-dl: error: 'nonsense' is not a hyperparameter. "),
        (
            "tune shallow --search dropot",
            "keras-dl: error: 'dropot' is not a hyperparameter. Did y",
        ),
        ("tune shallow --resume 1a2b", "keras-dl tune: error: '1a2b' is one word too many. (see "),
        ("tune shallow --algorithm x", "keras-dl tune: error: `algorithm` must be bayesian, tpe, "),
        ("ablate", "keras-dl ablate: error: NAME must be given (see keras-dl ablate --help)"),
        ("ablate shallow", "keras-dl: error: `over` must name at least one hyperparameter to vary"),
        ("ablate shallow --over droput", "keras-dl: error: 'droput' is not a hyperparameter. Did"),
        ("ablate shallow --values dropout", "keras-dl: error: `values` must give levels as NAME"),
        ("ablate shallow --values dropout=0,2", "keras-dl: error: `dropout` must"),
        ("compare", "keras-dl compare: error: NAME must be given (see keras-dl compare --help)"),
        (
            "compare deep",
            "keras-dl compare: error: `NAME` must be two recipes or more, each once. Receiv",
        ),
        (
            "compare deep deep",
            "keras-dl compare: error: `NAME` must be two recipes or more, each on",
        ),
        (
            "compare deep shallow --activation gelu",
            "keras-dl: error: `activation` must be tanh or relu. Did you mean 'relu'? Rece",
        ),
        (
            "compare shallow deep --dropout 0.55",
            "keras-dl: error: `dropout` must lie in 0 … 0.5. R",
        ),
        ("predict 1a2b", "keras-dl predict: error: INPUT must be given (see keras-dl predict --he"),
        ("predict 1a2b a --top 0", "keras-dl predict: error: `top` must lie in 1 … 1000. Receive"),
        ("ui --port x", "keras-dl ui: error: `port` must be an integer. Received: port='x' (see "),
        (
            "data fetch",
            "keras-dl: error: 'fetch' is not an action of data. Available: list, describe",
        ),
        ("data prepare", "keras-dl: error: `NAME` must be given: keras-dl data prepare NAME"),
        ("data describe", "keras-dl: error: `NAME` must be given: keras-dl data describe NAME"),
        ("data describe iris --image-size 4", "keras-dl: error: `dataset` must hold images"),
        ("data describe iris --target x", "keras-dl: error: `target` must be left out"),
        ("data --target x", "keras-dl data: error: --target is a flag of data describe only."),
    ],
)
@pytest.mark.usefixtures("toy_recipes")
def test_bad_input_gets_one_line_and_2(line, said, capsys):
    assert main(line.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(said)
    assert captured.err.count("\n") == 1
    assert captured.err.endswith("\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "`my.py` must hold a Recipe(…). Received: none"),
        ("print('hello')", "`my.py` must hold a Recipe(…). Received: none"),
        (
            "recipe = (",
            "`my.py` must be a Python file. Received: '(' was never closed (<unknown>, l",
        ),
        ("# a recipe for disaster", "`my.py` must hold exactly one Recipe. Received: none"),
    ],
)
@pytest.mark.parametrize("command", ["run", "show", "tune"])
def test_file_without_a_recipe(command, content, said, own_files, capsys):
    path = own_files / "my.py"
    path.write_text(content, encoding="utf-8")
    assert main([command, str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"keras-dl: error: {said}")
    assert captured.err.count("\n") == 1


@pytest.fixture
def failing(monkeypatch):
    """Makes the command line meet an error."""

    def failing(error: BaseException) -> None:
        def fail(_):
            raise error

        monkeypatch.setattr(cli, "parse", fail)

    return failing


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ValueError("v"), 2, "keras-dl: error: v\n"),
        (TypeError("t"), 2, "keras-dl: error: t\n"),
        (FileNotFoundError("f"), 2, "keras-dl: error: f\n"),
        (ConnectionError("c"), 2, "keras-dl: error: c\n"),
        (OSError(30, "Read-only", "/a"), 2, "keras-dl: error: Read-only: /a\n"),
        (IsADirectoryError(21, "Is a directory", "/a"), 2, "keras-dl: error: Is a directory: /a\n"),
        (DiskFull("d"), 2, "keras-dl: failed: d\n"),
        (ValueError("x" * 9999), 2, f"keras-dl: error: {'x' * 1993} …\n"),
        (OutOfMemory("m"), 1, "keras-dl: failed: m\n"),
        (SearchFailed("s"), 1, "keras-dl: failed: s\n"),
        (KeyboardInterrupt(), 130, ""),
        (SystemExit(0), 0, ""),
        (SystemExit("why"), 1, ""),
    ],
)
def test_end_has_its_code(error, code, said, failing, capsys):
    failing(error)
    assert main([]) == code
    assert capsys.readouterr().err == said


def test_refusal_of_the_store_is_one_sentence(failing, capsys):
    from mlflow.exceptions import MlflowException

    failing(MlflowException("the store is of a later version\nand more"))
    assert main([]) == 2
    assert capsys.readouterr().err == "keras-dl: error: the store is of a later version\n"


def test_crash_of_a_recipe_shows_where(failing, capsys):
    failure = Crashed("ZeroDivisionError: division by zero")
    failure.__cause__ = ZeroDivisionError("division by zero")
    failing(failure)
    assert main([]) == 1
    assert capsys.readouterr().err == (
        "ZeroDivisionError: division by zero\n"
        "keras-dl: failed: ZeroDivisionError: division by zero\n"
    )


def test_fault_of_our_own_is_not_hidden(failing):
    failing(AttributeError("a bug"))
    with pytest.raises(AttributeError, match="a bug"):
        main([])


def test_polite_kill_is_an_interrupt_while_a_command_runs(monkeypatch):
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    monkeypatch.setattr(cli, "parse", lambda _: lambda: signal.raise_signal(signal.SIGTERM))
    assert main([]) == 130
    assert signal.signal(signal.SIGTERM, before) is signal.SIG_DFL


@pytest.mark.parametrize(("line", "code"), [("list", 1), ("list --help", 141)])
def test_reader_that_leaves_early_gets_no_message(line, code):
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "keras_dl", *line.split()]
    # Without a buffer, argparse passes over the failure and there is none left to report.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    done = subprocess.run(
        command, stdout=write, stderr=subprocess.PIPE, text=True, check=False, env=environment
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [("run --help", 0, "--resume WORD"), ("run lenet5 --dropout 9", 2, "must lie in 0 ? ")],
)
def test_terminal_without_unicode_gets_question_marks(line, code, words):
    command = [sys.executable, "-m", "keras_dl", *line.split()]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == code
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


NAMES = {
    "unknown user": "~nobody_/a.py",
    "zero byte": "a\0.py",
    "control": "\x1b[2J",
    "long": "a" * 5000,
    "long file": f"{'a' * 5000}.py",
    "undecodable": "\udcff",
    "empty": "",
    "device": "/dev/zero",
}
COMMANDS = (["run"], ["show"], ["compare", "lenet5"], ["data", "describe"], [])


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_hostile_word_gets_one_printable_line(words, name, capsys, monkeypatch):
    monkeypatch.setenv("KERAS_DL_OFFLINE", "1")
    assert main([*words, name]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.rstrip("\n").isprintable()
    assert len(captured.err) < 2500


@pytest.mark.parametrize("kind", ["fifo", "huge", "deep", "bytes"])
def test_hostile_recipe_file_gets_one_line(kind, own_files, capsys):
    path = own_files / "mine.py"
    if kind == "fifo":
        os.mkfifo(path)
    else:
        deep = b"# recipe\nx = " + b"(" * 5000 + b")" * 5000
        path.write_bytes({"huge": b"# recipe", "deep": deep, "bytes": b"\xff\xfe recipe"}[kind])
    if kind == "huge":
        os.truncate(path, 2**33)
    assert main(["show", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("keras-dl: error: `")
    assert captured.err.count("\n") == 1
