"""`run`: one tracked training in this process, resumable, with model, figures and metrics."""

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import keras

from keras_dl import options, plots
from keras_dl.backend.global_state import restored_state
from keras_dl.data import Data
from keras_dl.data.folds import check_folds
from keras_dl.data.serialization import preprocessor_to_json
from keras_dl.data.summary import show
from keras_dl.errors import classify
from keras_dl.recipe import Recipe
from keras_dl.space import format_value
from keras_dl.tasks.base import get_task
from keras_dl.tracking import models, runs, store
from keras_dl.tracking.records import CONFIG
from keras_dl.tracking.system_metrics import SystemMetrics
from keras_dl.tracking.tracked_run import SAMPLES, TrackedRun
from keras_dl.tracking.views import describe_experiment
from keras_dl.training import baseline, checkpoint, fit, report, stopped_runs
from keras_dl.training.allotment import Allotment, describe_allotment
from keras_dl.training.callbacks import callback_names, check_callbacks
from keras_dl.training.config_file import make_config
from keras_dl.training.diagnostics import Probing
from keras_dl.training.initial_weights import describe_match, match_layers
from keras_dl.training.job import Job, Listener, resolve_options
from keras_dl.training.model_card import CARD, model_card
from keras_dl.training.numeric_targets import adapt_job
from keras_dl.training.stopped_runs import StoppedRun
from keras_dl.training.usage import describe_usage, usage_metrics
from keras_dl.training.weight_sources import Source, find_source
from keras_dl.utils.files import remove_folder
from keras_dl.utils.notebook import (
    figures_to_html,
    in_notebook,
    table_to_html,
    text_to_html,
    to_html,
)
from keras_dl.utils.printing import LAYOUT, printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Result", "Validate", "run"]


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
        fold_scores: score by fold from 0 of a cross-validation before this training; its mean is
            among the metrics as "cv/accuracy" or of another name.
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
    fold_scores: dict[int, float] = field(default_factory=dict)

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


class Validate(Protocol):
    """Trains a job on each fold, below an open run; see `keras_dl.comparing.cross_validation`."""

    def __call__(
        self, job: Job, facts: Mapping[str, Any], tracked: TrackedRun, folds: int, verbose: bool
    ) -> tuple[dict[int, float], dict[str, float]]:
        """Returns the score by fold, and the metrics of the run."""
        ...


def run(
    recipe: Recipe,
    *,
    data: Any = None,
    callbacks: Sequence[Any] = (),
    validate: Validate | None = None,
    **arguments: Any,
) -> Result:
    """Trains the recipe once and tracks it in MLflow.

    Args:
        recipe: recipe to train.
        data: the user's own data in place of the recipe's data set: arrays, a path, a
            `tf.data.Dataset`, or `Data`; see `keras_dl.data.load`.
        callbacks: `keras.callbacks.Callback` instances for the main stage.
        validate: trains on the folds, where the options ask for some.
        **arguments: hyperparameters of the recipe, and options: `budget`, `epochs`,
            `steps_per_epoch`, `patience`, `precision`, `jit_compile`, `objective`, `seed`,
            `devices`, `probes`, `folds`, `class_weight`, `init_from`, `resume`, `verbose`.

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
        (job, settings), stopped = _new_job(recipe, data, arguments, own), None
    source = find_source(settings["init_from"]) if settings["init_from"] else None
    if source is not None:
        job = dataclasses.replace(job, init_from=source.path)
    if own:
        job = dataclasses.replace(job, callbacks=lambda: own)
    with restored_state():
        loaded = fit.load_data(job)
        job, facts = adapt_job(job, loaded), loaded.facts()
        settings["objective"] = settings["objective"] or job.recipe.objective.name
        if stopped is not None:
            _confirm(stopped, loaded)
        if settings["folds"] is not None:
            _check_folds(loaded, settings["folds"], own)
        if settings["verbose"]:
            show(facts)
        job, loaded = _divide_limit(job, loaded, stopped, settings["verbose"])
        # Before the run is opened: a mistake in the recipe leaves no run behind.
        model = fit.build_model(job, loaded)
        if source is not None:
            _print(_describe_start(source, model, settings), settings["verbose"])
        if stopped is None and not own and not _is_declared(declaring, job.recipe):
            fit.check_objective(job, loaded, model)
        tracked = _open(job, facts, settings, stopped)
        if source is not None:
            tracked.params({"init_from_digest": source.digest})
        _print(f"Run {tracked.id}, the id that --resume takes after a stop", settings["verbose"])
        job = dataclasses.replace(job, folder=stopped_runs.folder_of(tracked.id))
        if job.allotment is not None:
            job.allotment.save(job.folder)
        return _train(job, loaded, model, tracked, facts, settings, validate)


def _new_job(
    recipe: Recipe, data: Any, arguments: Mapping[str, Any], own: Sequence[Any]
) -> tuple[Job, dict[str, Any]]:
    """Returns the job of a new run, and its options."""
    values, settings = resolve_options(recipe, arguments, options.RUN)
    recipe = recipe.with_objective(settings["objective"])
    job = Job.from_options(recipe, values, settings, Path(), data=data)
    settings |= {
        "epochs": job.epochs if job.limit is None else None,
        "steps_per_epoch": job.steps_per_epoch,
        "patience": job.patience,
        "callbacks": callback_names(own),
    }
    return job, settings


def _confirm(stopped: StoppedRun, data: Data) -> None:
    """Compares the data with those of the stopped run, and says if the recipe's code is another."""
    stopped.confirm(data.digest)
    if stopped.changed:  # a mistake in it may have been the reason for the stop
        _print(f"Resuming with another {stopped.changed}", verbose=True)


def _describe_start(source: Source, model: keras.Model, settings: Mapping[str, Any]) -> str:
    match = match_layers(source.path, model)
    copied = describe_match(match, folds=settings["folds"] is not None)
    return f"Initial weights of {source.origin}: {copied}"


def _check_folds(data: Data, folds: int, callbacks: Sequence[Any]) -> None:
    check_folds(data, folds)
    if callbacks:
        raise ValueError(
            "`callbacks` must be left out with folds, whose trainings each need new ones. "
            f"Received: folds={folds}, {callback_names(callbacks)}"
        )


def _divide_limit(
    job: Job, data: Data, stopped: StoppedRun | None, verbose: bool
) -> tuple[Job, Data]:
    """Divides a budget of steps or time among the stages, and says how."""
    allotment = None if stopped is None else Allotment.load(job.folder)
    if job.limit is not None and allotment is None and job.limit.seconds is not None:
        _print(f"Budget {job.limit}: measuring the speed of the steps", verbose)
    job, data = fit.divide_limit(dataclasses.replace(job, allotment=allotment), data)
    if job.allotment is not None:
        _print(describe_allotment(job.allotment, job.limit, job.epochs), verbose)
    return job, data


def _is_declared(recipe: Recipe, chosen: Recipe) -> bool:
    """Returns whether a recipe declares the objective that is chosen, or computes its own."""
    declared = {recipe.objective, *recipe.alternatives}
    if chosen.task_name != recipe.task_name:
        declared = {recipe.regression}
    return chosen.objective in declared or recipe.train is not None


def _train(
    job: Job,
    data: Data,
    model: keras.Model,
    tracked: TrackedRun,
    facts: Mapping[str, Any],
    settings: Mapping[str, Any],
    validate: Validate | None,
) -> Result:
    """Trains under an open run, which is closed in any case."""
    verbose = settings["verbose"]
    try:
        _log_recorded(job, tracked)
        scores, validated = {}, {}
        if settings["folds"] is not None and validate is not None:
            scores, validated = validate(job, facts, tracked, settings["folds"], verbose)
            model = fit.build_model(job, data)  # the folds have drawn random numbers
        live = sys.stdout.isatty() or in_notebook()  # else one line per epoch
        bar = 0 if not verbose else 1 if live else 2
        probing = Probing(model, data) if settings["probes"] else None
        callbacks = probing.callbacks if probing else ()
        with SystemMetrics(tracked) as load:
            listen = _listener(job, tracked, model, load)
            trained = fit.train(job, data, model, listen, bar, callbacks)
        result = _finish(job, trained, tracked, facts, probing)
        result.metrics |= validated
        result.fold_scores = scores
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


def _listener(job: Job, tracked: TrackedRun, model: keras.Model, load: SystemMetrics) -> Listener:
    """Logs an epoch's metrics, the machine's load, and the samples of a generator after it."""
    task = get_task(job.recipe.task)

    def listen(epoch: int, values: Mapping[str, float], stage: str) -> None:
        tracked.epoch(epoch, values)
        load.write()
        if stage == checkpoint.MAIN:
            for step, image in task.samples(model, epoch).items():
                tracked.image(image, SAMPLES, step)

    return listen


def _log_recorded(job: Job, tracked: TrackedRun) -> None:
    """Logs the epochs that a kill between checkpoint and tracking has left unlogged."""
    for epoch, values, _ in checkpoint.epochs(job.folder, job.recipe.objective):
        tracked.epoch(epoch, values)


def _finish(
    job: Job,
    trained: fit.Trained,
    tracked: TrackedRun,
    facts: Mapping[str, Any],
    probing: Probing | None,
) -> Result:
    outcome = fit.outcome(trained, trained.session.evaluate())
    metrics = {
        "objective": outcome.score,
        **outcome.metrics,
        "best_epoch": float(outcome.best_epoch),
        "fit_seconds": outcome.seconds,
        "parameters": float(outcome.parameters),
        **usage_metrics(outcome.used, job.allotment),
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
    # A kill at the very end leaves the time of the whole training; a resumed one has that of `fit`.
    apart = {"objective", *({"fit_seconds"} & set(tracked.run.data.metrics))}
    tracked.metrics({name: v for name, v in metrics.items() if name not in apart})
    for name, figure in figures.items():
        tracked.figure(figure, name)
    _log_model(trained.model, trained.data, tracked)
    notices = baseline.notices(trained.model, trained.data, outcome.metrics)
    tracked.notices(notices)
    card = model_card(job.recipe, facts, job.values, metrics, tracked, notices)
    tracked.text(card, CARD)
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
    unstated |= {n for n in ("callbacks", "class_weight", "init_from") if not settings.get(n)}
    params = {k: v for k, v in settings.items() if k not in {"resume", "verbose", *unstated}}
    params = {**job.values, **params, **recipe.origins(job.values)}
    if stopped is not None:
        return runs.reopen(stopped.run, params, facts, serves=True)
    experiment, name = f"{facts['name']}-{recipe.task_name}", f"{recipe.name}-s{job.seed}"
    token = stopped_runs.store_job(job, facts, settings)
    tags = {"seed": job.seed, stopped_runs.TOKEN: token}
    tracked = runs.start(recipe, experiment, name, "run", params, tags=tags)
    describe_experiment(tracked.run.info.experiment_id, recipe)
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
    used = f"; used {describe_usage(result.metrics)}" if job.limit else ""
    # A main stage of one iteration follows stages whose epochs have numbers of their own.
    several = len(result.history.get(objective.name, ())) > 1
    epoch = f" in epoch {result.metrics['best_epoch']:.0f}" if several else ""
    return (
        f"{job.recipe.name} on {result.data.name}: best {objective.name} "
        f"{result.metrics['objective']:.4f}{epoch}; "
        f"{', '.join(tests)}{used}\nrun {result.run_id}\n{result.url}   (after: keras-dl ui)"
    )


def _resume_words(tracked: TrackedRun) -> str:
    return f'--resume {tracked.id} continues it (in Python: resume="{tracked.id}")'


def _print(text: str, verbose: bool) -> None:
    if verbose:
        print(printable(text, keep=LAYOUT), file=sys.stderr, flush=True)
