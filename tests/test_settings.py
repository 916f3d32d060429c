import os
import subprocess
import sys
from pathlib import Path

import pytest

from keras_dl import settings


def test_defaults_give_way_to_the_users_settings(monkeypatch):
    for name in settings.DEFAULTS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    settings.prepare()
    assert {n: os.environ[n] for n in settings.DEFAULTS} == {
        **settings.DEFAULTS,
        "TF_CPP_MIN_LOG_LEVEL": "0",
    }


def test_each_setting_says_what_it_does():
    assert settings.EFFECTS.keys() == settings.DEFAULTS.keys()


@pytest.mark.parametrize(
    ("own", "shared", "folder"),
    [
        ("/one", "/two", "/one"),
        ("~/nets", "/two", "/home/nets"),
        ("nets", "/two", "/current/nets"),  # a relative one starts at the current folder
        ("", "/two", "/two/keras_dl"),
        (" ", "", "/home/.cache/keras_dl"),
        (None, None, "/home/.cache/keras_dl"),
        (None, "two", "/home/.cache/keras_dl"),  # XDG's specification ignores relative paths
        (None, "~/two", "/home/two/keras_dl"),
    ],
)
def test_cache_folder_follows_the_environment(monkeypatch, tmp_path, own, shared, folder):
    (tmp_path / "current").mkdir()
    monkeypatch.chdir(tmp_path / "current")
    for name, value in {"KERAS_DL_CACHE": own, "XDG_CACHE_HOME": shared}.items():
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    expected = Path(folder)
    if folder.startswith(("/home", "/current")):
        expected = tmp_path / folder[1:]
    assert settings.cache_folder() == expected


def test_loading_twice_costs_nothing(monkeypatch):
    asked = []
    monkeypatch.setitem(sys.modules, "keras", object())
    monkeypatch.setattr(settings.importlib, "import_module", asked.append)
    settings.load_backend()
    assert asked == []


def test_native_messages_are_held_back(capfd):
    with settings._quiet_descriptor():
        os.write(2, b"chatter")
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"


@settings._quiet_descriptor()
def fail():
    os.write(2, b"the cause")
    raise ImportError


def test_native_messages_are_shown_when_loading_fails(capfd):
    with pytest.raises(ImportError):
        fail()
    assert capfd.readouterr().err == "the cause"


LEAN = """
import sys
from pathlib import Path
from keras_dl import settings

settings.load_backend(lean=True)
from keras_dl.training.job import Job
from keras_dl.execution.run_job import run_job
from tests.toys import toy

own = [[float(i % 2), i % 3] for i in range(60)], [i % 2 for i in range(60)]
run_job(Job(toy, {"batch_size": 32}, 0, 1, Path(sys.argv[1]), data=own))
print([n for n in (*settings.OPTIONAL, "mlflow", "keras_tuner") if n in sys.modules])
import matplotlib.pyplot, pandas, sklearn
"""


@pytest.mark.slow
def test_a_trial_does_without_what_it_does_not_need(tmp_path):
    command = [sys.executable, "-c", LEAN, str(tmp_path / "job")]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_backend_is_the_one_that_keras_takes(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert settings.backend() == "tensorflow"
    (tmp_path / "keras.json").write_text('{"backend": "torch"}')
    assert settings.backend() == "torch"
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert settings.backend() == "jax"


@pytest.mark.parametrize("name", ["theano", "jax"])
def test_backend_that_is_not_there_is_refused(name, monkeypatch):
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setenv("KERAS_BACKEND", name)
    monkeypatch.setattr(settings.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ValueError, match=f"Received: KERAS_BACKEND={name}"):
        settings.load_backend()


def test_libraries_are_hidden_for_a_while_only(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    kept = sys.modules["json"]
    with settings._hidden(["colorsys", "json"]):
        assert sys.modules["json"] is kept
        with pytest.raises(ImportError):
            import colorsys
    import colorsys

    assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
