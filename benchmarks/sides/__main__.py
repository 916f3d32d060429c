"""A side's own end: begins what it is told to and waits for its turns, without computing."""

import importlib
import sys

from benchmarks.sides.turns import Ended, Turns

SIDES = {
    "ours": ("keras", "benchmarks.sides.ours"),
    "stock": ("keras", "benchmarks.sides.stock"),
    "stock_without_onednn": ("keras", "benchmarks.sides.stock"),
    "pytorch": ("torch", "benchmarks.sides.pytorch"),
    "pytorch_default": ("torch", "benchmarks.sides.pytorch_default"),
    "numpy": ("numpy", "benchmarks.sides.plain_numpy"),
}


def main(name: str) -> None:
    """Serves until the pipe is closed."""
    turns = Turns()
    package, module = SIDES[name]
    while begin := turns.next():
        try:
            side = importlib.import_module(module)
        except ImportError as error:
            if error.name != package:
                raise
            turns.tell(missing=package)
            continue
        try:
            side.train(begin["work"], begin["file"], turns)
        except Ended:
            turns.tell()


if __name__ == "__main__":
    main(sys.argv[1])
