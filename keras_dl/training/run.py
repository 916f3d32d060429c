"""`run`: one tracked training in this process, resumable, with model, figures and metrics."""

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras

from keras_dl import options, plots
from keras_dl.backend.global_state import restored_state
from keras_dl.data import Data
from keras_dl.data.serialization import preprocessor_to_json
from keras_dl.data.summary import show
from keras_dl.errors import classify
from keras_dl.recipe import Recipe
from keras_dl.space import format_value
from keras_dl.tasks.base import get_task
from keras_dl.tracking import models, runs, store
from keras_dl.tracking.records import CONFIG
from keras_dl.tracking.tracked_run import SAMPLES, TrackedRun
from keras_dl.training import baseline, checkpoint, fit, report, stopped_runs
from keras_dl.training.callbacks import callback_names, check_callbacks
from keras_dl.training.config_file import make_config
from keras_dl.training.diagnostics import Probing
from keras_dl.training.job import Job, Listener, resolve_options
from keras_dl.training.numeric_targets import adapt_job
from keras_dl.training.stopped_runs import StoppedRun
from keras_dl.utils.files import remove_folder
from keras_dl.utils.notebook import figures_to_html, table_to_html, text_to_html, to_html
from keras_dl.utils.printing import LAYOUT, printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Result", "run"]


@dataclass
class Result:
    """Result of `run`.

    Attributes:
        model: the trained Keras model with its best weights; takes raw examples.
        data: its data set.
        history: metric by Keras' name → value per epoch of the main stage.
        metrics: "objective", "test/accuracy", … as they stand in MLflow.
        figures: matplotlib figures by name.
        values: the hyperparameters.
        run_id: MLflow's id; `keras_dl.load_model(run_id)` returns the model.
        url: link to the run's page, for when `keras-dl ui` runs.
        notices: sentences on a doubtful result, such as one class for all test examples.
    """

    model: keras.Model = field(repr=False)
    data: Data = field(repr=False)
    history: dict[str, list[float]] = field(repr=False)
    metrics: dict[str, float]
    figures: "dict[str, Figure]" = field(repr=False)
    values: dict[str, Any]
    run_id: str
    url: str
    notices: list[str] = field(default_factory=list)

    def _repr_html_(self) -> str:
        metrics = [("metric", "value"), *((n, f"{v:.6g}") for n, v in self.metrics.items())]
        values = [("hyperparameter", "value")]
        values += [(name, format_value(value)) for name, value in self.values.items()]
        parts = [
            *(text_to_html(notice) for notice in self.notices),
            table_to_html(metrics),
            figures_to_html(self.figures),
            f"<details><summary>Hyperparameters</summary>{table_to_html(values)}</details>",
        ]
        return to_html(f"Run {self.run_id} on {self.data.name}", parts, self.url)


def run(
    recipe: Recipe, *, data: Any = None, callbacks: Sequence[Any] = (), **arguments: Any
) -> Result:
    """Trains the recipe once and tracks it in MLflow.

    Args:
        recipe: recipe to train.
        data: the user's own data in place of the recipe's data set: arrays, a path, a
            `tf.data.Dataset`, or `Data`; see `keras_dl.data.load`.
        callbacks: `keras.callbacks.Callback` instances for the main stage.
        **arguments: hyperparameters of the recipe, and options: `budget`, `epochs`,
            `steps_per_epoch`, `patience`, `precision`, `jit_compile`, `objective`, `seed`,
            `devices`, `probes`, `class_weight`, `resume`, `verbose`.

    Returns:
        The model, its history, metrics and figures, and where they are stored.

    Raises:
        ValueError, TypeError: for an unknown or wrong hyperparameter or option, or bad data.
        Failure: if the training diverged, crashed or ran out of memory; the run is marked FAILED.
        KeyboardInterrupt: after the run was closed as KILLED with its best weights stored.
    """
    store.close_orphaned_runs()
    stopped_runs.remove_leftovers()
    get_task(recipe.task)  # a misspelt task is refused before the training, not after it
    own, declaring = check_callbacks(callbacks), recipe
    if arguments.get("resume"):
        job, settings, stopped = stopped_runs.read(recipe, data, arguments, callback_names(own))
    else:
        values, settings = resolve_options(recipe, arguments, options.RUN)
        recipe = recipe.with_objective(settings["objective"])
        job, stopped = Job.from_options(recipe, values, settings, Path(), data=data), None
        settings |= {
            "epochs": job.epochs,
            "steps_per_epoch": job.steps_per_epoch,
            "patience": job.patience,
            "callbacks": callback_names(own),
        }
    if own:
        job = dataclasses.replace(job, callbacks=lambda: own)
    with restored_state():
        loaded = fit.load_data(job)
        job, facts = adapt_job(job, loaded), loaded.facts()
        settings["objective"] = settings["objective"] or job.recipe.objective.name
        if stopped is not None:
            stopped.confirm(loaded.digest)
            if stopped.changed:  # a mistake in it may have been the reason for the stop
                _print(f"Resuming with another {stopped.changed}", verbose=True)
        if settings["verbose"]:
            show(facts)
        # Before the run is opened: a mistake in the recipe leaves no run behind.
        model = fit.build_model(job, loaded)
        if stopped is None and not own and not _is_declared(declaring, job.recipe):
            fit.check_objective(job, loaded, model)
        tracked = _open(job, facts, settings, stopped)
        _print(f"Run {tracked.id}, the id that --resume takes after a stop", settings["verbose"])
        job = dataclasses.replace(job, folder=stopped_runs.folder_of(tracked.id))
        return _train(job, loaded, model, tracked, settings)


def _is_declared(recipe: Recipe, chosen: Recipe) -> bool:
    """Returns whether a recipe declares the objective that is chosen, or computes its own."""
    declared = {recipe.objective, *recipe.alternatives}
    if chosen.task_name != recipe.task_name:
        declared = {recipe.regression}
    return chosen.objective in declared or recipe.train is not None


def _train(
    job: Job, data: Data, model: keras.Model, tracked: TrackedRun, settings: Mapping[str, Any]
) -> Result:
    """Trains under an open run, which is closed in any case."""
    verbose = settings["verbose"]
    try:
        _log_recorded(job, tracked)
        live = sys.stdout.isatty() or "ipykernel" in sys.modules  # else one line per epoch
        bar = 0 if not verbose else 1 if live else 2
        probing = Probing(model, data) if settings["probes"] else None
        callbacks = probing.callbacks if probing else ()
        trained = fit.train(job, data, model, _listener(job, tracked, model), bar, callbacks)
        result = _finish(job, trained, tracked, probing)
    except KeyboardInterrupt:
        try:
            _log_recorded(job, tracked)
            _log_best(job, model, data, tracked)
        finally:
            tracked.try_to_end("KILLED", reason="interrupted")
        best = "best weights are kept" if checkpoint.exists(job.folder) else "no epoch has ended"
        _print(f"Interrupted, {best}; {_resume_words(tracked)}", verbose)
        raise
    except BaseException as error:
        failure = classify(error)
        tracked.try_to_end("FAILED", reason=failure.reason, message=str(failure)[:1000])
        next_step = f"The run: {tracked.url}"
        if failure.exit_code == 2:  # the training itself is not at fault
            next_step = _resume_words(tracked)
        _print(f"Failed ({failure.reason}): {failure}. {next_step}", verbose)
        if failure is error:
            raise
        raise failure from error
    remove_folder(job.folder)
    for text in (*result.notices, _summary(job, result)):
        _print(text, verbose)
    return result


def _listener(job: Job, tracked: TrackedRun, model: keras.Model) -> Listener:
    """Logs an epoch's metrics, and the samples of a generator after it."""
    task = get_task(job.recipe.task)

    def listen(epoch: int, values: Mapping[str, float], stage: str) -> None:
        tracked.epoch(epoch, values)
        if stage == checkpoint.MAIN:
            for step, image in task.samples(model, epoch).items():
                tracked.image(image, SAMPLES, step)

    return listen


def _log_recorded(job: Job, tracked: TrackedRun) -> None:
    """Logs the epochs that a kill between checkpoint and tracking has left unlogged."""
    for epoch, values, _ in checkpoint.epochs(job.folder, job.recipe.objective):
        tracked.epoch(epoch, values)


def _finish(job: Job, trained: fit.Trained, tracked: TrackedRun, probing: Probing | None) -> Result:
    outcome = fit.outcome(trained, trained.session.evaluate())
    metrics = {
        "objective": outcome.score,
        **outcome.metrics,
        "best_epoch": float(outcome.best_epoch),
        "fit_seconds": outcome.seconds,
        "parameters": float(outcome.parameters),
    }
    results = report.make_report(job.recipe, trained.model, trained.data)
    title = f"{job.recipe.name} on {trained.data.name}, seed {job.seed}"
    figures = report.draw_figures(outcome.history, results, title)
    metrics |= {k: float(v) for k, v in results.items() if k not in figures}
    if probing is not None:
        probed = probing.figures(trained.model, trained.state.epoch)
        for figure in probed.values():
            plots.add_title(figure, title)
        figures |= probed
    tracked.params({"jit_compile": outcome.jit_compile})
    # A kill at the very end leaves the time of the whole training; a resumed one has only its rest.
    apart = {"objective", *({"fit_seconds"} & set(tracked.run.data.metrics))}
    tracked.metrics({name: v for name, v in metrics.items() if name not in apart})
    for name, figure in figures.items():
        tracked.figure(figure, name)
    _log_model(trained.model, trained.data, tracked)
    notices = baseline.notices(trained.model, trained.data, outcome.metrics)
    tracked.notices(notices)
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
        notices,
    )


def _open(
    job: Job,
    facts: Mapping[str, Any],
    settings: Mapping[str, Any],
    stopped: StoppedRun | None = None,
) -> TrackedRun:
    """Opens a run, or a stopped one again."""
    recipe = job.recipe
    unstated = set(options.READING) - set(job.reading)
    unstated |= {name for name in ("callbacks", "class_weight") if not settings.get(name)}
    params = {k: v for k, v in settings.items() if k not in {"resume", "verbose", *unstated}}
    params = {**job.values, **params}
    if stopped is not None:
        return runs.reopen(stopped.run, params, facts, serves=True)
    experiment, name = f"{facts['name']}-{recipe.task_name}", f"{recipe.name}-s{job.seed}"
    token = stopped_runs.store_job(job, facts, settings)
    tags = {"seed": job.seed, stopped_runs.TOKEN: token}
    tracked = runs.start(recipe, experiment, name, "run", params, tags=tags)
    stopped_runs.claim_job(token, tracked.id)
    tracked.dataset(facts)
    tracked.expect(facts)
    stated = {k: v for k, v in settings.items() if k not in unstated}
    config = make_config("run", [recipe], job.values, stated, job.data, job.callbacks)
    tracked.text(config, CONFIG)
    return tracked


def _log_best(job: Job, model: keras.Model, data: Data, tracked: TrackedRun) -> None:
    stored = checkpoint.load(job.folder, model)
    if stored is not None and stored.best:
        checkpoint.restore(model.variables, stored.best)
        _log_model(model, data, tracked)
        tracked.metrics({"best_epoch": stored.state.best_epoch})


def _log_model(model: keras.Model, data: Data, tracked: TrackedRun) -> None:
    models.log(tracked, model, report.examples(data), preprocessor_to_json(data.preprocessor))


def _summary(job: Job, result: Result) -> str:
    objective = job.recipe.objective
    tests = [f"{k} {v:.4f}" for k, v in result.metrics.items() if k.startswith("test/")]
    return (
        f"{job.recipe.name} on {result.data.name}: best {objective.name} "
        f"{result.metrics['objective']:.4f} in epoch {result.metrics['best_epoch']:.0f}; "
        f"{', '.join(tests)}\nrun {result.run_id}\n{result.url}   (after: keras-dl ui)"
    )


def _resume_words(tracked: TrackedRun) -> str:
    return f'--resume {tracked.id} continues it (in Python: resume="{tracked.id}")'


def _print(text: str, verbose: bool) -> None:
    if verbose:
        print(printable(text, keep=LAYOUT), file=sys.stderr, flush=True)
