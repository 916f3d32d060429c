import os
import sys

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
