"""Shell completion: scripts that hold all words of the command line and start no process."""

from collections.abc import Iterable, Mapping

from keras_dl import budget, catalog, lessons, options
from keras_dl.space import Choice, Hyper, Repeat

__all__ = ["SHELLS", "completion"]

SHELLS = ("bash", "zsh", "fish")
OF_RECIPES = {"run": options.RUN | options.OUTPUT, "tune": options.TUNE,
              "compare": options.COMPARE, "ablate": options.ABLATE}  # fmt: skip
# Options and words of the other commands; those of `show` are recipes.
OTHERS: Mapping[str, tuple[Mapping[str, Hyper], tuple[str, ...]]] = {
    "list": (options.LIST, ()),
    "show": (options.OUTPUT, ()),
    "runs": (options.RUNS, ("list", "delete", "clean")),
    "rerun": ({}, ()),
    "export": (options.EXPORT, ()),
    "register": ({}, ()),
    "predict": (options.PREDICT, ()),
    "play": (options.PLAY, ()),
    "explain": (options.EXPLAIN, ()),
    "report": (options.REPORT, ()),
    "ui": (options.UI, ()),
    "data": (options.DESCRIBE | options.OUTPUT, ("list", "describe", "prepare", "where")),
    "lesson": (options.LESSON, lessons.names()),
    "facts": ({}, ()),
    "doctor": (options.OUTPUT, ()),
    "completion": ({}, SHELLS),
}

BASH = """\
# keras-dl completion; in ~/.bashrc: source <(keras-dl completion bash)
declare -A _keras_dl_flags=(
%(flags)s
)
declare -A _keras_dl_values=(
%(values)s
)
declare -A _keras_dl_words=(
%(words)s
)
_keras_dl_recipes=%(recipes)s
_keras_dl_commands=%(commands)s
_keras_dl() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
  local command="${COMP_WORDS[1]}" word values flags="" i recipes=" "
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "$_keras_dl_commands" -- "$current")); return
  fi
  for ((i = 2; i < COMP_CWORD; i++)); do
    word="${COMP_WORDS[i]}"
    if [ -n "${_keras_dl_flags[recipe:$word]}" ]; then recipes="$recipes$word "; fi
  done
  case "$previous" in
    --*)
      for word in $recipes; do values="$values ${_keras_dl_values[$word:$previous]}"; done
      values="$values ${_keras_dl_values[$command:$previous]}"
      if [ -n "${values// /}" ]; then
        COMPREPLY=($(compgen -W "$values" -- "$current")); return
      fi;;
  esac
  case "$current" in
    -*)
      flags="${_keras_dl_flags[$command]} --help"
      case " %(with_recipes)s " in *" $command "*)
        for word in $recipes; do flags="$flags ${_keras_dl_flags[recipe:$word]}"; done;;
      esac
      COMPREPLY=($(compgen -W "$flags" -- "$current"));;
    *)
      values="${_keras_dl_words[$command]}"
      case " %(with_recipes)s show " in *" $command "*)
        if [ "$recipes" = " " ] || [ "$command" = compare ]; then
          values="$values $_keras_dl_recipes"
        fi;;
      esac
      COMPREPLY=($(compgen -W "$values" -- "$current"));;
  esac
}
complete -o default -F _keras_dl keras-dl
"""

ZSH = """\
# keras-dl completion; in ~/.zshrc after compinit: source <(keras-dl completion zsh)
autoload -Uz bashcompinit && bashcompinit
"""

FISH = """\
# keras-dl completion; keras-dl completion fish > ~/.config/fish/completions/keras-dl.fish
complete -c keras-dl -n __fish_use_subcommand -f -a %(commands)s
"""


def completion(shell: str) -> str:
    """Returns the script that completes `keras-dl` in a shell.

    Commands, recipes, flags, hyperparameters of the recipes on the line, and values of choices are
    listed in the script, so that a key press starts no Python.

    Args:
        shell: "bash", "zsh" or "fish".
    """
    if shell == "fish":
        return _fish()
    text = BASH % _tables()
    return ZSH + text.partition("\n")[2] if shell == "zsh" else text


def _tables() -> dict[str, str]:
    flags: dict[str, list[str]] = {}
    values: dict[str, list[str]] = {}
    for command, space in _spaces().items():
        flags[command] = _flags(space)
        values |= _values(command, space)
    for entry in catalog.entries():
        flags[f"recipe:{entry.name}"] = _flags(entry.space)
        values |= _values(entry.name, entry.space)
    for command in OF_RECIPES:
        values[f"{command}:--budget"] = list(budget.NAMES)
    for command in ("list", "runs"):
        values[f"{command}:--family"] = list(catalog.families())
        values[f"{command}:--recipe"] = list(catalog.names())
    words = {command: own for command, (_, own) in OTHERS.items() if own}
    return {
        "flags": _array(flags),
        "values": _array(values),
        "words": _array(words),
        "recipes": _quote(catalog.names()),
        "commands": _quote(_spaces()),
        "with_recipes": " ".join(OF_RECIPES),
    }


def _spaces() -> dict[str, Mapping[str, Hyper]]:
    return {**OF_RECIPES, **{command: space for command, (space, _) in OTHERS.items()}}


def _flags(space: Mapping[str, Hyper]) -> list[str]:
    names = {name.replace("_", "-"): hyper.kind is bool for name, hyper in space.items()}
    return [flag for name, switch in names.items()
            for flag in (f"--{name}", *((f"--no-{name}",) if switch else ()))]  # fmt: skip


def _values(owner: str, space: Mapping[str, Hyper]) -> dict[str, list[str]]:
    """Returns the values of choices by owner and flag."""
    choices = {}
    for name, hyper in space.items():
        domain = hyper.domain.item if isinstance(hyper.domain, Repeat) else hyper.domain
        if isinstance(domain, Choice) and hyper.kind is not bool:
            values = ["none" if value is None else str(value) for value in domain.values]
            choices[f"{owner}:--{name.replace('_', '-')}"] = values
    return choices


def _array(table: Mapping[str, Iterable[str]]) -> str:
    return "\n".join(f"[{key}]={_quote(words)}" for key, words in table.items() if words)


def _quote(words: Iterable[str]) -> str:
    """Returns words in single quotes; names and numbers hold none of their own."""
    return "'" + " ".join(words).replace("'", "") + "'"


def _fish() -> str:
    lines = [FISH % {"commands": _quote(_spaces())}]
    recipes = _quote(catalog.names())
    for command in (*OF_RECIPES, "show"):
        lines.append(_fish_line(f"__fish_seen_subcommand_from {command}", f"-f -a {recipes}"))
    for command, (_, words) in OTHERS.items():
        if words:
            condition = f"__fish_seen_subcommand_from {command}"
            lines.append(_fish_line(condition, f"-f -a {_quote(words)}"))
    for command, space in _spaces().items():
        lines += _fish_flags(command, space, f"__fish_seen_subcommand_from {command}")
    within = f"__fish_seen_subcommand_from {' '.join(OF_RECIPES)}"
    for entry in catalog.entries():
        condition = f"{within}; and __fish_seen_subcommand_from {entry.name}"
        lines += _fish_flags(entry.name, entry.space, condition)
    return "\n".join(lines) + "\n"


def _fish_flags(owner: str, space: Mapping[str, Hyper], condition: str) -> list[str]:
    values = _values(owner, space)
    lines = []
    for flag in _flags(space):
        listed = values.get(f"{owner}:{flag}")
        lines.append(
            _fish_line(condition, f"-l {flag[2:]}" + (f" -x -a {_quote(listed)}" if listed else ""))
        )
    return lines


def _fish_line(condition: str, rest: str) -> str:
    return f"complete -c keras-dl -n '{condition}' {rest}"
