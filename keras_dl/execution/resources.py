"""Resources of a trial on a cluster, and how many trials a node can take at the same time."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

__all__ = ["Resources", "refuse_idle_options"]

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
OPTIONS = ("trial_cpus", "trial_gpus", "trial_memory")


@dataclass(frozen=True)
class Resources:
    """What one trial reserves.

    Attributes:
        cpus: processor cores.
        gpus: graphics cards; 0.5: two trials share one.
        memory: bytes; None: not counted.
    """

    cpus: float = 1.0
    gpus: float = 0.0
    memory: int | None = None

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Reads the resolved options of a command.

        Raises:
            ValueError: if `trial_memory` is no number of bytes.
        """
        return cls(
            1.0 if options["trial_cpus"] is None else options["trial_cpus"],
            options["trial_gpus"] or 0.0,
            _bytes(options["trial_memory"]),
        )

    def slots(self, node: Mapping[str, float]) -> int:
        """Returns how many trials a node takes at the same time.

        Args:
            node: amounts by name: "CPU", "GPU", "memory" in bytes.
        """
        wanted = {"CPU": self.cpus, "GPU": self.gpus, "memory": self.memory}
        # The small number: three times a third is one card.
        return min(int(node.get(n, 0.0) / amount + 1e-6) for n, amount in wanted.items() if amount)

    def refuse(self, nodes: Iterable[Mapping[str, float]]) -> None:
        """Refuses resources that no node has.

        Raises:
            ValueError: names the first resource that is too large, or all where only their
                combination is.
        """
        nodes = list(nodes)
        if any(self.slots(node) for node in nodes):
            return
        wanted = (self.cpus, self.gpus, float(self.memory or 0))
        for option, name, amount in zip(OPTIONS, ("CPU", "GPU", "memory"), wanted, strict=True):
            largest = max((node.get(name, 0.0) for node in nodes), default=0.0)
            if amount > largest:
                raise ValueError(
                    f"`{option}` must be at most what one node of the cluster has, {largest:g}. "
                    f"Received: {option}={amount:g}"
                )
        received = ", ".join(f"{o}={a:g}" for o, a in zip(OPTIONS, wanted, strict=True))
        raise ValueError(f"`trial_cpus` and others must fit on one node. Received: {received}")


def _bytes(text: str | None) -> int | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)B?", text.strip().upper())
    if match is None or not float(match[1]):
        raise ValueError(
            "`trial_memory` must be a number of bytes with K, M, G or T, such as 8G. "
            f"Received: trial_memory={text!r}"
        )
    return int(float(match[1]) * UNITS[match[2]])


def refuse_idle_options(options: Mapping[str, Any]) -> None:
    """Refuses resources of trials without a cluster, where they have no effect.

    Raises:
        ValueError: if one is stated.
    """
    for name in OPTIONS if options["cluster"] is None else ():
        if options[name] is not None:
            raise ValueError(
                f"`{name}` must be left out without `cluster`. Received: {name}={options[name]!r}"
            )
