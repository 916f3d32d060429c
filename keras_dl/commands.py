"""`run`, `tune`, `compare` and `ablate` with all their options, visible to `help()` and editors.

The options are those of `keras_dl.options`, which also has their ranges; a test holds both equal.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, Literal

from keras_dl import options
from keras_dl.budget import check_budget
from keras_dl.init_from import check_init_from
from keras_dl.options import Algorithm, Cost, Precision, Task
from keras_dl.recipe_argument import RecipeLike, as_recipe, as_recipes
from keras_dl.space import Hyper

if TYPE_CHECKING:
    import keras

    from keras_dl.comparing import Ablation, Comparison
    from keras_dl.training.run import Result
    from keras_dl.tuning.results import Search

Columns = Mapping[str, str] | Sequence[str]
ClassWeight = Mapping[str | int, float] | str | None
Callbacks = Callable[[], "Sequence[keras.callbacks.Callback]"]

__all__ = ["ablate", "compare", "run", "tune"]


def run(
    recipe: RecipeLike,
    *,
    data: object = None,
    callbacks: "Sequence[keras.callbacks.Callback]" = (),
    budget: str = "full",
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    patience: int | None = None,
    precision: Precision = "float32",
    jit_compile: bool | None = None,
    class_weight: ClassWeight = None,
    init_from: str | None = None,
    target: str | None = None,
    task: Task | None = None,
    text: Sequence[str] = (),
    columns: Columns = (),
    header: bool | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    white: float | None = None,
    objective: str | None = None,
    seed: int = 0,
    devices: int = 1,
    probes: bool = False,
    folds: int | None = None,
    resume: str | None = None,
    verbose: bool = True,
    **hyperparameters: object,
) -> "Result":
    """Trains the recipe once and tracks it in MLflow.

    Args:
        recipe: recipe to train: an object, its module or its name.
        data: the user's own data in place of the recipe's data set; see `keras_dl.data.load`.
        callbacks: instances for the main stage, before the checkpoints. A run that is resumed
            takes new ones, which begin with the next epoch.
        budget: "smoke": one epoch of 20 steps; "quick": a quarter of the epochs; "full": all; or
            the time ("90s", "10m", "1h") or optimizer steps ("2000steps") of a training.
        epochs: passes over the training set; None: the budget's.
        steps_per_epoch: optimizer steps in each epoch; None: the whole training set.
        patience: epochs without improvement of the objective before training stops; None: the
            recipe's.
        precision: Keras dtype policy of the layers.
        jit_compile: whether XLA compiles the steps; None: as the recipe says, else never on a CPU
            with TensorFlow and as Keras decides elsewhere.
        class_weight: "balanced", or weights of training examples by class name or number; None:
            all weigh 1.
        init_from: id of a run, or path of a `.keras` file, whose weights layers of the same name
            and shapes start from; None: all start at random.
        target: column of the target in a CSV file, by name or, without a header, by number from 0.
        task: "classification" or "regression"; None: by the kind of the target.
        text: columns of a CSV file that hold the text, by name or number.
        columns: kinds of columns of a table, `{"size": "S<M<L", "hour": "circular:24"}`: numerical,
            nominal, skip, circular with its period, or ranks; others by their content.
        header: whether the first line of a CSV file holds names; None: by its content.
        delimiter: character between the columns of a CSV file; None: by its content.
        encoding: encoding of a text or CSV file; None: UTF-8.
        white: number that is white in images of more than 8 bits, such as 4095 for 12 bits; None:
            by the range of all images.
        objective: name of one of the recipe's objectives or of any logged metric, `min:NAME` or
            `max:NAME` where the name does not say the direction; None: the recipe's first.
        seed: seed of weights, data order and dropout.
        devices: graphics cards of this machine that share each step; the result is that of one
            card, except for dropout's masks on TensorFlow.
        probes: whether to draw layers, gradients, updates, the loss surface and a learning-rate
            test.
        folds: number of parts of train and validation; one training for each that is scored on
            it and trained on the others comes before the training itself; None: no
            cross-validation.
        resume: id of a stopped run to continue with its own settings.
        verbose: whether to show progress.
        **hyperparameters: values of the recipe's hyperparameters.

    Returns:
        The model, its history, metrics and figures, and where they are stored.

    Raises:
        ValueError, TypeError: for an unknown or wrong hyperparameter or option, or wrong data.
        Failure: if the training diverged, crashed or ran out of memory; the run is marked FAILED.
        KeyboardInterrupt: after the run was closed as KILLED with its best weights stored.
    """
    arguments = _collect(locals(), options.RUN)
    from keras_dl.comparing.cross_validation import run as train

    return train(**arguments)


def tune(
    recipe: RecipeLike,
    *,
    data: object = None,
    callbacks: Callbacks | None = None,
    trials: int = 30,
    budget: str = "full",
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    patience: int | None = None,
    precision: Precision = "float32",
    jit_compile: bool | None = None,
    class_weight: ClassWeight = None,
    init_from: str | None = None,
    target: str | None = None,
    task: Task | None = None,
    text: Sequence[str] = (),
    columns: Columns = (),
    header: bool | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    white: float | None = None,
    objective: str | None = None,
    cost: Cost | None = None,
    algorithm: Algorithm = "bayesian",
    search: Sequence[str] = (),
    seed: int = 0,
    seeds: int = 1,
    folds: int | None = None,
    workers: int | Literal["auto"] | None = None,
    executor: Executor | None = None,
    cluster: str | None = None,
    trial_cpus: float | None = None,
    trial_gpus: float | None = None,
    trial_memory: str | None = None,
    timeout: float | None = None,
    max_parameters: int | None = None,
    final_seeds: int = 3,
    prune: bool = True,
    resume: bool = False,
    verbose: bool = True,
    **hyperparameters: object,
) -> "Search":
    """Searches the hyperparameters and tests the winner against the defaults.

    Args:
        recipe: recipe to tune: an object, its module or its name.
        data: the user's own data in place of the recipe's data set; see `keras_dl.data.load`.
        callbacks: function that returns the callbacks of a training, new ones each time; with
            workers it must not refer to open files or devices.
        trials: settings to try, at most.
        budget: "smoke": one epoch of 20 steps; "quick": a quarter of the epochs; "full": all; or
            the time ("90s", "10m", "1h") or optimizer steps ("2000steps") of a training.
        epochs: passes over the training set; None: the budget's.
        steps_per_epoch: optimizer steps in each epoch; None: the whole training set.
        patience: epochs without improvement of the objective before training stops; None: the
            recipe's.
        precision: Keras dtype policy of the layers.
        jit_compile: whether XLA compiles the steps; None: as the recipe says, else never on a CPU
            with TensorFlow and as Keras decides elsewhere.
        class_weight: "balanced", or weights of training examples by class name or number; None:
            all weigh 1.
        init_from: id of a run, or path of a `.keras` file, whose weights layers of the same name
            and shapes start from; None: all start at random.
        target: column of the target in a CSV file, by name or, without a header, by number from 0.
        task: "classification" or "regression"; None: by the kind of the target.
        text: columns of a CSV file that hold the text, by name or number.
        columns: kinds of columns of a table, `{"size": "S<M<L", "hour": "circular:24"}`: numerical,
            nominal, skip, circular with its period, or ranks; others by their content.
        header: whether the first line of a CSV file holds names; None: by its content.
        delimiter: character between the columns of a CSV file; None: by its content.
        encoding: encoding of a text or CSV file; None: UTF-8.
        white: number that is white in images of more than 8 bits, such as 4095 for 12 bits; None:
            by the range of all images.
        objective: name of one of the recipe's objectives or of any logged metric, `min:NAME` or
            `max:NAME` where the name does not say the direction; None: the recipe's first.
        cost: second objective, "parameters" of the model or "seconds" of training: a bayesian
            search looks for the Pareto front of both, which a search with a cost reports; no trial
            is stopped early then. None: the objective alone.
        algorithm: algorithm that suggests the settings.
        search: names of the hyperparameters to search, besides those with a domain of the call;
            neither: all with a domain.
        seed: seed of weights, data order, dropout and the suggestions.
        seeds: trainings per setting, with different seeds; their mean counts.
        folds: trainings per setting on so many parts of train and validation in turn, each of which
            validates once, in place of seeds; their mean counts. The test set is as without.
        workers: trainings at the same time; "auto": one for each graphics card or, without any,
            for each core that has 2 GiB of free memory; 0: inside this process; None: 1, as many as
            `cluster` takes, or the size of `executor`: its `slots` or `_max_workers`, else the
            number of this machine's cores.
        executor: a `concurrent.futures.Executor` in place of own worker processes, whose machines
            share this folder. It stays open.
        cluster: address of a Ray cluster that trains in place of own worker processes: "auto",
            "local", "host:port" or "ray://host:port". Its nodes need this package, and no common
            folder. None: this machine.
        trial_cpus: cores that a training on a cluster reserves; None: 1.
        trial_gpus: graphics cards that a training on a cluster reserves, 0.5 for a half; None: 0.
        trial_memory: memory that a training on a cluster reserves, such as "8G"; None: it is not
            counted.
        timeout: seconds one training may take; None: no limit.
        max_parameters: largest number of parameters of a model; None: no limit.
        final_seeds: seeds of the test of winner against defaults; 0: no test.
        prune: whether to stop a trial whose best objective so far is worse than the median of the
            finished trials.
        resume: whether to continue the same search where it was stopped.
        verbose: whether to show progress.
        **hyperparameters: values to hold, or domains to search: `Range(1e-4, 1e-2)`,
            `Choice(0, 0.2)` or a list of choices, within the recipe's own domains. A range has the
            scale of the recipe's. With domains, only these and those of `search` are searched.

    Returns:
        Best setting, all trials, importance, the final comparison, links.

    Raises:
        ValueError, TypeError: for wrong arguments, or what a dry run finds wrong in the recipe.
        SearchFailed: if every trial failed.
        KeyboardInterrupt: after all runs were closed; `resume=True` continues from there.
    """
    arguments = _collect(locals(), options.TUNE)
    from keras_dl.tuning.search import tune as search_hyperparameters

    return search_hyperparameters(**arguments)


def ablate(
    recipe: RecipeLike,
    *,
    over: Sequence[str] = (),
    values: Mapping[str, Iterable[object]] | str = "",
    data: object = None,
    callbacks: Callbacks | None = None,
    max_settings: int | None = None,
    seeds: int = 3,
    budget: str = "full",
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    patience: int | None = None,
    precision: Precision = "float32",
    jit_compile: bool | None = None,
    class_weight: ClassWeight = None,
    init_from: str | None = None,
    target: str | None = None,
    task: Task | None = None,
    text: Sequence[str] = (),
    columns: Columns = (),
    header: bool | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    white: float | None = None,
    workers: int | Literal["auto"] | None = None,
    executor: Executor | None = None,
    cluster: str | None = None,
    trial_cpus: float | None = None,
    trial_gpus: float | None = None,
    trial_memory: str | None = None,
    timeout: float | None = None,
    resume: bool = False,
    verbose: bool = True,
    **hyperparameters: object,
) -> "Ablation":
    """Trains combinations of hyperparameters and estimates each one's effect.

    Args:
        recipe: recipe to train: an object, its module or its name.
        over: hyperparameters to vary; empty: the recipe's factors.
        values: levels by name in place of the default ones, as a dict or as text, `dropout=0,0.5
            activation=relu,tanh`. By default a Choice has all its values, a switch off and on, a
            Range its ends.
        data: the user's own data in place of the recipe's data set; see `keras_dl.data.load`.
        callbacks: function that returns the callbacks of a training, new ones each time; with
            workers it must not refer to open files or devices.
        max_settings: number of combinations to train, a D-optimal fraction; None: all.
        seeds: trainings per combination, with the same seeds for all.
        budget: "smoke": one epoch of 20 steps; "quick": a quarter of the epochs; "full": all; or
            the time ("90s", "10m", "1h") or optimizer steps ("2000steps") of a training.
        epochs: passes over the training set; None: the budget's.
        steps_per_epoch: optimizer steps in each epoch; None: the whole training set.
        patience: epochs without improvement of the objective before training stops; None: the
            recipe's.
        precision: Keras dtype policy of the layers.
        jit_compile: whether XLA compiles the steps; None: as the recipe says, else never on a CPU
            with TensorFlow and as Keras decides elsewhere.
        class_weight: "balanced", or weights of training examples by class name or number; None:
            all weigh 1.
        init_from: id of a run, or path of a `.keras` file, whose weights layers of the same name
            and shapes start from; None: all start at random.
        target: column of the target in a CSV file, by name or, without a header, by number from 0.
        task: "classification" or "regression"; None: by the kind of the target.
        text: columns of a CSV file that hold the text, by name or number.
        columns: kinds of columns of a table, `{"size": "S<M<L", "hour": "circular:24"}`: numerical,
            nominal, skip, circular with its period, or ranks; others by their content.
        header: whether the first line of a CSV file holds names; None: by its content.
        delimiter: character between the columns of a CSV file; None: by its content.
        encoding: encoding of a text or CSV file; None: UTF-8.
        white: number that is white in images of more than 8 bits, such as 4095 for 12 bits; None:
            by the range of all images.
        workers: trainings at the same time; "auto": one for each graphics card or, without any,
            for each core that has 2 GiB of free memory; 0: inside this process; None: 1, as many as
            `cluster` takes, or the size of `executor`: its `slots` or `_max_workers`, else the
            number of this machine's cores.
        executor: a `concurrent.futures.Executor` in place of own worker processes, whose machines
            share this folder. It stays open.
        cluster: address of a Ray cluster that trains in place of own worker processes: "auto",
            "local", "host:port" or "ray://host:port". Its nodes need this package, and no common
            folder. None: this machine.
        trial_cpus: cores that a training on a cluster reserves; None: 1.
        trial_gpus: graphics cards that a training on a cluster reserves, 0.5 for a half; None: 0.
        trial_memory: memory that a training on a cluster reserves, such as "8G"; None: it is not
            counted.
        timeout: seconds one training may take; None: no limit.
        resume: whether to continue the same experiment where it was stopped.
        verbose: whether to show progress.
        **hyperparameters: hyperparameters to hold at a value.

    Returns:
        Main effects and interactions with intervals, figures, all trainings, links.

    Raises:
        ValueError, TypeError: for wrong arguments, or what a dry run finds wrong in the recipe.
        SearchFailed: if too few trainings ended well to estimate the effects.
        KeyboardInterrupt: after all runs were closed; `resume=True` continues from there.
    """
    arguments = _collect(locals(), options.ABLATE)
    from keras_dl.comparing import ablate as estimate_effects

    return estimate_effects(**arguments)


def compare(
    *recipes: RecipeLike | Sequence[RecipeLike],
    data: object = None,
    callbacks: Callbacks | None = None,
    seeds: int = 5,
    folds: int | None = None,
    budget: str = "full",
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    patience: int | None = None,
    precision: Precision = "float32",
    jit_compile: bool | None = None,
    class_weight: ClassWeight = None,
    init_from: str | None = None,
    target: str | None = None,
    task: Task | None = None,
    text: Sequence[str] = (),
    columns: Columns = (),
    header: bool | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    white: float | None = None,
    objective: str | None = None,
    workers: int | Literal["auto"] | None = None,
    executor: Executor | None = None,
    cluster: str | None = None,
    trial_cpus: float | None = None,
    trial_gpus: float | None = None,
    trial_memory: str | None = None,
    timeout: float | None = None,
    resume: bool = False,
    verbose: bool = True,
    **hyperparameters: object,
) -> "Comparison":
    """Trains recipes with the same seeds on the same data and tests the differences.

    Args:
        *recipes: two or more, single or in lists: objects, modules or names; their scores must
            have the same name and direction.
        data: the user's own data in place of the recipe's data set; see `keras_dl.data.load`.
        callbacks: function that returns the callbacks of a training, new ones each time; with
            workers it must not refer to open files or devices.
        seeds: trainings per recipe, with the same seeds for all.
        folds: trainings per recipe on so many parts of train and validation in turn, the same for
            all, in place of seeds; the test set is left out; None: seeds.
        budget: "smoke": one epoch of 20 steps; "quick": a quarter of the epochs; "full": all; or
            the time ("90s", "10m", "1h") or optimizer steps ("2000steps") of a training.
        epochs: passes over the training set; None: the budget's.
        steps_per_epoch: optimizer steps in each epoch; None: the whole training set.
        patience: epochs without improvement of the objective before training stops; None: the
            recipe's.
        precision: Keras dtype policy of the layers.
        jit_compile: whether XLA compiles the steps; None: as the recipe says, else never on a CPU
            with TensorFlow and as Keras decides elsewhere.
        class_weight: "balanced", or weights of training examples by class name or number; None:
            all weigh 1.
        init_from: id of a run, or path of a `.keras` file, whose weights layers of the same name
            and shapes start from; None: all start at random.
        target: column of the target in a CSV file, by name or, without a header, by number from 0.
        task: "classification" or "regression"; None: by the kind of the target.
        text: columns of a CSV file that hold the text, by name or number.
        columns: kinds of columns of a table, `{"size": "S<M<L", "hour": "circular:24"}`: numerical,
            nominal, skip, circular with its period, or ranks; others by their content.
        header: whether the first line of a CSV file holds names; None: by its content.
        delimiter: character between the columns of a CSV file; None: by its content.
        encoding: encoding of a text or CSV file; None: UTF-8.
        white: number that is white in images of more than 8 bits, such as 4095 for 12 bits; None:
            by the range of all images.
        objective: name of a metric that all recipes log, `min:NAME` or `max:NAME` where the name
            does not say the direction: each is trained by it, and they are compared by the same
            metric on the test set; None: each recipe's objective and score.
        workers: trainings at the same time; "auto": one for each graphics card or, without any,
            for each core that has 2 GiB of free memory; 0: inside this process; None: 1, as many as
            `cluster` takes, or the size of `executor`: its `slots` or `_max_workers`, else the
            number of this machine's cores.
        executor: a `concurrent.futures.Executor` in place of own worker processes, whose machines
            share this folder. It stays open.
        cluster: address of a Ray cluster that trains in place of own worker processes: "auto",
            "local", "host:port" or "ray://host:port". Its nodes need this package, and no common
            folder. None: this machine.
        trial_cpus: cores that a training on a cluster reserves; None: 1.
        trial_gpus: graphics cards that a training on a cluster reserves, 0.5 for a half; None: 0.
        trial_memory: memory that a training on a cluster reserves, such as "8G"; None: it is not
            counted.
        timeout: seconds one training may take; None: no limit.
        resume: whether to continue the same comparison where it was stopped.
        verbose: whether to show progress.
        **hyperparameters: hyperparameters such as `dataset`, each for those recipes that have it.

    Returns:
        Means with intervals, paired tests, a verdict, links.

    Raises:
        ValueError, TypeError: for wrong arguments or recipes that cannot be compared.
        SearchFailed: if a recipe failed with every seed.
        KeyboardInterrupt: after all runs were closed; `resume=True` continues from there.
    """
    arguments = _collect(locals(), options.COMPARE)
    from keras_dl.comparing import compare as compare_recipes

    return compare_recipes(**arguments)


def _collect(arguments: dict[str, Any], table: Mapping[str, Hyper]) -> dict[str, Any]:
    """Returns the arguments of a call by name, without the options that have their default.

    The commands know by this which options the user gave: a resumed run refuses any.
    """
    hyperparameters = arguments.pop("hyperparameters")
    if arguments.get("data") is not None and "dataset" in hyperparameters:
        raise ValueError(
            "`dataset` must be left out where `data` is given. "
            f"Received: dataset={hyperparameters['dataset']!r}"
        )
    check_budget(arguments)
    check_init_from(arguments.get("init_from"))
    kinds = arguments.get("columns", ())
    if isinstance(kinds, Mapping):
        arguments["columns"] = tuple(f"{name}={kind}" for name, kind in kinds.items())
    if "recipe" in arguments:
        arguments["recipe"] = as_recipe(arguments["recipe"])
    if "recipes" in arguments:
        arguments["recipes"] = as_recipes(arguments["recipes"])
    for name in {"target", "text"} & arguments.keys():
        arguments[name] = _columns(name, arguments[name])
    if "class_weight" in arguments:
        arguments["class_weight"] = _as_text(arguments["class_weight"])
    return {n: v for n, v in arguments.items() if not _is_default(n, v, table)} | hyperparameters


def _as_text(weights: object) -> object:
    """Returns weights of classes as the command line has them: `cat=3,dog=1`."""
    if not isinstance(weights, Mapping):
        return weights
    return ",".join(f"{name}={weight}" for name, weight in weights.items())


def _columns(name: str, value: Any) -> Any:
    """Returns columns as the command line has them: numbers as text, several in a tuple."""
    if name == "text":
        columns = value.split(",") if isinstance(value, str) else value
        return tuple(_columns("", column) for column in columns)
    return str(value) if type(value) is int else value


def _is_default(name: str, value: object, table: Mapping[str, Hyper]) -> bool:
    if name not in table:
        return False
    default = table[name].default
    return type(value) is type(default) and value == default
