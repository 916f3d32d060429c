"""The grammar of the commands on tracked runs, such as `predict`, `explain` and `export`."""

from collections.abc import Callable, Sequence
from functools import partial

from keras_dl import options
from keras_dl.cli import lazy
from keras_dl.cli.flags import Call, Parser, describe, describe_options, select
from keras_dl.cli.paths import check_explained
from keras_dl.cli.positionals import asks_help, split_words, unknown_flags
from keras_dl.space import check_names, resolve

__all__ = ["explain", "export", "play", "predict", "register", "report", "rerun", "runs"]

RUN_ID = "id of a run, or its first characters"


def predict(parser: Parser, words: Sequence[str]) -> Call:
    """`predict`: the run's task declares further options, so its run is read before they are."""
    parser.add_argument("RUN_ID", help=RUN_ID)
    parser.add_argument(
        "INPUT",
        nargs="+",
        help="images, folders of images, .npz; CSV files; texts, files and folders of texts; words",
    )
    parser.epilog = f"Tasks have further flags; see {parser.prog} RUN_ID --help"
    own = options.PREDICT
    parser.add_flags("options of predict", own, describe_options("predict", own))
    positionals = [word.text for word in split_words(words, own) if word.flag is None]
    if positionals and (unknown_flags(words, own) or asks_help(words)):
        return lambda: _predict_by_task(parser, words, positionals[0])
    arguments = parser.read(words)
    values = resolve(own, select(arguments, own))
    return partial(lazy.commands().predict, arguments.RUN_ID, arguments.INPUT, values)


def _predict_by_task(parser: Parser, words: Sequence[str], run_id: str) -> int | None:
    space = lazy.commands().prediction_options(run_id)
    parser.usage = f"{parser.prog} {run_id} INPUT … [flags]"
    parser.epilog, parser.page = None, f"{parser.prog} {run_id}"
    if space:
        texts = {
            name: options.HELP[name] if options.READING.get(name) == hyper else describe(hyper)
            for name, hyper in space.items()
        }
        parser.add_flags("options of this run's task", space, texts)
    arguments = parser.read(words)
    space = options.PREDICT | space
    values = resolve(space, select(arguments, space))
    return lazy.commands().predict(arguments.RUN_ID, arguments.INPUT, values)


def play(parser: Parser, words: Sequence[str]) -> Call:
    """`play`: a run of a board game."""
    parser.add_argument("RUN_ID", help=RUN_ID)
    own = options.PLAY
    parser.add_flags("options of play", own, describe_options("play", own))
    arguments = parser.read(words)
    values = resolve(own, select(arguments, own))
    return partial(lazy.run_commands().play, arguments.RUN_ID, **values)


def explain(parser: Parser, words: Sequence[str]) -> Call:
    """`explain`: a run or a model file, and images."""
    parser.add_argument("RUN_ID", help=f"{RUN_ID}; or path of a .keras file")
    parser.add_argument("INPUT", nargs="*", help="images, folders of images, .npz")
    own = options.EXPLAIN
    parser.add_flags("options of explain", own, describe_options("explain", own))
    arguments = parser.read(words)
    values = resolve(own, select(arguments, own))
    check_explained(arguments.RUN_ID, arguments.INPUT, values)
    return partial(lazy.run_commands().explain, arguments.RUN_ID, arguments.INPUT, values)


def runs(parser: Parser, words: Sequence[str]) -> Call:
    """`runs`: an action, and ids of the runs to delete."""
    parser.add_argument(
        "ACTION",
        nargs="?",
        default="list",
        help="list (the default); delete: runs by id, with all below them; clean: remove deleted "
        "runs for good",
    )
    parser.add_argument(
        "RUN_ID", nargs="*", help="ids of runs to delete, or their first characters"
    )
    own = options.RUNS
    parser.add_flags("options of runs list", own, describe_options("runs", own))
    arguments = parser.read(words)
    check_names([arguments.ACTION], ("list", "delete", "clean"), "action of runs")
    values = select(arguments, own)
    if (arguments.ACTION == "delete") != bool(arguments.RUN_ID):
        parser.error("RUN_ID must be given to `delete`, and to no other action")
    if arguments.ACTION != "list" and values:
        parser.error(f"--{next(iter(values))} is a flag of runs list only.")
    if arguments.ACTION == "list":
        return partial(lazy.run_commands().list_runs, resolve(own, values))
    if arguments.ACTION == "delete":
        return partial(lazy.run_commands().delete, arguments.RUN_ID)
    return lazy.run_commands().clean


def report(parser: Parser, words: Sequence[str]) -> Call:
    """`report`: runs and experiments of the page, and options."""
    parser.add_argument(
        "RUN",
        nargs="*",
        help="with --html: ids of runs or their first characters, and names of experiments; if "
        "none is given: all runs",
    )
    own = options.REPORT
    parser.add_flags("options of report", own, describe_options("report", own))
    arguments = parser.read(words)
    values = resolve(own, select(arguments, own))
    if arguments.RUN and values["html"] is None:
        parser.error(
            f"RUN needs --html FILE; the table has all recipes. Received: {arguments.RUN[0]}"
        )
    stated = [f"--{name}" for name in own if values[name]]
    if len(stated) > 1:
        parser.error(f"only one of {', '.join(f'--{name}' for name in own)} can be given")
    return partial(lazy.commands().report, arguments.RUN, **values)


def rerun(parse: Callable[[Sequence[str]], Call], parser: Parser, words: Sequence[str]) -> Call:
    """`rerun`: the run names command, recipe and flags, so it is read before the other words."""
    parser.add_argument("RUN_ID", help=RUN_ID)
    parser.epilog = "The flags of the run's command follow the id and take precedence."
    if not words or words[0].startswith("-"):
        parser.read(words)  # prints the help, or refuses
        parser.error("RUN_ID must be given, before the flags")
    return lambda: lazy.run_commands().rerun(words[0], lambda own: parse([*own, *words[1:]]))


def export(parser: Parser, words: Sequence[str]) -> Call:
    """`export`: RUN_ID and the format."""
    parser.add_argument("RUN_ID", help=RUN_ID)
    own = options.EXPORT
    parser.add_flags("options of export", own, describe_options("export", own))
    arguments = parser.read(words)
    values = resolve(own, select(arguments, own))
    return partial(lazy.run_commands().export, arguments.RUN_ID, values)


def register(parser: Parser, words: Sequence[str]) -> Call:
    """`register`: RUN_ID and the name of the registered model."""
    parser.add_argument("RUN_ID", help=RUN_ID)
    parser.add_argument("NAME", help="of the registered model")
    arguments = parser.read(words)
    return partial(lazy.run_commands().register, arguments.RUN_ID, arguments.NAME)
