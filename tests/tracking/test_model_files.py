"""Tampered model files are refused in one sentence; none of their code is run."""

import io
import json
import pickle
import time
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from keras_dl.tracking.model_files import CONFIG, WEIGHTS, read_model
from tests.archives import zipped
from tests.data.test_archives import set_field


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """The members of an untouched model file."""
    layers = [keras.Input((4,)), keras.layers.Dense(3, name="d"), keras.layers.Dense(2, name="e")]
    model = keras.Sequential(layers)
    model.compile("adam", "mse")
    path = tmp_path_factory.mktemp("model") / "model.keras"
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def execution(tmp_path, monkeypatch):
    """A current folder with a module that tells when it is imported."""
    (tmp_path / "payload.py").write_text(
        "open('executed', 'w')\ndef run(*args): open('executed', 'w')\nclass Layer: pass"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path / "executed"


class Payload:
    def __reduce__(self):
        return open, ("executed", "w")


def with_config(change):
    def tamper(parts):
        config = json.loads(parts[CONFIG])
        config = change(config) or config
        return zipped({**parts, CONFIG: json.dumps(config).encode()})

    return tamper


def layer(**changes):
    """Changes the first Dense layer."""
    return with_config(lambda c: c["config"]["layers"][1].update(changes))


def settings(**changes):
    """Changes the config of the first Dense layer."""
    return with_config(lambda c: c["config"]["layers"][1]["config"].update(changes))


def with_weights(change):
    def tamper(parts):
        buffer = io.BytesIO(parts[WEIGHTS])
        with h5py.File(buffer, "r+") as file:
            change(file)
        return zipped({**parts, WEIGHTS: buffer.getvalue()})

    return tamper


def function(module, name):
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def replace_kernel(file, make):
    group = file["layers/dense/vars"] if "layers/dense/vars" in file else next(iter(_vars(file)))
    del group["0"]
    make(group)


def _vars(file):
    found = []
    file.visititems(lambda n, o: found.append(o) if n.endswith("vars") and len(o) else None)
    return found


LAMBDA = {"class_name": "__lambda__", "config": {"value": ["4wAAAAA=", None, None]}}
LINK = h5py.ExternalLink("/etc/passwd", "/x")
TAMPERED = {
    "lambda layer": layer(module="keras.layers", class_name="Lambda",
                          config={"name": "d", "function": LAMBDA}),
    "lambda activation": settings(activation=LAMBDA),
    "os.system as layer": layer(module="os", class_name="system", registered_name=None),
    "Popen as layer": layer(module="subprocess", class_name="Popen", registered_name=None),
    "eval as layer": layer(module="builtins", class_name="eval", registered_name=None),
    "own module": layer(module="payload", class_name="Layer", registered_name="Layer"),
    "own function": settings(activation=function("payload", "run")),
    "os.system as activation": settings(activation=function("os", "system")),
    "builtin as activation": settings(activation=function("builtins", "exec")),
    "get_file as layer": layer(module="keras.utils", class_name="get_file", registered_name=None),
    "load_model as layer": layer(module="keras.saving", class_name="load_model",
                                 registered_name=None),
    "unknown layer": layer(module="elsewhere", class_name="Other", registered_name="x>Other"),
    "saved model": layer(module="keras.layers", class_name="TFSMLayer",
                         config={"name": "d", "filepath": "/tmp"}),
    "torch module": layer(module="keras.layers", class_name="TorchModuleWrapper",
                          config={"name": "d", "module": pickle.dumps(Payload()).hex()}),
    "own loss": with_config(
        lambda c: c["compile_config"].update(loss=function("payload", "run"))
    ),
    "own optimizer": with_config(
        lambda c: c["compile_config"].update(
            optimizer={"module": "payload", "class_name": "Layer", "config": {},
                       "registered_name": "Layer"})
    ),
    "other units": settings(units=5),
    "huge units": settings(units=10**12),
    "large units": settings(units=10**9),
    "negative units": settings(units=-3),
    "units in words": settings(units="many"),
    "units without end": settings(units=float("inf")),
    "embedding": layer(module="keras.layers", class_name="Embedding",
                       config={"name": "d", "input_dim": 10**6, "output_dim": 10**5}),
    "convolution": layer(module="keras.layers", class_name="Conv2D",
                         config={"name": "d", "filters": 10**5, "kernel_size": [999, 999]}),
    "config of words": lambda parts: zipped({**parts, CONFIG: b"hello"}),
    "config of numbers": lambda parts: zipped({**parts, CONFIG: b"[1, 2]"}),
    "config too deep": lambda parts: zipped({**parts, CONFIG: b"[" * 10**5 + b"]" * 10**5}),
    "sizes that it claims": lambda parts: set_field(zipped(parts), 22, b"\0\0\0\x70"),
    "no config": lambda parts: zipped({WEIGHTS: parts[WEIGHTS]}),
    "no weights": lambda parts: zipped({CONFIG: parts[CONFIG]}),
    "torn weights": lambda parts: zipped({**parts, WEIGHTS: parts[WEIGHTS][:1500]}),
    "weights of words": lambda parts: zipped({**parts, WEIGHTS: b"hello"}),
    "weights in another file": with_weights(
        lambda f: replace_kernel(f, lambda g: g.__setitem__("0", LINK))
    ),
    "weights in raw bytes of a file": with_weights(
        lambda f: replace_kernel(f, lambda g: g.create_dataset(
            "0", (4, 3), "f4", external=[("/etc/passwd", 0, 48)]))
    ),
    "weights of another shape": with_weights(
        lambda f: replace_kernel(f, lambda g: g.create_dataset("0", data=np.zeros((9, 9))))
    ),
    "name above": lambda parts: zipped({**parts, "../executed": b""}),
    "absolute name": lambda parts: zipped({**parts, "/tmp/executed": b""}),
    "torn": lambda parts: zipped(parts)[:-30],
    "empty": lambda parts: b"",
    "pickle": lambda parts: pickle.dumps(Payload()),
}  # fmt: skip


def test_untouched_model_is_read(tmp_path, parts):
    (tmp_path / "model.keras").write_bytes(zipped(parts, zipfile.ZIP_STORED))
    assert read_model(tmp_path / "model.keras").predict(np.ones((1, 4)), verbose=0).shape == (1, 2)


@pytest.mark.parametrize("name", TAMPERED)
def test_tampered_model_is_refused_and_runs_nothing(tmp_path, name, parts, execution):
    path = tmp_path / "model.keras"
    path.write_bytes(TAMPERED[name](parts))
    start = time.process_time()
    with pytest.raises(ValueError, match=r"^`path` must be a whole model file .*\)$") as caught:
        read_model(path)
    assert time.process_time() - start < 5
    assert "\n" not in str(caught.value)
    assert not execution.exists()
    assert not Path("/tmp/executed").exists()
