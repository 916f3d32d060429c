"""`run`: one tracked training in this process, resumable, with everything a person looks at."""

import dataclasses
import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keras_dl import options
from keras_dl.data import Data
from keras_dl.data.text import to_json
from keras_dl.errors import classify
from keras_dl.recipe import Recipe
from keras_dl.space import check_names, resolve
from keras_dl.tracking import models, runs, store
from keras_dl.tracking.runs import SAMPLES, TrackedRun
from keras_dl.training import fit, report
from keras_dl.training.diagnostics import Probing
from keras_dl.training.job import Job, Listener

__all__ = ["Result", "run", "settled"]


@dataclass
class Result:
    """What `run` gives back.

    Attributes:
        model: the trained Keras model with its best weights; takes raw examples, gives logits.
        data: what it was trained on.
        history: metric by Keras' name → value per epoch.
        metrics: "objective", "test/accuracy", … as they stand in MLflow.
        figures: matplotlib figures by name.
        values: the hyperparameters.
        run_id: MLflow's id; `keras_dl.load(run_id)` gives the model back.
        url: link to the run's page, for when `keras-dl ui` runs.
    """

    model: Any
    data: Data
    history: dict[str, list[float]]
    metrics: dict[str, float]
    figures: dict[str, Any] = field(repr=False)
    values: dict[str, Any]
    run_id: str
    url: str


def run(recipe: Recipe, *, data: Any = None, **given: Any) -> Result:
    """Trains the recipe once and tracks it in MLflow.

    Args:
        recipe: what to train.
        data: the user's own data in place of the recipe's data set: arrays, a path, a
            `tf.data.Dataset`, or `Data`; see `keras_dl.data.load`.
        **given: hyperparameters of the recipe, and options: `budget`, `epochs`, `steps_per_epoch`,
            `patience`, `precision`, `jit_compile`, `objective`, `seed`, `devices`, `probes`, `resume`,
            `verbose`.

    Returns:
        The model, its history, metrics and figures, and where they are stored.

    Raises:
        ValueError, TypeError: for an unknown or wrong hyperparameter or option, or bad data.
        Failure: if the training diverged, crashed or ran out of memory; the run is marked FAILED.
        KeyboardInterrupt: after the run was closed as KILLED with its best weights stored.
    """
    store.close_orphaned_runs()
    if given.get("resume"):
        job, chosen, tracked = _resumed(recipe, data, given)
    else:
        values, chosen = settled(recipe, given, options.RUN)
        recipe = recipe.with_objective(chosen["objective"])
        chosen["objective"] = recipe.objective.name
        epochs, steps_per_epoch = options.planned_epochs(recipe.epochs, chosen)
        chosen |= {
            "epochs": epochs,
            "steps_per_epoch": steps_per_epoch,
            "patience": _patience(recipe, chosen),
        }
        job, tracked = (
            Job(recipe, values, chosen["seed"], epochs, Path(), steps_per_epoch, data),
            None,
        )
        job = dataclasses.replace(
            job,
            patience=chosen["patience"],
            precision=chosen["precision"],
            jit_compile=chosen["jit_compile"],
            devices=chosen["devices"],
        )
    loaded = fit.prepared(job)
    model = fit.built(job, loaded)  # before the run is opened: what is wrong here leaves no trace
    tracked = tracked or _opened(job, loaded, chosen)
    job = dataclasses.replace(job, folder=_folder(tracked.id))
    return _tracked(job, loaded, model, tracked, chosen)


def settled(
    recipe: Recipe, given: Mapping[str, Any], known: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parts what a user gave into checked hyperparameters and checked options.

    Returns:
        (all active hyperparameters with their values, all options with theirs).
    """
    space = recipe.space()
    check_names(given, [*space, *known], "hyperparameter or option")
    values = resolve(space, {k: v for k, v in given.items() if k in space})
    return values, resolve(known, {k: v for k, v in given.items() if k in known})


def _tracked(
    job: Job, data: Data, model: Any, tracked: TrackedRun, chosen: Mapping[str, Any]
) -> Result:
    """Fits under an open run, which is closed whatever happens."""
    say = _say if chosen["verbose"] else _silent
    try:
        live = sys.stdout.isatty() or "ipykernel" in sys.modules  # else a line an epoch
        bar = 0 if not chosen["verbose"] else 1 if live else 2
        probing = Probing(model, data) if chosen["probes"] else None
        watching = probing.callbacks if probing else ()
        trained = fit.train(job, data, model, _teller(tracked, model), bar, watching)
        result = _finished(job, trained, tracked, probing)
    except KeyboardInterrupt:
        _keep_best(job, model, data, tracked)
        tracked.end("KILLED", reason="interrupted")
        say(f"Interrupted; best weights are kept. Go on with resume={tracked.id}")
        raise
    except BaseException as error:
        failure = classify(error)
        tracked.end("FAILED", reason=failure.reason, message=str(failure)[:1000])
        say(f"Failed ({failure.reason}): {failure}. What was logged: {tracked.url}")
        if failure is error:
            raise
        raise failure from error
    shutil.rmtree(job.folder)
    say(_summary(job, result))
    return result


def _teller(tracked: TrackedRun, model: Any) -> Listener:
    """Tells MLflow of an epoch: its metrics, and what a generator has made after it."""

    def tell(epoch: int, values: Mapping[str, float]) -> None:
        tracked.epoch(epoch, values)
        for step, image in report.pictures(model, since=epoch).items():
            tracked.image(image, SAMPLES, step)

    return tell


def _finished(
    job: Job, trained: fit.Trained, tracked: TrackedRun, probing: Probing | None
) -> Result:
    outcome = fit.outcome(trained, fit.evaluate(trained))
    metrics = {
        "objective": outcome.score,
        **outcome.metrics,
        "best_epoch": float(outcome.best_epoch),
        "fit_seconds": outcome.seconds,
        "parameters": float(outcome.parameters),
    }
    made = report.made(job.recipe, trained.model, trained.data)
    figures = report.drawn(outcome.history, made)
    metrics |= {k: float(v) for k, v in made.items() if k not in figures}
    if probing is not None:
        figures |= probing.figures(trained.model, trained.state.epoch)
    tracked.params({"jit_compile": outcome.jit_compile})
    tracked.metrics({name: v for name, v in metrics.items() if name != "objective"})
    for name, figure in figures.items():
        tracked.figure(figure, name)
    models.log(tracked, trained.model, trained.data.test.x[:2], to_json(trained.data.extras))
    tracked.end(stopped=outcome.stopped or "no")
    return Result(
        trained.model,
        trained.data,
        outcome.history,
        metrics,
        figures,
        job.values,
        tracked.id,
        tracked.url,
    )


def _opened(job: Job, data: Data, chosen: Mapping[str, Any]) -> TrackedRun:
    recipe = job.recipe
    params = {k: v for k, v in chosen.items() if k not in ("resume", "verbose")}
    tracked = runs.start(
        recipe,
        f"{data.name}-{recipe.task_name}",
        f"{recipe.name}-s{job.seed}",
        "run",
        {**job.values, **params},
        tags={"seed": job.seed},
    )
    tracked.dataset(data.facts())
    tracked.expect(data.facts())
    folder = _folder(tracked.id)
    folder.mkdir(parents=True)
    known = {"recipe": recipe.name, "values": job.values, "options": chosen, "digest": data.digest}
    (folder / "job.json").write_text(json.dumps(known, indent=1))
    return tracked


def _resumed(
    recipe: Recipe, data: Any, given: Mapping[str, Any]
) -> tuple[Job, dict[str, Any], TrackedRun]:
    """The job of a stopped run, and the run opened again.

    Raises:
        ValueError: if the run is another recipe's, has ended well, has no checkpoint here, its
            data have changed, or settings were given along with it.
    """
    extra = sorted(set(given) - {"resume", "verbose"})
    found = store.find_run(given["resume"])
    path = _folder(found.info.run_id) / "job.json"
    if extra:
        raise ValueError(f"`resume` takes the run's own settings; leave out {', '.join(extra)}")
    if not path.is_file():
        raise ValueError(
            "`resume` must name a run of this folder that was stopped before its end; "
            f"{found.info.run_id} is {found.info.status} and has no checkpoint here"
        )
    if found.info.status == "RUNNING":
        raise ValueError(f"`resume` must name a stopped run; {found.info.run_id} is still running")
    known = json.loads(path.read_text())
    if known["recipe"] != recipe.name:
        raise ValueError(f"`resume` must name a run of {recipe.name}. Received: {known['recipe']}")
    values, chosen = settled(recipe, {**known["values"], **known["options"]}, options.RUN)
    job = Job(
        recipe.with_objective(chosen["objective"]),
        values,
        chosen["seed"],
        chosen["epochs"],
        path.parent,
        chosen["steps_per_epoch"],
        data,
        chosen["precision"],
        chosen["jit_compile"],
        chosen["devices"],
        chosen["patience"],
    )
    if fit.prepared(job).digest != known["digest"]:
        raise ValueError("`resume` needs the data of the stopped run; these have another digest")
    chosen["verbose"] = given.get("verbose", True)
    return job, chosen, runs.reopen(found)


def _keep_best(job: Job, model: Any, data: Data, tracked: TrackedRun) -> None:
    found = fit.checkpoint.load(job.folder, model)
    if found is not None and found[1]:
        fit.checkpoint.restore(model.variables, found[1])
        models.log(tracked, model, data.test.x[:2], to_json(data.extras))
        tracked.metrics({"best_epoch": found[0].best_epoch})


def _patience(recipe: Recipe, chosen: Mapping[str, Any]) -> int | None:
    return chosen["patience"] if chosen["patience"] is not None else recipe.patience


def _folder(run_id: str) -> Path:
    return store.root() / "checkpoints" / run_id


def _summary(job: Job, result: Result) -> str:
    objective = job.recipe.objective
    shown = {k: v for k, v in result.metrics.items() if k.startswith("test/")}
    tests = ", ".join(f"{k} {v:.4f}" for k, v in shown.items())
    return (
        f"{job.recipe.name} on {result.data.name}: best {objective.name} "
        f"{result.metrics['objective']:.4f} in epoch {result.metrics['best_epoch']:.0f}; {tests}\n"
        f"run {result.run_id}\n{result.url}   (after: keras-dl ui)"
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _silent(_: str) -> None:
    pass
