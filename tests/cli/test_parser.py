import pytest

from keras_dl.cli import commands, loading
from keras_dl.cli.parser import parse, space_of

pytestmark = pytest.mark.usefixtures("toy_recipes")


@pytest.fixture
def called(monkeypatch):
    """Parses a command line and gives what its verb would be called with."""
    calls = []
    for name in ("run", "tune", "compare", "ablate", "predict", "ui", "data", "doctor"):
        monkeypatch.setattr(
            commands, name, lambda *a, _name=name, **k: calls.append((_name, *a, k))
        )

    def called(line: str):
        parse(line.split())()
        return calls.pop()

    return called


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("run shallow", ("run", "shallow", {}, {})),
        ("run shallow --dropout 0.2", ("run", "shallow", {"dropout": 0.2}, {})),
        ("run shallow --dropout=0.2", ("run", "shallow", {"dropout": 0.2}, {})),
        ("run --dropout 0.2 shallow", ("run", "shallow", {"dropout": 0.2}, {})),
        ("run --seed 3 --dropout 0.2 shallow", ("run", "shallow", {"dropout": 0.2, "seed": 3}, {})),
        ("run deep --units 512,256", ("run", "deep", {"units": (512, 256)}, {})),
        ("run deep --units 512x256", ("run", "deep", {"units": (512, 256)}, {})),
        ("run deep --units 64", ("run", "deep", {"units": (64,)}, {})),
        ("run shallow --batch-norm", ("run", "shallow", {"batch_norm": True}, {})),
        ("run shallow --no-batch-norm", ("run", "shallow", {"batch_norm": False}, {})),
        (
            "run shallow --no-jit-compile --no-verbose",
            ("run", "shallow", {"jit_compile": False, "verbose": False}, {}),
        ),
        ("run shallow --image-size none", ("run", "shallow", {"image_size": None}, {})),
        (
            "run shallow --optimizer sgd --momentum 0.5",
            ("run", "shallow", {"optimizer": "sgd", "momentum": 0.5}, {}),
        ),
        ("run shallow --resume 1a2b", ("run", "shallow", {"resume": "1a2b"}, {})),
        ("tune shallow --resume", ("tune", "shallow", {"resume": True}, {})),
        (
            "tune deep --search dropout,units --trials 5",
            ("tune", "deep", {"trials": 5, "search": ("dropout", "units")}, {}),
        ),
        (
            "tune deep --units 64 --algorithm grid",
            ("tune", "deep", {"units": (64,), "algorithm": "grid"}, {}),
        ),
        (
            "ablate shallow --over dropout --seeds 2",
            ("ablate", "shallow", {"over": ("dropout",), "seeds": 2}, {}),
        ),
        ("compare deep shallow --seeds 3", ("compare", ["deep", "shallow"], {"seeds": 3}, {})),
        ("compare --seeds 3 deep shallow", ("compare", ["deep", "shallow"], {"seeds": 3}, {})),
        ("compare deep shallow --units 64", ("compare", ["deep", "shallow"], {"units": (64,)}, {})),
        ("predict 1a2b a.png b --top 2", ("predict", "1a2b", ["a.png", "b"], {"top": 2})),
        ("predict 1a2b a.png", ("predict", "1a2b", ["a.png"], {"top": 3})),
        ("ui", ("ui", {"host": "127.0.0.1", "port": 5000})),
        ("ui --port 8080", ("ui", {"host": "127.0.0.1", "port": 8080})),
        ("data", ("data", "list", None, {})),
        ("data prepare mnist", ("data", "prepare", "mnist", {})),
        ("doctor", ("doctor", {})),
    ],
)
def test_words_become_a_call(line, call, called):
    assert called(line) == call


def test_only_what_was_typed_is_passed_on(called):
    assert called("tune deep") == ("tune", "deep", {}, {})


def test_space_of_a_packaged_recipe_is_read_not_run(monkeypatch):
    monkeypatch.setattr(loading, "recipe", pytest.fail)
    assert "dropout" in space_of("shallow")


def help_of(line: str, capsys) -> str:
    """The page of help, as one line."""
    with pytest.raises(SystemExit) as end:
        parse([*line.split(), "--help"])
    assert end.value.code == 0
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("run", "--budget WORD smoke: one short epoch to see it work;"),
        ("run", "Each hyperparameter is a flag too; see keras-dl run NAME --help"),
        ("run", "--resume WORD id of a stopped run to continue"),
        ("run shallow", "usage: keras-dl run shallow [flags]"),
        ("run shallow", "--dropout X 0 … 0.5; default 0 "),
        ("run shallow", "--batch-norm, --no-batch-norm off by default"),
        ("run shallow", "--momentum X 0 … 0.99; only when optimizer is sgd; default 0.9"),
        ("run shallow", "--seed N of weights, data order and dropout; default 0"),
        ("run deep", "--units A,B 1 to 3 values, each 32 … 1024 (log, ×2); default 512,512"),
        ("tune", "--resume, --no-resume continue the same search where it was stopped; off by"),
        (
            "tune",
            "--algorithm WORD who suggests the settings; bayesian | hyperband | random | grid;",
        ),
        ("tune", "--trials N settings to try, at most; default 30 "),
        (
            "compare deep shallow",
            "--dropout X deep: 0 … 0.6, default 0.2; shallow: 0 … 0.5, default 0 ",
        ),
        ("compare deep shallow", "--optimizer WORD adam | sgd; default adam"),
        ("compare deep shallow", "--batch-norm, --no-batch-norm shallow: off by default"),
        ("predict", "--top N classes or words to print for each, likeliest first; default 3"),
    ],
)
def test_help_says(line, words, capsys):
    assert words in help_of(line, capsys)


@pytest.mark.parametrize("command", ["run", "tune", "compare", "run shallow", "tune deep"])
def test_help_is_free_of_unreadable_numbers(command, capsys):
    assert "e+" not in help_of(command, capsys)
