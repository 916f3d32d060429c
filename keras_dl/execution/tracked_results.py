"""Results of a training in its MLflow run: numbers, figures, images and the model."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from keras_dl.tracking import models
from keras_dl.tracking.tracked_run import SAMPLES, TrackedRun
from keras_dl.training.job import Outcome

__all__ = ["fold_metrics", "fold_name", "log_leftovers", "log_outcome"]


def log_outcome(tracked: TrackedRun, outcome: Outcome, *, fold: bool = False) -> None:
    """Writes the final numbers of a training to its run.

    Args:
        tracked: run of the training.
        outcome: result of the training.
        fold: whether a fold stood in the place of the test set; metrics are then `fold/accuracy`.
    """
    metrics = fold_metrics(outcome.metrics) if fold else outcome.metrics
    tracked.params({"jit_compile": outcome.jit_compile})
    tracked.notices(outcome.notices)
    tracked.metrics(
        {
            "best_epoch": outcome.best_epoch,
            "fit_seconds": outcome.seconds,
            "parameters": outcome.parameters,
            "rss_mb": outcome.rss,
            **{f"used/{name}": value for name, value in outcome.used.items()},
            **metrics,
        }
    )


def fold_metrics(metrics: Mapping[str, float]) -> dict[str, float]:
    """Returns the metrics of a fold under its name: `test/accuracy` as `fold/accuracy`."""
    return {fold_name(name): value for name, value in metrics.items()}


def fold_name(metric: str) -> str:
    """Returns the name of a metric of the test set where a fold stands in its place."""
    return metric.replace("test/", "fold/", 1) if metric.startswith("test/") else metric


def log_leftovers(tracked: TrackedRun, folder: Path) -> None:
    """Moves figures, images and model that a tested training left in its folder into MLflow.

    A kill in the middle leaves the rest for the next call: what was moved is gone from the folder.
    """
    import keras

    from keras_dl.tracking import store

    figures, images, saved = folder / "figures", folder / "images.npz", folder / "model.keras"
    if figures.is_dir():
        store.client().log_artifacts(tracked.id, str(figures), "figures")
        shutil.rmtree(figures)
    if images.is_file():
        with np.load(images, allow_pickle=False) as stored:
            for epoch in stored.files:
                tracked.image(stored[epoch], SAMPLES, int(epoch))
        tracked.flush()
        images.unlink()
    if saved.is_file():
        model = keras.saving.load_model(saved, safe_mode=True)
        preprocessor = (folder / "preprocessor.json").read_text(encoding="utf-8")
        with np.load(folder / "examples.npz", allow_pickle=False) as stored:
            arrays = dict(stored)
        examples = arrays["x"] if list(arrays) == ["x"] else arrays
        models.log(tracked, model, examples, preprocessor)
        saved.unlink()
