"""Cores of this machine that a search may use, and how many workers they are enough for."""

import psutil

from keras_dl.execution.gpus import visible_gpus
from keras_dl.utils.text import plural

__all__ = ["automatic_workers", "available_cores"]

MEMORY = 2 * 2**30  # bytes of a worker, of which libraries need half


def available_cores() -> int:
    """Returns the cores that this process may use.

    Affinity and the quota of a container count, not only the cores that the machine has.
    """
    import joblib  # a quarter of a second, and `doctor` and searches alone ask

    return joblib.cpu_count()


def automatic_workers(most: int) -> tuple[int, str]:
    """Returns how many trainings the machine runs at the same time, and why.

    With graphics cards it is one for each; else one for each core that has 2 GiB of free memory:
    trainings of small networks side by side are faster than one of them on all cores.

    Args:
        most: number of trainings.
    """
    cards = len(visible_gpus())
    if cards:
        return min(cards, most), plural(cards, "graphics card", "graphics cards")
    cores, free = available_cores(), psutil.virtual_memory().available
    reason = f"{plural(cores, 'core', 'cores')}, {free / 2**30:.0f} GiB of free memory"
    return max(1, min(cores, free // MEMORY, most)), reason
