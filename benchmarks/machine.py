"""The machine and the versions that a table was made with."""

import importlib.metadata
import os
import platform
import re
from pathlib import Path

__all__ = ["described", "sets"]

# What decides which kernels a library picks.
SETS = {"avx2": "AVX2", "avx512f": "AVX512", "avx512_vnni": "AVX512-VNNI", "avx_vnni": "AVX-VNNI"}
PACKAGES = ("tensorflow", "keras", "numpy", "torch", "keras-tuner", "mlflow", "gensim")


def described() -> list[str]:
    """Lines on processor, instruction sets, memory and versions."""
    name = _processor()[0]
    load = os.getloadavg()[0]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return [
        f"{name}, {cores} cores, {', '.join(sets()) or 'instruction sets unknown'}, {_memory()}; "
        f"{platform.platform()}; load at the start {load:.2f}",
        f"Python {platform.python_version()}, " + ", ".join(map(_version, PACKAGES)),
    ]


def sets() -> list[str]:
    """The processor's instruction sets, of those that matter."""
    flags = _processor()[1]
    return [words for flag, words in SETS.items() if flag in flags]


def _processor() -> tuple[str, set[str]]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine(), set()
    found = dict(re.findall(r"^(model name|flags)\s*:\s*(.*)$", text, re.MULTILINE))
    return found.get("model name", platform.machine()), set(found.get("flags", "").split())


def _memory() -> str:
    import psutil

    return f"{psutil.virtual_memory().total / 2**30:.0f} GiB"


def _version(package: str) -> str:
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return f"no {package}"
