import pytest

from keras_dl.cli import commands, loading, main, run_commands
from keras_dl.cli.parser import parse, space_of
from keras_dl.space import Choice, Hyper, Range

pytestmark = pytest.mark.usefixtures("toy_recipes")


@pytest.fixture
def called(monkeypatch):
    """Parses a command line and returns the call of its command."""
    calls = []
    for name in ("run", "tune", "compare", "ablate", "predict", "report", "ui", "data", "doctor"):
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
            "tune shallow --learning-rate 1e-4..1e-2 --dropout 0,0.2 --optimizer sgd,adam",
            (
                "tune",
                "shallow",
                {
                    "learning_rate": Range(1e-4, 1e-2),
                    "dropout": Choice(0.0, 0.2),
                    "optimizer": Choice("sgd", "adam"),
                },
                {},
            ),
        ),
        ("tune shallow --momentum 0.5", ("tune", "shallow", {"momentum": 0.5}, {})),
        (
            "ablate shallow --over dropout --seeds 2",
            ("ablate", "shallow", {"over": ("dropout",), "seeds": 2}, {}),
        ),
        ("compare deep shallow --seeds 3", ("compare", ["deep", "shallow"], {"seeds": 3}, {})),
        ("compare --seeds 3 deep shallow", ("compare", ["deep", "shallow"], {"seeds": 3}, {})),
        ("compare deep shallow --units 64", ("compare", ["deep", "shallow"], {"units": (64,)}, {})),
        ("compare deep --seeds 3 shallow", ("compare", ["deep", "shallow"], {"seeds": 3}, {})),
        (
            "predict 1a2b a.png b --top 2",
            ("predict", "1a2b", ["a.png", "b"], {"top": 2, "out": None}, {}),
        ),
        ("predict 1a2b a.png", ("predict", "1a2b", ["a.png"], {"top": 3, "out": None}, {})),
        (
            "predict --out masks 1a2b a.png",
            ("predict", "1a2b", ["a.png"], {"top": 3, "out": "masks"}, {}),
        ),
        (
            "report --write README.md",
            ("report", [], {"html": None, "write": "README.md", "json": False}),
        ),
        (
            "report 1a2b --html page.html",
            ("report", ["1a2b"], {"html": "page.html", "write": None, "json": False}),
        ),
        ("ui", ("ui", {"host": "127.0.0.1", "port": 5000})),
        ("ui --port 8080", ("ui", {"host": "127.0.0.1", "port": 8080})),
        ("data", ("data", "list", None, {})),
        ("data prepare mnist", ("data", "prepare", "mnist", {})),
        ("doctor", ("doctor", {"json": False})),
    ],
)
def test_words_become_a_call(line, call, called):
    assert called(line) == call


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ("play 1a2b", {"second": False, "simulations": None}),
        ("play 1a2b --second --simulations 9", {"second": True, "simulations": 9}),
    ],
)
def test_words_become_a_game(line, own, monkeypatch):
    calls = []
    monkeypatch.setattr(run_commands, "play", lambda *a, **k: calls.append((a, k)))
    parse(line.split())()
    assert calls == [(("1a2b",), own)]


VALUES = [  # texts that are also names of recipes
    ("run --title shallow deep", {"title": "shallow"}),
    ("run --title=shallow deep", {"title": "shallow"}),
    ("run deep --title shallow", {"title": "shallow"}),
    ("run deep --title=shallow", {"title": "shallow"}),
    ("run --layers shallow deep", {"layers": ("shallow",)}),
    ("run --seed 1 --title shallow deep --dropout 0.1", {"seed": 1, "title": "shallow"}),
    ("run --resume shallow deep", {"resume": "shallow"}),
    ("run --resume=shallow deep", {"resume": "shallow"}),
    ("run --title my.py deep", {"title": "my.py"}),
    ("run --residual deep", {"residual": True}),
    ("run --no-residual deep", {"residual": False}),
    ("run --title shallow --residual deep", {"title": "shallow", "residual": True}),
    ("run --residual --title shallow deep", {"title": "shallow", "residual": True}),
    ("run --dropout .1 -- deep", {"dropout": 0.1}),
    ("tune --objective shallow deep", {"objective": "shallow"}),
    ("tune --search dropout --title shallow deep", {"search": ("dropout",), "title": "shallow"}),
    ("ablate --over dropout --title shallow deep", {"over": ("dropout",), "title": "shallow"}),
]


@pytest.fixture
def titled(toy_recipes):
    """The recipe deep with a text, a tuple of texts and a switch among its hyperparameters."""
    path = toy_recipes / "tall" / "deep.py"
    more = '    title: str = "",\n    layers: tuple[str, ...] = (),\n    residual: bool = False,\n'
    text = path.read_text(encoding="utf-8").replace("): ...", f"{more}): ...")
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("line", "values"), VALUES)
def test_value_of_a_flag_is_no_recipe(line, values, called, titled):
    command, name, parsed, _ = called(line)
    assert (command, name) == (line.split()[0], "deep")
    assert values.items() <= parsed.items()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("compare --title deep shallow deep", ["shallow", "deep"]),
        ("compare shallow --title shallow deep", ["shallow", "deep"]),
        ("compare shallow deep --title deep", ["shallow", "deep"]),
        ("compare --residual deep shallow", ["deep", "shallow"]),
        ("compare --residual deep --batch-norm shallow", ["deep", "shallow"]),
    ],
)
def test_value_of_a_flag_is_not_compared(line, names, called, titled):
    assert called(line)[1] == names


@pytest.mark.parametrize("line", ["run --title word {0}", "run {0} --title word"])
def test_file_as_recipe_stands_anywhere(line, called, own_files):
    path = own_files / "my.py"
    path.write_text(
        "def data(*, title: str = ''): ...\ndef build(data): ...\n"
        "recipe = Recipe(name='mine', data=data, build=build)\n"
    )
    assert called(line.format(path)) == ("run", str(path), {"title": "word"}, {})


def test_file_that_may_be_a_value_is_not_run(own_files, capsys):
    path = own_files / "my.py"
    path.write_text(f"recipe = open({str(own_files / 'trace')!r}, 'w')")
    with pytest.raises(SystemExit) as end:
        parse(["run", "--title", str(path)])
    assert end.value.code == 2
    assert "NAME must be given" in capsys.readouterr().err
    assert not (own_files / "trace").exists()


def test_only_what_was_typed_is_passed_on(called):
    assert called("tune deep") == ("tune", "deep", {}, {})


def test_space_of_a_packaged_recipe_is_read_not_run(monkeypatch):
    monkeypatch.setattr(loading, "load_recipe", pytest.fail)
    assert "dropout" in space_of("shallow")


OWN = {
    "temperature": Hyper("temperature", float, 1.0, Range(0.0, 2.0)),
    "sample": Hyper("sample", bool, True),
}


@pytest.fixture
def own_options(monkeypatch):
    """A run whose task declares options of its own."""
    runs = []
    monkeypatch.setattr(commands, "prediction_options", lambda run: runs.append(run) or OWN)
    return runs


@pytest.mark.parametrize(
    ("line", "inputs", "values"),
    [
        ("predict 1a2b To --temperature 0.5", ["To"], {"temperature": 0.5, "sample": True}),
        ("predict 1a2b --temperature=0.5 To be", ["To", "be"], {"temperature": 0.5}),
        ("predict 1a2b To --temperature 0.5 be", ["To", "be"], {"temperature": 0.5}),
        ("predict 1a2b --no-sample To --top 1", ["To"], {"sample": False, "top": 1, "out": None}),
    ],
)
def test_options_of_a_task_follow_its_run(line, inputs, values, called, own_options):
    command, run_id, parsed_inputs, parsed, _ = called(line)
    assert (command, run_id, parsed_inputs, own_options) == ("predict", "1a2b", inputs, ["1a2b"])
    assert values.items() <= parsed.items()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "predict 1a2b To --temprature 0.5",
            "--temprature is not a flag of this command. Did you mean '--temperature'? "
            "(see keras-dl predict 1a2b --help)",
        ),
        ("predict 1a2b To --temperature 3", "`temperature` must lie in 0 … 2. Received"),
        ("predict 1a2b --sample", "INPUT must be given"),
    ],
)
def test_wrong_option_of_a_task_gets_one_line_and_2(line, message, own_options, capsys):
    assert main(line.split()) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"keras-dl predict: error: {message}")
    assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_help_of_a_run_lists_the_options_of_its_task(own_options, capsys):
    assert main(["predict", "1a2b", "--help"]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert "usage: keras-dl predict 1a2b INPUT … [flags]" in page
    assert "--temperature X 0 … 2; default 1" in page


def test_run_is_not_read_without_an_unknown_flag(called, monkeypatch):
    monkeypatch.setattr(commands, "prediction_options", pytest.fail)
    name, *_ = called("predict 1a2b To --top 1")
    assert name == "predict"


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
            "--algorithm WORD who suggests the settings; bayesian | tpe | random | grid | "
            "hyperband | asha;",
        ),
        ("tune", "--trials N settings to try, at most; default 30 "),
        ("tune shallow", "a value is held, LOW..HIGH or choices with commas are searched"),
        (
            "compare deep shallow",
            "--dropout X deep: 0 … 0.6, default 0.2; shallow: 0 … 0.5, default 0 ",
        ),
        ("compare deep shallow", "--optimizer WORD adam | sgd; default adam"),
        ("compare deep shallow", "--batch-norm, --no-batch-norm shallow: off by default"),
        ("predict", "--top N results to print for each input, best first; default 3"),
        ("predict", "Tasks have further flags; see keras-dl predict RUN_ID --help"),
    ],
)
def test_help_says(line, words, capsys):
    assert words in help_of(line, capsys)


@pytest.mark.parametrize("command", ["run", "tune", "compare", "run shallow", "tune deep"])
def test_help_is_free_of_unreadable_numbers(command, capsys):
    assert "e+" not in help_of(command, capsys)
