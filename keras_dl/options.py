"""Options of the commands, declared like hyperparameters, with their ranges and help texts."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from keras_dl.budget import check_budget, limit_of
from keras_dl.space import Choice, Hyper, Range, hypers

__all__ = [
    "ABLATE",
    "COMPARE",
    "DESCRIBE",
    "EXPLAIN",
    "EXPORT",
    "HELP",
    "LESSON",
    "LIST",
    "OUTPUT",
    "PLAY",
    "PREDICT",
    "READING",
    "REPORT",
    "RUN",
    "RUNS",
    "TUNE",
    "UI",
    "Algorithm",
    "Cost",
    "Method",
    "Precision",
    "Preprocess",
    "Task",
    "resolve_epochs",
]

Precision = Literal["float32", "mixed_float16", "mixed_bfloat16"]
Algorithm = Literal["bayesian", "tpe", "random", "grid", "hyperband", "asha"]
Cost = Literal["parameters", "seconds"]
Task = Literal["classification", "regression"]
Method = Literal[
    "gradcam",
    "saliency",
    "integrated_gradients",
    "occlusion",
    "deconvnet",
    "guided_backprop",
    "feature_maps",
    "filters",
    "top_patches",
    "maximize",
]
Preprocess = Literal["none", "unit", "tf", "torch", "caffe"]
Kind = Literal["run", "search", "comparison", "ablation", "trial", "seed", "final", "fold"]
Status = Literal["FINISHED", "RUNNING", "FAILED", "KILLED"]


def _training(
    *,
    budget: str = "full",
    epochs: Annotated[int | None, Range(1, 1_000_000)] = None,
    steps_per_epoch: Annotated[int | None, Range(1, 1_000_000_000)] = None,
    patience: Annotated[int | None, Range(1, 1_000_000)] = None,
    precision: Annotated[str, Choice(*get_args(Precision))] = "float32",
    jit_compile: bool | None = None,
    class_weight: str | None = None,
    init_from: str | None = None,
) -> None: ...


def _reading(
    *,
    target: str | None = None,
    task: Annotated[str | None, Choice(*get_args(Task))] = None,
    text: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
    header: bool | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    white: Annotated[float | None, Range(1, 2**32 - 1)] = None,
) -> None: ...


def _run(
    *,
    objective: str | None = None,
    seed: Annotated[int, Range(0, 2**31 - 1)] = 0,
    devices: Annotated[int, Range(1, 1024)] = 1,
    probes: bool = False,
    folds: Annotated[int | None, Range(2, 1000)] = None,
    resume: str | None = None,
    verbose: bool = True,
) -> None: ...


def _tune(
    *,
    trials: Annotated[int, Range(1, 1_000_000)] = 30,
    objective: str | None = None,
    cost: Annotated[str | None, Choice(*get_args(Cost))] = None,
    algorithm: Annotated[str, Choice(*get_args(Algorithm))] = "bayesian",
    workers: Annotated[int | Literal["auto"] | None, Range(0, 4096)] = None,
    seed: Annotated[int, Range(0, 2**31 - 1)] = 0,
    seeds: Annotated[int, Range(1, 1000)] = 1,
    folds: Annotated[int | None, Range(2, 1000)] = None,
    search: tuple[str, ...] = (),
    cluster: str | None = None,
    trial_cpus: Annotated[float | None, Range(0.1, 4096)] = None,
    trial_gpus: Annotated[float | None, Range(0.0, 64)] = None,
    trial_memory: str | None = None,
    timeout: Annotated[float | None, Range(0.1, 1e9)] = None,
    max_parameters: Annotated[int | None, Range(1, 10**15)] = None,
    final_seeds: Annotated[int, Range(0, 1000)] = 3,
    prune: bool = True,
    resume: bool = False,
    verbose: bool = True,
) -> None: ...


def _compare(
    *,
    folds: Annotated[int | None, Range(2, 1000)] = None,
    objective: str | None = None,
    seeds: Annotated[int, Range(2, 1000)] = 5,
    workers: Annotated[int | Literal["auto"] | None, Range(0, 4096)] = None,
    cluster: str | None = None,
    trial_cpus: Annotated[float | None, Range(0.1, 4096)] = None,
    trial_gpus: Annotated[float | None, Range(0.0, 64)] = None,
    trial_memory: str | None = None,
    timeout: Annotated[float | None, Range(0.1, 1e9)] = None,
    resume: bool = False,
    verbose: bool = True,
) -> None: ...


def _ablate(
    *,
    over: tuple[str, ...] = (),
    values: str = "",
    max_settings: Annotated[int | None, Range(2, 1_000_000)] = None,
    seeds: Annotated[int, Range(1, 1000)] = 3,
    workers: Annotated[int | Literal["auto"] | None, Range(0, 4096)] = None,
    cluster: str | None = None,
    trial_cpus: Annotated[float | None, Range(0.1, 4096)] = None,
    trial_gpus: Annotated[float | None, Range(0.0, 64)] = None,
    trial_memory: str | None = None,
    timeout: Annotated[float | None, Range(0.1, 1e9)] = None,
    resume: bool = False,
    verbose: bool = True,
) -> None: ...


def _predict(*, top: Annotated[int, Range(1, 1000)] = 3, out: str | None = None) -> None: ...


def _play(
    *, second: bool = False, simulations: Annotated[int | None, Range(1, 1_000_000)] = None
) -> None: ...


def _explain(
    *,
    method: Annotated[str, Choice(*get_args(Method))] = "gradcam",
    layer: str | None = None,
    target: str | None = None,
    units: tuple[int, ...] = (),
    preprocess: Annotated[str | None, Choice(*get_args(Preprocess))] = None,
    labels: str | None = None,
    limit: Annotated[int | None, Range(1, 100_000)] = None,
    out: str | None = None,
) -> None: ...


def _describe(
    *,
    image_size: Annotated[int | None, Range(1, 100_000)] = None,
    at_least: Annotated[int | None, Range(1, 100_000)] = None,
) -> None: ...


def _list(*, family: str | None = None, json: bool = False) -> None: ...


def _runs(
    *,
    recipe: str | None = None,
    dataset: str | None = None,
    kind: Annotated[str | None, Choice(*get_args(Kind))] = None,
    status: Annotated[str | None, Choice(*get_args(Status))] = None,
    best: bool = False,
    limit: Annotated[int, Range(1, 1_000_000)] = 30,
    json: bool = False,
) -> None: ...


def _export(
    *,
    to: Annotated[str, Choice("savedmodel", "onnx", "litert", "torch")] = "savedmodel",
    out: str | None = None,
) -> None: ...


def _report(*, html: str | None = None, write: str | None = None, json: bool = False) -> None: ...


def _lesson(*, prediction: Annotated[int | None, Range(1, 9)] = None) -> None: ...


def _output(*, json: bool = False) -> None: ...


def _ui(*, host: str = "127.0.0.1", port: Annotated[int, Range(1, 65535)] = 5000) -> None: ...


# By option, or by command and option where commands mean different things by it.
HELP = {
    "budget": "smoke: one short epoch to see it work; quick: a quarter of the epochs; full: all; "
    "or the time (90s, 10m, 1h) or optimizer steps (2000steps) of a training",
    "epochs": "passes over the training set, instead of the budget's",
    "steps_per_epoch": "optimizer steps in each epoch, instead of the whole training set",
    "patience": "stop after this many epochs without improvement of the objective",
    "class_weight": "weights of the training examples: balanced, or NAME=WEIGHT of classes with "
    "commas between",
    "init_from": "id of a run, or a .keras file, whose weights layers of the same name and shapes "
    "start from",
    "precision": "number format of the layers' computations",
    "target": "column of the target in a CSV file, by name or, without a header, by number from 0",
    "task": "classification or regression; if not given: by the kind of the target",
    "text": "columns of a CSV file that hold the text, by name or number, with commas between",
    "columns": "kinds of columns of a CSV file with commas between: NAME=nominal, numerical, skip, "
    "circular:PERIOD or LOW<MIDDLE<HIGH; if not given: by their content",
    "header": "the first line of a CSV file holds names, or --no-header: an example; if not given: "
    "by its content",
    "delimiter": "character between the columns of a CSV file; if not given: by its content",
    "encoding": "encoding of a text or CSV file, latin-1 for instance; if not given: utf-8",
    "white": "number that is white in images of more than 8 bits, such as 4095 for 12 bits; if not "
    "given: by the range of all images",
    "jit_compile": "compile with XLA, or never; if not given: as the recipe says, else never on a "
    "CPU with TensorFlow and as Keras decides elsewhere",
    "seed": "of weights, data order and dropout",
    "tune seed": "of weights, data order, dropout and the suggestions",
    "objective": "another metric to go by, one that the recipe declares or any that is logged; "
    "min:NAME or max:NAME where the name does not say which is better",
    "compare objective": "another metric to go by, on the test set too; min:NAME or max:NAME where "
    "the name does not say which is better",
    "devices": "graphics cards of this machine that share each step; the result is that of one, "
    "but for dropout's masks on TensorFlow",
    "folds": "train and validate on so many parts of train and validation in turn first, for small "
    "sets; the mean and its spread are logged",
    "compare folds": "trainings of each recipe on so many parts of train and validation in turn, "
    "in place of seeds; the test set is left out",
    "tune folds": "trainings of each setting on so many parts of train and validation in turn, "
    "each of which validates once, in place of seeds; their mean counts",
    "probes": "draw how layers, gradients and steps change, the loss surface, a learning-rate test",
    "resume": "id of a stopped run to continue",
    "tune resume": "continue the same search where it was stopped",
    "compare resume": "continue the same comparison where it was stopped",
    "verbose": "show progress",
    "trials": "settings to try, at most",
    "cost": "search for the best trade-offs of the objective and this cost: the Pareto front",
    "algorithm": "who suggests the settings",
    "workers": "processes that train at the same time; auto: one for each graphics card, or for "
    "each core that has memory; 0: inside this process; if not given: 1, or as many as an executor "
    "has",
    "cluster": "train on a Ray cluster: auto, local, host:port or ray://host:port",
    "trial_cpus": "cores that a training on a cluster reserves; if not given: 1",
    "trial_gpus": "graphics cards that a training on a cluster reserves, 0.5 for a half; if not "
    "given: none",
    "trial_memory": "memory that a training on a cluster reserves, such as 8G; if not given: it is "
    "not counted",
    "seeds": "trainings of each setting, with different seeds; their mean counts",
    "compare seeds": "trainings of each recipe, with the same seeds for all",
    "ablate seeds": "trainings of each setting, with the same seeds for all",
    "ablate resume": "continue the same experiment where it was stopped",
    "over": "hyperparameters to vary, with commas between; if not given: the recipe's factors",
    "values": 'levels where the usual ones are not wanted: "dropout=0,0.5 activation=relu,tanh"; '
    "usual are all values of a choice, off and on of a switch, the ends of a range",
    "max_settings": "train so many of all combinations, chosen to tell the effects apart; if not "
    "given: all",
    "search": "hyperparameters to search, with commas between, besides those with LOW..HIGH or "
    "choices; if none is given: all with a domain",
    "timeout": "seconds one training may take",
    "max_parameters": "refuse models with more parameters",
    "prune": "stop a trial whose best so far is worse than the median of the finished ones",
    "final_seeds": "seeds for the test of winner against defaults; 0: no test",
    "top": "results to print for each input, best first",
    "out": "a .csv file for the answers with probabilities, or a folder for the pictures that some "
    "tasks predict, created if missing",
    "second": "let the network begin",
    "simulations": "of the network's search for each move; if not given: those of its training",
    "method": "how to explain",
    "layer": "layer to look at; if not given: the last one with maps, or all blocks, or a class",
    "explain target": "class to explain, by name or number; if not given: the most probable one",
    "units": "filters of the layer, or classes of maximize, by number with commas between; if not "
    "given: the strongest",
    "preprocess": "how pixels 0..255 become inputs of a model without a layer for it: none, unit "
    "([0, 1]), tf ([-1, 1]), torch or caffe, as in keras.applications",
    "labels": "text file with the name of a class on each line",
    "explain limit": "images at most, evenly spread; if not given: 8, or 500 for top_patches",
    "explain out": "folder for the figures, created if missing; a run has them as artifacts too",
    "image_size": "side of the square images in pixels; if not given: that of images of one size",
    "at_least": "smallest side of the images in pixels; smaller ones are enlarged",
    "family": "only recipes of this family",
    "recipe": "only runs of this recipe",
    "dataset": "only runs on this data set",
    "kind": "only runs of this kind; if not given: those that are no part of another",
    "status": "only runs with this status",
    "best": "best score first, in place of latest first",
    "limit": "rows at most",
    "json": "print JSON",
    "to": "format",
    "export out": "file, or folder of a SavedModel; if not given: named after model and run",
    "html": "write a page of tracked runs into this file: tables, curves, searches and figures; "
    "it needs no server",
    "write": "put the table into this Markdown file, in place of the one there",
    "prediction": "number of the answer that you expect; if not given: asked for in a terminal",
    "host": "address to listen on; 127.0.0.1 can be reached from this machine only",
    "port": "port to listen on",
}

READING: dict[str, Hyper] = hypers(_reading)  # of a user's own file
DESCRIBE: dict[str, Hyper] = hypers(_describe) | READING
RUN: dict[str, Hyper] = hypers(_training) | READING | hypers(_run)
TUNE: dict[str, Hyper] = hypers(_training) | READING | hypers(_tune)
COMPARE: dict[str, Hyper] = hypers(_training) | READING | hypers(_compare)
ABLATE: dict[str, Hyper] = hypers(_training) | READING | hypers(_ablate)
PREDICT: dict[str, Hyper] = hypers(_predict)
PLAY: dict[str, Hyper] = hypers(_play)
EXPLAIN: dict[str, Hyper] = hypers(_explain)
LIST: dict[str, Hyper] = hypers(_list)
RUNS: dict[str, Hyper] = hypers(_runs)
EXPORT: dict[str, Hyper] = hypers(_export)
REPORT: dict[str, Hyper] = hypers(_report)
LESSON: dict[str, Hyper] = hypers(_lesson)
OUTPUT: dict[str, Hyper] = hypers(_output)  # of run, show, data describe and doctor
UI: dict[str, Hyper] = hypers(_ui)


def resolve_epochs(full: int, options: Mapping[str, Any]) -> tuple[int, int | None]:
    """Resolves budget, epochs and steps_per_epoch to (epochs, steps per epoch or None).

    Args:
        full: the recipe's epochs; with a limit of steps or time the stages share it by these.
        options: resolved options with `budget`, `epochs` and `steps_per_epoch`.

    Raises:
        ValueError: if the budget is wrong, or `epochs` has no meaning with it.
    """
    check_budget(options)
    if limit_of(options["budget"]) is not None:
        return full, options["steps_per_epoch"]
    budget = {"smoke": (1, 20), "quick": (max(1, round(full / 4)), None), "full": (full, None)}
    epochs, steps = budget[options["budget"]]
    return options["epochs"] or epochs, options["steps_per_epoch"] or steps
