import tomllib

import keras
import pytest

from keras_dl import Recipe, options
from keras_dl.cli import main
from keras_dl.cli.config import expand, to_words
from keras_dl.training.config_file import make_config
from recipes import mlp


def words_of(values, **given):
    text = make_config("run", [mlp.recipe], values, given)
    return to_words(tomllib.loads(text), "config=c.toml")


def test_values_come_back_as_flags():
    values = {"units": (64, 32), "batch_norm": False, "residual": True, "max_norm": None}
    names, flags = words_of({**values, "learning_rate": 1e-4, "dataset": 'a "b" ü'}, seed=3)
    assert names == ["mlp"]
    assert flags == [
        "--units=64,32",
        "--no-batch-norm",
        "--residual",
        "--max-norm=none",
        "--learning-rate=0.0001",
        '--dataset=a "b" ü',
        "--seed=3",
    ]


def test_options_that_are_not_set_are_left_out():
    assert words_of({}, epochs=None, text=(), verbose=True, resume="x") == (["mlp"], [])


def test_words_win_over_the_file(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text('recipe = "mlp"\nseed = 1\nunits = [64, 32]\n', encoding="utf-8")
    for words in (["--config", str(file), "--seed", "2"], [f"--config={file}", "--seed", "2"]):
        expected = ["mlp", "--seed=1", "--units=64,32", "--seed", "2"]
        assert expand("run", words, options.RUN) == expected
    named = expand("run", ["lenet5", "--config", str(file)], options.RUN)
    assert named == ["--seed=1", "--units=64,32", "lenet5"]


def test_data_in_memory_are_refused():
    text = make_config("run", [mlp.recipe], {}, {}, data=([1], [2]))
    with pytest.raises(ValueError, match="can pass them: data. Received: config=c.toml"):
        to_words(tomllib.loads(text), "config=c.toml")


def test_callbacks_and_models_in_memory_are_refused():
    text = make_config("run", [mlp.recipe], {}, {"callbacks": "Own"}, callbacks=[object()])
    with pytest.raises(ValueError, match="can pass them: callbacks"):
        to_words(tomllib.loads(text), "config=c.toml")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    own = Recipe.from_model(model, name="own")
    with pytest.raises(ValueError, match="can pass them: model"):
        to_words(tomllib.loads(make_config("run", [own], {}, {})), "config=c.toml")


def test_a_path_is_stored_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.csv").write_text("a,b\n")
    text = make_config("run", [mlp.recipe], {}, {}, data="own.csv")
    assert tomllib.loads(text)["dataset"] == str(tmp_path / "own.csv")


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b"seed = ", "`config` must be a TOML file; Invalid value"),
        (b"\xff", "`config` must be UTF-8"),
        (b'recipe = "mlp"\n[seed]\na = 1', "`seed` must be a number, a text, a boolean or a list"),
        (b"recipe = 3", "`recipe` must be a name or a list of names. Received: recipe=3"),
        (
            b'name = "mlp"',
            "`recipe` must be a key of the file, or NAME be given. Received: config=",
        ),
        (b'command = "tune"\nrecipe = "mlp"', "`command` of the file must be run, or be left out"),
        (
            b'recipe = "mlp"\ndata = "in memory"',
            "only a call in Python can pass them: data",
        ),
    ],
)
def test_wrong_files_are_refused_in_a_sentence(tmp_path, capsys, contents, message):
    file = tmp_path / "own.toml"
    file.write_bytes(contents)
    assert main(["run", "--config", str(file)]) == 2
    assert message in capsys.readouterr().err


def test_missing_and_repeated_files_are_refused(tmp_path, capsys):
    assert main(["run", "--config", str(tmp_path / "none.toml")]) == 2
    assert "`config` must be a regular file that exists" in capsys.readouterr().err
    assert main(["run", "--config"]) == 2
    assert "`config` must be followed by a file" in capsys.readouterr().err
    assert main(["run", "--config", "a.toml", "--config", "b.toml"]) == 2
    assert "`config` must be given once" in capsys.readouterr().err
