"""DANN beside a classifier of the source only, and what validators without labels are worth.

From MNIST to MNIST-M, or from digits to digits in front of photographs where MNIST is not at hand.
Trainings are short: 800 steps; the recipes' own figures come from whole ones.
"""

import contextlib
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from keras_dl import settings

settings.load_backend()

from scipy.stats import spearmanr  # noqa: E402

from keras_dl import Objective  # noqa: E402
from keras_dl.data import DatasetUnavailable, load  # noqa: E402
from keras_dl.errors import Diverged  # noqa: E402
from keras_dl.space import resolve  # noqa: E402
from keras_dl.training import fit  # noqa: E402
from keras_dl.training.job import Job  # noqa: E402
from keras_dl.tuning.oracle import OracleAdapter, Suggestion, decode  # noqa: E402
from recipes import dann, source_only  # noqa: E402

SEEDS, EPOCHS, STEPS = 3, 4, 200
SETTINGS = 20  # drawn from the whole space of `dann`, each trained half as long
VALIDATORS = {
    "source accuracy": Objective("val_accuracy", "max"),
    "entropy": Objective("val_entropy", "min"),
    "reverse validation": Objective("val_reverse_error", "min"),
    "domain probe": Objective("val_domain_probe", "min"),
}


def rows() -> Iterator[tuple[str, ...]]:
    """Accuracies in the target as ratios, then each validator's rank correlation with them."""
    try:
        dataset = load("mnist").name
    except DatasetUnavailable:
        dataset = "digits"
    with tempfile.TemporaryDirectory() as folder:
        yield from _ratios(dataset, Path(folder))
        yield from _validators(dataset, Path(folder))


def _ratios(dataset: str, folder: Path) -> Iterator[tuple[str, ...]]:
    found: dict[str, list[float]] = {"dann": [], "source": [], "target": []}
    for seed in range(SEEDS):
        found["dann"].append(_trained(dann, {"dataset": dataset}, seed, folder)[0])
        for labels in ("source", "target"):
            values = {"dataset": dataset, "labels": labels}
            found[labels].append(_trained(source_only, values, seed, folder)[0])
    work = f"DANN, {dataset} to {dataset}_m: {100 * statistics.mean(found['dann']):.1f} % right"
    for labels, words in (
        ("source", "source only"),
        ("target", "trained with the target's labels"),
    ):
        ratios = [a / b for a, b in zip(found["dann"], found[labels], strict=True)]
        yield (
            work,
            f"{words}: {100 * statistics.mean(found[labels]):.1f} %",
            f"{statistics.median(ratios):.2f}",
            f"{min(ratios):.2f} … {max(ratios):.2f}",
            str(SEEDS),
        )


def _validators(dataset: str, folder: Path) -> Iterator[tuple[str, ...]]:
    space = dann.recipe.space()
    searched = {name: hyper for name, hyper in space.items() if hyper.domain is not None}
    asked = OracleAdapter(searched, "random", dann.recipe.objective, 0, SETTINGS, EPOCHS)
    reached, said = [], []
    for number in range(SETTINGS):
        suggestion = asked.ask()
        if not isinstance(suggestion, Suggestion):
            break
        values = {"dataset": dataset, **decode(searched, suggestion.raw)}
        with contextlib.suppress(Diverged):  # such a setting no one would choose
            accuracy, last = _trained(dann, values, number, folder, EPOCHS // 2)
            reached.append(accuracy)
            said.append(last)
        asked.tell(number, 0.0)  # draws at random, whatever it hears
    best = 100 * max(reached)
    for words, objective in VALIDATORS.items():
        sign = 1 if objective.direction == "max" else -1
        values = [sign * last[objective.name] for last in said]
        chosen = 100 * reached[max(range(len(values)), key=values.__getitem__)]
        rank: Any = spearmanr(values, reached)
        yield (
            f"{words} as validator of DANN: its choice has {chosen:.1f} %",
            f"accuracy in the target, at most {best:.1f} %",
            f"rank correlation {rank.statistic:.2f}",
            f"p {rank.pvalue:.3f}",
            str(len(reached)),
        )


def _trained(
    module: Any, given: Mapping[str, Any], seed: int, folder: Path, epochs: int = EPOCHS
) -> tuple[float, dict[str, float]]:
    """Accuracy in the target after training, and the last epoch's metrics."""
    values = resolve(module.recipe.space(), given)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        job = Job(module.recipe, values, seed, epochs, Path(own), STEPS)
        data = fit.load_data(job)
        trained = fit.train(job, data, fit.build_model(job, data), lambda *_: None)
    history = {name: series[-1] for name, series in trained.state.history.items()}
    return trained.session.evaluate()["test/accuracy"], history
