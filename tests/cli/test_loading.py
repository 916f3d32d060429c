import sys

import pytest

from keras_dl import Recipe
from keras_dl.cli import loading

FILE = """
from keras_dl import Recipe
from neighbour import build
recipe = same = Recipe(name="mine", data=lambda: 1, build=build)
"""


@pytest.fixture
def write(own_files):
    """Writes a module of that name beside others and gives its path."""

    def write(name: str, content: str) -> str:
        path = own_files / f"{name}.py"
        path.write_text(content, encoding="utf-8")
        return str(path)

    return write


def test_own_file_may_import_its_neighbours(write):
    write("neighbour", "def build(data): return 'built'")
    found = loading.load_recipe(write("mine", FILE))
    assert isinstance(found, Recipe)
    assert found.build(None) == "built"


def test_own_file_is_run_once(write):
    write("neighbour", "def build(data): ...")
    path = write("once", FILE)
    assert loading.load_recipe(path) is loading.load_recipe(path)


def test_packaged_recipe_is_the_modules_own():
    from recipes import lenet5

    assert loading.load_recipe("lenet5") is lenet5.recipe


@pytest.mark.parametrize(
    ("content", "received"),
    [
        ("# recipe", "none"),
        ("from recipes.lenet5 import recipe\nfrom recipes.mlp import recipe as b", "lenet5, mlp"),
    ],
)
def test_exactly_one_recipe_is_wanted(content, received, write):
    with pytest.raises(ValueError, match="exactly one Recipe") as caught:
        loading.load_recipe(write("count", content))
    assert str(caught.value).endswith(f"Received: {received}")


def test_name_of_another_module_is_refused(write):
    before = sys.modules["json"]
    with pytest.raises(ValueError, match=r"`json\.py` must have another name; there is a module"):
        loading.load_recipe(write("json", "# recipe"))
    assert sys.modules["json"] is before


def test_failed_import_leaves_nothing_behind(write):
    path, before = write("fails", "# recipe\nraise LookupError('mine')"), list(sys.path)
    with pytest.raises(LookupError, match="mine"):
        loading.load_recipe(path)
    assert "fails" not in sys.modules
    assert sys.path == before


def test_syntax_error_is_bad_input(write):
    with pytest.raises(ValueError, match=r"`syntax\.py` must be a Python file"):
        loading.load_recipe(write("syntax", "recipe = ("))
