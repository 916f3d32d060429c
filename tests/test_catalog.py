import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from keras_dl import Objective, Recipe, Score, catalog, settings
from keras_dl.catalog import Unreadable
from keras_dl.recipe import OPTION_NAMES
from keras_dl.recipe_files import FUNCTIONS

HEAD = "from typing import Annotated\nfrom keras_dl import Choice, Range, Recipe, Repeat, When\n"
DATA = "def data(*, dataset: str = 'digits'): ...\n"
BUILD = "def build(data, *, depth: Annotated[int, Range(1, 9)] = 2): ...\n"
OWN = "`my.py` must define the functions of its Recipe(…) itself, undecorated. Received:"
RECIPE = "recipe = Recipe(name='mine', data=data, build=build)\n"


@pytest.fixture
def write(tmp_path):
    """Writes a file of that content and gives its path."""

    def write(*parts: str) -> Path:
        path = tmp_path / "my.py"
        path.write_text("".join(parts), encoding="utf-8")
        return path

    return write


def refused(path: Path, kind: type[Exception] = Unreadable) -> str:
    """The words with which `read` refuses a file."""
    with pytest.raises(kind) as caught:
        catalog.read(path)
    assert type(caught.value) is kind
    return str(caught.value)


@pytest.fixture(scope="module")
def recipes() -> dict[str, Recipe]:
    """All recipes as objects; the one place here that loads Keras."""
    settings.load_backend()
    return {n: importlib.import_module(f"recipes.{n}").recipe for n in catalog.names()}


@pytest.mark.parametrize("name", catalog.names())
def test_reading_agrees_with_running(name, recipes):
    entry, recipe = catalog.read(catalog.find(name)), recipes[name]
    assert entry.space == recipe.space()
    assert list(entry.space) == list(recipe.space())
    functions: Any = {role: getattr(recipe, role) for role in FUNCTIONS}
    assert Recipe(**entry.settings, **functions) == recipe
    assert entry.name == recipe.name == name


@pytest.mark.parametrize("name", catalog.names())
def test_recipe_file_keeps_the_form(name):
    entry = catalog.read(catalog.find(name))
    assert tuple(entry.head) == catalog.FIELDS
    assert all(entry.head.values())
    assert entry.title
    # An experiment whose point is the table of its settings is run as one.
    assert entry.head["Run"] in (f"keras-dl run {name}", f"keras-dl ablate {name}")
    assert catalog.family(name) != "user"
    assert {"epochs", "objective", "task"} <= set(entry.settings)
    assert len(entry.path.read_text(encoding="utf-8").splitlines()) <= 140


@pytest.mark.parametrize("name", catalog.names())
def test_quoted_figures_say_what_they_are(name):
    """Papers mostly report the last epoch, we the best in validation; their rows are named."""
    entry = catalog.read(catalog.find(name))
    score = entry.settings.get("score")
    is_quoted = score is not None and score.published is not None
    if is_quoted or re.search(r"[Pp]aper\b.{0,40} has\b[^.]{0,30}\d", entry.head["Expect"]):
        assert "epoch" in entry.head["Differs"]
    if is_quoted:
        assert score.source


@pytest.mark.parametrize("name", catalog.names())
def test_flags_of_the_docstring_exist(name):
    entry = catalog.read(catalog.find(name))
    switches = {n for n, hyper in entry.space.items() if hyper.kind is bool}
    names = {*entry.space, *OPTION_NAMES, *(f"no_{switch}" for switch in switches)}
    flags = re.findall(r"--([a-z][a-z0-9-]*)", " ".join(entry.head.values()))
    assert {flag for flag in flags if flag.replace("-", "_") not in names} == set()


@pytest.mark.parametrize("name", ["resnet20", "resnet56", "plain_vs_residual", "alexnet"])
def test_momentum_of_nesterov_is_named(name):
    """The optimizer "sgd" has it, the papers have not."""
    assert "Nesterov's momentum" in catalog.read(catalog.find(name)).head["Differs"]


@pytest.mark.parametrize("name", ["lecun1989_table", "prototypical"])
def test_figures_of_other_data_are_not_published_ones(name):
    assert catalog.read(catalog.find(name)).settings["score"].published is None


@pytest.mark.parametrize("name", catalog.names())
def test_published_counts_are_those_of_its_builders(name, recipes):
    for builder, facts in catalog.read(catalog.find(name)).published.items():
        made_by = recipes[name].build.__globals__[builder]  # type: ignore[attr-defined]
        home = getattr(made_by, "func", made_by).__module__  # a variant is a partial of its family
        module = importlib.import_module(".".join(home.split(".")[:3]))
        assert facts == module.PUBLISHED[builder]
        assert facts["source"]


def test_published_counts_are_found():
    assert catalog.read(catalog.find("lenet5")).published["lenet5"]["trainable_parameters"] > 1e4


def test_entries_are_all_recipes():
    assert sorted(e.name for e in catalog.entries()) == list(catalog.names())
    assert "lenet5" in catalog.names()
    assert "__init__" not in catalog.names()


def test_name_or_path_finds_a_recipe(write):
    path = write(RECIPE)
    assert catalog.find("lenet5") == catalog.folder() / "convolutional" / "lenet5.py"
    assert catalog.find(str(path)) == path
    assert catalog.find(str(path.parent / ".." / path.parent.name / "my.py")) == path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lenet", "'lenet' is not a recipe. Did you mean 'lenet5'? Available: "),
        ("zebra", "'zebra' is not a recipe. Available: "),
        (
            "no/such.py",
            "`NAME` must be a recipe or a Python file that exists. Received: NAME='no/s",
        ),
        (
            "recipes",
            "`NAME` must be a recipe or a Python file that exists. Received: NAME='recipes",
        ),
        ("", "`NAME` must be a recipe or a Python file that exists. Received: NAME=''"),
    ],
)
def test_what_is_no_recipe_is_refused(name, said, monkeypatch):
    monkeypatch.chdir(catalog.folder().parent)
    with pytest.raises(ValueError, match="recipe") as caught:
        catalog.find(name)
    assert str(caught.value).startswith(said)


def test_whole_entry(write):
    path = write(
        '"""A net.\n\nPaper: Me, 2020, A Net,\n    section 2.\nRun: it\n\nPaper is a word.\n"""\n',
        HEAD,
        DATA,
        BUILD,
        "recipe = Recipe(name='mine', data=data, build=build, epochs=3,\n"
        "    objective=Objective('val_loss', 'min'), patience=None)\n",
    )
    entry = catalog.read(path)
    assert (entry.name, entry.path, entry.title) == ("mine", path, "A net")
    assert entry.head == {"Paper": "Me, 2020, A Net, section 2.", "Run": "it"}
    assert list(entry.space) == ["dataset", "depth"]
    objective = Objective("val_loss", "min")
    assert entry.settings == {
        "name": "mine",
        "epochs": 3,
        "objective": objective,
        "patience": None,
    }
    assert entry.published == {}


TRAIN = "def train(session, model, data, *, share: Annotated[float, Range(0.1, 0.9)] = 0.5): ...\n"


def test_stages_of_training_evaluators_score_and_task_are_read(write):
    path = write(
        HEAD,
        DATA,
        BUILD,
        TRAIN,
        "recipe = Recipe(name='mine', data=data, build=build, train=train,\n"
        "    evaluators=(lambda model, split: {},), report=None, task='language_modelling',\n"
        "    score=Score('test/bleu', 'max', published=0.25),\n"
        "    alternatives=(Objective('val_bleu', 'max'),))\n",
    )
    entry = catalog.read(path)
    assert list(entry.space) == ["dataset", "depth", "share"]
    assert entry.settings == {
        "name": "mine",
        "task": "language_modelling",
        "score": Score("test/bleu", "max", published=0.25),
        "alternatives": (Objective("val_bleu", "max"),),
    }


def test_train_without_a_function_is_the_default(write):
    path = write(HEAD, DATA, BUILD, RECIPE.replace("build=build", "build=build, train=None"))
    assert list(catalog.read(path).space) == ["dataset", "depth"]


def test_task_that_is_a_value_needs_a_run(write):
    path = write(HEAD, DATA, BUILD, RECIPE.replace("build=build", "build=build, task=Own()"))
    assert "which only running it can tell" in refused(path)


def test_hyperparameter_of_train_is_declared_once(write):
    path = write(
        HEAD,
        DATA,
        BUILD,
        TRAIN.replace("share", "depth"),
        RECIPE.replace("build=build", "build=build, train=train"),
    )
    assert refused(path, ValueError).startswith("`depth` must be declared once")


def test_names_are_unique_over_families(tmp_path, monkeypatch):
    for family in ("first", "second"):
        (tmp_path / family).mkdir()
        (tmp_path / family / "twin.py").write_text(RECIPE, encoding="utf-8")
    monkeypatch.setattr(catalog, "folder", lambda: tmp_path)
    with pytest.raises(ValueError, match="`twin.py` must have another name; .*first/twin.py, sec"):
        catalog.names()


def test_families_are_folders():
    assert {"convolutional", "generative"} <= set(catalog.families())
    assert catalog.family("lenet5") == "convolutional"
    assert catalog.family("mine") == "user"
    assert "__pycache__" not in catalog.families()


def test_lambda_without_hyperparameters_is_read(write):
    path = write(HEAD, BUILD, "r = Recipe(name='r', data=lambda: (1, 2), build=build)\n")
    assert list(catalog.read(path).space) == ["depth"]


def test_described_by_its_recipe(write):
    path = write('"""A net.\n\nRun: it\n"""\n', RECIPE)
    recipe = Recipe("mine", lambda: None, lambda data, *, depth: None, epochs=3)
    recipe.build.__kwdefaults__ = {"depth": 2}
    recipe.build.__annotations__ = {"depth": int}
    entry = catalog.describe(path, recipe)
    assert (entry.name, entry.title, entry.head) == ("mine", "A net", {"Run": "it"})
    assert list(entry.space) == ["depth"]
    assert entry.settings["epochs"] == 3
    assert not set(entry.settings) & {"data", "build", "report"}


@pytest.mark.parametrize(
    "annotation",
    [
        '__import__("os").system("touch {}")',
        'Annotated[int, __import__("os").system("touch {}")]',
        'Annotated[int, Range(1, 2), open("{}", "w")]',
        "Annotated[int, exec(\"open('{}', 'w')\")]",
        'Annotated[int, (lambda: open("{}", "w"))()]',
        'Annotated[int, [open for open in (1,)], "{}"]',
        'Annotated[int, ().__class__.__base__.__subclasses__(), "{}"]',
        "Annotated[int, (x := 1), '{}']",
        "Annotated[int, f'{{open}}', '{}']",
        "Annotated[int, 9**9**9, '{}']",
        "Annotated[int, 'a' * 10**10, '{}']",
    ],
)
@pytest.mark.parametrize("place", ["annotation", "default", "setting"])
def test_code_is_refused_without_running(annotation, place, write, tmp_path):
    trace = tmp_path / "trace"
    code = annotation.format(trace)
    said = {"annotation": f"x: {code} = 1", "default": f"x: int = {code}"}.get(place, "x: int = 1")
    setting = f", epochs={code}" if place == "setting" else ""
    path = write(
        HEAD,
        DATA,
        f"def build(data, *, {said}): ...\n",
        f"recipe = Recipe(name='m', data=data, build=build{setting})\n",
    )
    assert "must spell out its hyperparameters" in refused(path)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + DATA + BUILD, "`my.py` must assign one Recipe(…) at its top level. Received: 0"),
        (HEAD + RECIPE * 2, "`my.py` must assign one Recipe(…) at its top level. Received: 2"),
        (HEAD + "r = Recipe('mine', 1, 2)", "`my.py` must give its Recipe(…) `data` by name"),
        (HEAD + "r = Recipe(data=1)", "`my.py` must give its Recipe(…) `build` by name"),
        (
            HEAD + "from elsewhere import data\n" + BUILD + RECIPE,
            f"{OWN} data",
        ),
        (
            HEAD + "@cache\n" + DATA + BUILD + RECIPE,
            f"{OWN} data",
        ),
        (
            HEAD + BUILD + "r = Recipe(name='r', data=partial(f, 1), build=build)",
            f"{OWN} partial(f, 1)",
        ),
        (
            HEAD + DATA + "def build(data, *, x: int = SIZE): ...\n" + RECIPE,
            "`my.py` must spell out its hyperparameters. Received: SIZE, which only running it can"
            " tell",
        ),
    ],
)
def test_file_that_must_be_run_says_why(content, said, write):
    assert refused(write(content)) == said


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        ("", ValueError, "`my.py` must hold a Recipe(…). Received: none"),
        ("x = 1", ValueError, "`my.py` must hold a Recipe(…). Received: none"),
        ("recipe = (", ValueError, "`my.py` must be a Python file. Received: '(' was never closed"),
        (
            HEAD + DATA + "def build(data, *, x: Annotated[int, Range(3, 1)] = 2): ...\n" + RECIPE,
            ValueError,
            "`low` must be below `high`. Received: low=3, high=1 (my.py, line 4)",
        ),
        (
            HEAD + DATA + "def build(data, *, x: Annotated[int, Range(1)] = 2): ...\n" + RECIPE,
            ValueError,
            "Range.__init__() missing 1 required positional argument: 'high' (my.py, line 4)",
        ),
        (
            HEAD + DATA + "def build(data, *, x: Annotated[int, Range(1, 3)] = 4): ...\n" + RECIPE,
            ValueError,
            "`x` must lie in 1 … 3. Received: x=4",
        ),
        (
            HEAD + DATA + "def build(data, *, dataset: str = 'iris'): ...\n" + RECIPE,
            ValueError,
            "`dataset` must be declared once in the functions of mine",
        ),
        (
            HEAD + DATA + "def build(data, *, seed: int = 1): ...\n" + RECIPE,
            ValueError,
            "`seed` must have another name in mine; it is an option of a command",
        ),
        (
            HEAD + DATA + "def build(data, *, x: Annotated[int, When('y', 1)] = 1): ...\n" + RECIPE,
            ValueError,
            "'y' is not a hyperparameter. Available: dataset, x",
        ),
        (
            HEAD + DATA + "def build(data, *, x=1): ...\n" + RECIPE,
            TypeError,
            "`x` must be annotated bool, int, float, str or tuple[int, ...], with or without "
            "`| None`. Received: nothing",
        ),
        (
            HEAD + DATA + "def build(data, *, x: int): ...\n" + RECIPE,
            TypeError,
            "`x` must have a default, for run() to take. Received: none",
        ),
        (
            HEAD + DATA + "def build(data, x: int = 1): ...\n" + RECIPE,
            TypeError,
            "`x` must stand behind a `*` to be a hyperparameter: def build(data, *, x=…). ",
        ),
        (
            HEAD + DATA + BUILD + "r = Recipe(name='r', data=data, build=build, epoch=3)",
            TypeError,
            "Recipe.__init__() got an unexpected keyword argument 'epoch'",
        ),
        (
            HEAD + DATA + BUILD + "r = Recipe(name='r', data=data, build=build, epochs=0)",
            ValueError,
            "`epochs` must lie in 1 … 1,000,000. Received: epochs=0",
        ),
    ],
)
def test_wrong_file_is_refused_for_good(content, kind, said, write):
    assert refused(write(content), kind).startswith(said)


def test_binary_file_is_refused(tmp_path):
    path = tmp_path / "my.py"
    path.write_bytes(b"\xff\xfe recipe \x00")
    assert refused(path, ValueError).startswith("`my.py` must be a Python file. Received: ")
