"""Graphics cards of this machine and the workers that train on them."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

__all__ = ["environment_of", "visible_gpus"]


def visible_gpus(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Returns the NVIDIA cards that this process may use, by their names in CUDA_VISIBLE_DEVICES.

    Args:
        environment: with CUDA_VISIBLE_DEVICES, or without it for all cards.
    """
    stated = environment.get("CUDA_VISIBLE_DEVICES")
    if stated is not None:
        names = [name.strip() for name in stated.split(",")]
        # CUDA ignores all that follow an invalid one, such as -1.
        valid = next((i for i, n in enumerate(names) if not n or n.startswith("-")), len(names))
        return tuple(names[:valid])
    command = shutil.which("nvidia-smi")
    if command is None:
        return ()
    listed = subprocess.run(
        [command, "--query-gpu=index", "--format=csv,noheader"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,  # fails where a driver is missing, and there are no cards then
    )
    return tuple(listed.stdout.split()) if listed.returncode == 0 else ()


def environment_of(worker: int, workers: int, gpus: Sequence[str]) -> dict[str, str]:
    """Returns the variables that give a worker its card, or cards where there are more of them.

    Args:
        worker: number of the worker, from 0.
        workers: number of workers.
        gpus: cards, as `visible_gpus` returns them; none: nothing is to be set.
    """
    if not gpus or workers == 1:
        return {}
    own = [gpus[worker % len(gpus)]] if workers >= len(gpus) else gpus[worker::workers]
    shared = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"} if workers > len(gpus) else {}
    # TensorFlow takes memory as it needs it by `settings.DEFAULTS`; JAX takes three quarters.
    return {"CUDA_VISIBLE_DEVICES": ",".join(own), **shared}
