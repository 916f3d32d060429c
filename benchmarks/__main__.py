"""Runs the benchmarks and prints their table: `python -m benchmarks [NAME …]`."""

import os
import subprocess
import sys
import time

from benchmarks import ceiling, machine, table

PARTS = ("training", "trials", "tracking", "startup", "word2vec")
STUDIES = ("adaptation",)  # of accuracy, not of speed; by name only


def main(names: list[str]) -> int:
    """Prints machine and command, then each part's rows, each part in a process of its own."""
    for name in names:
        if name not in PARTS + STUDIES:
            raise SystemExit(f"unknown: {name}. Known: {', '.join(PARTS + STUDIES)}")
    measured = ceiling.measured()
    print("\n".join([*machine.described(), measured.words(), ""]))
    print(f"`{' '.join(['python -m benchmarks', *names])}`\n\n{table.HEAD}", flush=True)
    failed, start = [], time.monotonic()
    for name in names or PARTS:
        begun = time.monotonic()
        command = [sys.executable, "-m", "benchmarks.table", name]
        environment = {**os.environ, ceiling.KNOWN: measured.text()}
        if subprocess.run(command, env=environment).returncode:
            failed.append(name)
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    print(f"\nTook {time.monotonic() - start:.0f} s.")
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
