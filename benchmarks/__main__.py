"""Runs the benchmarks and prints their table: `python -m benchmarks [NAME …]`."""

import os
import subprocess
import sys
import tempfile
import time

from benchmarks import ceiling, machine, table

PARTS = ("training", "trials", "tracking", "startup", "word2vec", "decoding", "acting")
STUDIES = ("adaptation", "reuse", "search", "with_without")  # by name only


def main(names: list[str]) -> int:
    """Prints machine and command, then each part's rows, each part in a process of its own.

    Returns:
        How many parts failed.
    """
    for name in names:
        if name not in PARTS + STUDIES:
            raise SystemExit(f"unknown: {name}. Known: {', '.join(PARTS + STUDIES)}")
    measured = ceiling.measured()
    print("\n".join([*machine.described(), measured.words(), ""]))
    print(f"`{' '.join(['python -m benchmarks', *names])}`\n\n{table.HEAD}", flush=True)
    took, failed = {}, {}
    for name in names or PARTS:
        begun = time.monotonic()
        if said := _failure(name, measured):
            failed[name] = said
        took[name] = time.monotonic() - begun
    words = ", ".join(f"{name} {seconds:.0f}" for name, seconds in took.items())
    print(f"\nTook {sum(took.values()):.0f} s: {words}.")
    for name, said in failed.items():
        print(f"\nFailed: {name}\n{said}")
    return len(failed)


def _failure(name: str, measured: ceiling.Ceiling) -> str:
    """Prints a part's rows; gives the end of what it complained of if it failed."""
    command = [sys.executable, "-m", "benchmarks.table", name]
    environment = {**os.environ, ceiling.KNOWN: measured.text()}
    with tempfile.TemporaryFile() as errors:
        done = subprocess.run(command, env=environment, stderr=errors)
        errors.seek(0)
        return errors.read()[-3000:].decode(errors="replace") if done.returncode else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
