"""Runs the benchmarks and prints their rows: `python -m benchmarks [NAME …]`."""

import os
import platform
import sys

from benchmarks import adaptation, tracking, training, word2vec

ROWS = {
    "adaptation": adaptation.rows,
    "tracking": tracking.rows,
    "training": training.rows,
    "word2vec": word2vec.rows,
}


def main(names: list[str]) -> None:
    """Prints the machine, the command and one line a row."""
    machine = platform.processor() or platform.machine()
    print(f"{machine}, {os.cpu_count()} cores, {platform.platform()}")
    print(f"python -m benchmarks {' '.join(names)}".strip())
    print("| work | against | ratio | spread | rounds |\n|---|---|---|---|---|")
    for name in names or ROWS:
        for row in ROWS[name]():
            print("| " + " | ".join(row) + " |", flush=True)


main(sys.argv[1:])
