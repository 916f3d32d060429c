"""Figures that are added to a run after its end."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from keras_dl.tracking import store

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["attach"]


def attach(run_id: str, folder: str, figures: "Mapping[str, Figure]") -> list[str]:
    """Stores figures as artifacts `FOLDER/NAME.png`; those of the same name are replaced.

    Args:
        run_id: of the run.
        folder: of the artifacts.
        figures: by name.

    Returns:
        The artifacts' paths.
    """
    paths = []
    for name, figure in figures.items():
        paths.append(f"{folder}/{name}.png")
        store.client().log_figure(run_id, figure, paths[-1])
    return paths
