"""Which runs have a model: what to name in place of a search, a comparison or a trial."""

from mlflow.entities import Run

from keras_dl.tracking import store

__all__ = ["check_has_model"]

WITH_MODEL = ("run", "final")


def check_has_model(run_id: str) -> None:
    """Checks that a run is a training that keeps its model. Keras is not loaded.

    Args:
        run_id: of the run, or its first characters.

    Raises:
        ValueError: if there is no such run, or it is a search, a comparison, an ablation or one of
            their trials; the message names the best training with a model below it.
    """
    run = store.find_run(run_id)
    kind = run.data.tags.get("kind", "run")
    if kind in WITH_MODEL:
        return
    received = f"Received: {run.info.run_id}, {_article(kind)}"
    finals = _finals(run)
    if kind in ("trial", "seed"):
        raise ValueError(
            f"`run_id` must name a training that keeps its model. {received} of a search "
            "or an ablation; `keras-dl run` with its hyperparameters keeps one."
        )
    if finals:
        best = finals[0]
        hint = f"its best training is {best.info.run_id} ({best.info.run_name})"
    else:
        trials = _below(run, "trial")
        hint = "none of its trainings keeps a model"
        if trials:
            hint += f"; its best trial is {trials[0].info.run_id} ({trials[0].info.run_name})"
    raise ValueError(f"`run_id` must name a single training; {hint}. {received}")


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _finals(run: Run) -> list[Run]:
    """Returns the finished trainings with a model below a run, the best first.

    Those of a search are of its winner.
    """
    if run.data.tags.get("kind") != "search":
        return _below(run, "final")
    comparisons = _search(run, f"tags.search = '{run.info.run_id}' and tags.kind = 'comparison'")
    latest = sorted(comparisons, key=lambda r: r.info.start_time)[-1:]
    finals = [final for comparison in latest for final in _below(comparison, "final")]
    return [final for final in finals if final.data.tags.get("contender") == "tuned"]


def _below(run: Run, kind: str) -> list[Run]:
    """Returns finished runs of a kind below a run, by their objective."""
    tag = run.data.tags.get("kind", "")
    found = _search(run, f"tags.{tag} = '{run.info.run_id}' and tags.kind = '{kind}'")
    scored = [r for r in found if r.info.status == "FINISHED" and "objective" in r.data.metrics]
    down = run.data.tags.get("objective_direction", "max") == "max"
    return sorted(scored, key=lambda r: r.data.metrics["objective"], reverse=down)


def _search(run: Run, where: str) -> list[Run]:
    return store.search([run.info.experiment_id], where)
