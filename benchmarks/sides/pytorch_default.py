"""PyTorch with its default Adam, which computes each operation for all parameters together."""

from typing import Any

from benchmarks.sides import pytorch

__all__ = ["train"]


def train(work: str, file: str, turns: Any) -> None:
    """Trains until the parent has seen enough."""
    pytorch.train(work, file, turns, fused=False)
