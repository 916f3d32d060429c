"""`doctor`: versions, backend, devices, store, data folders; what is broken and how to fix it."""

import gc
import importlib.metadata
import os
import shutil
from collections.abc import Iterator
from json import dumps

from rich.console import Console
from rich.markup import escape

from keras_dl import settings
from keras_dl._version import __version__
from keras_dl.execution.cores import available_cores

__all__ = ["check_installation"]

Finding = tuple[str, bool, str]  # (subject, works, details)
NEEDED = (
    "keras",
    "tensorflow",
    "tensorflow-datasets",
    "importlib_resources",
    "keras-tuner",
    "tensorboard",
    "mlflow",
    "scikit-learn",
    "numpy",
)


def check_installation(console: Console, *, json: bool = False) -> int:
    """Prints all findings.

    Args:
        console: prints them.
        json: whether to print them as JSON.

    Returns:
        0 if everything works, 1 if something is broken.
    """
    broken, found = 0, list[dict[str, object]]()
    for check in (_versions, _backend, _settings, _store, _disk, _data):
        try:
            findings = list(check())
        except Exception as error:  # a broken installation may fail in any way; that is a finding
            findings = [(check.__name__[1:], False, f"{type(error).__name__}: {error}")]
        for subject, works, details in findings:
            broken += not works
            found.append({"subject": subject, "works": works, "details": details})
            if json:
                continue
            mark = "[green]ok [/green]" if works else "[red]BAD[/red]"
            console.print(f"{mark} {subject:<26} {escape(details)}", soft_wrap=True)
    if json:
        print(dumps(found, indent=1))
    return int(broken > 0)


def _versions() -> Iterator[Finding]:
    yield "keras_dl", True, __version__
    for name in NEEDED:
        try:
            yield name, True, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield name, False, f"missing; install with: pip install {name}"


def _backend() -> Iterator[Finding]:
    settings.load_backend()
    import keras

    name = keras.backend.backend()
    devices = keras.distribution.list_devices()
    yield "backend", True, f"{name} (set KERAS_BACKEND to tensorflow, jax or torch)"
    yield "devices", True, ", ".join(devices) if devices else "cpu"
    dense = keras.layers.Dense(1)
    works = dense(keras.ops.ones((1, 2))).shape == (1, 1)
    yield "arithmetic", works, "a layer computes" if works else "a layer returns a wrong shape"


def _settings() -> Iterator[Finding]:
    for name, default in settings.DEFAULTS.items():
        value = os.environ.get(name, "")
        own = "" if value == default else f" (set by you; the default is {default})"
        yield name, True, f"{value}{own}: {settings.EFFECTS[name]}"
    frozen = gc.get_freeze_count()
    yield "gc.freeze", True, f"{frozen:,} objects of imports are skipped at each collection"
    cores = available_cores()
    yield "threads", True, f"{cores}; N workers of a search have {cores} / N each, and at least one"
    cache = settings.cache_folder()
    yield "cache", True, f"{cache}: compiled steps of JAX, feature extractors of image metrics"
    yield "XLA", True, "as recipe or `--jit-compile` say; by default not on a CPU with TensorFlow"


def _store() -> Iterator[Finding]:
    from keras_dl.tracking import store

    count = len(store.client().search_experiments())
    yield "store", True, f"{store.place(store.uri())}, {count} experiments"
    closed = store.close_orphaned_runs()
    yield "unfinished runs", True, f"{closed} of killed processes closed" if closed else "none"


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(".").free / 2**30
    yield "disk", free > 1, f"{free:.1f} GiB free here" + ("" if free > 1 else "; runs need more")
    yield "writable", os.access(".", os.W_OK), os.getcwd()


def _data() -> Iterator[Finding]:
    from keras_dl import data

    for place, path in data.describe_locations().items():
        yield f"data: {place}", True, str(path)
