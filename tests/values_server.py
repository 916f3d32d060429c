"""Runs modules of values one after the other: a line of JSON for each, and one for its end."""

import json
import os
import runpy
import sys
import traceback

import keras


def serve() -> None:
    """Reads [module, word, …] from standard input until it ends."""
    # What modules print goes to the log; the answers alone go to standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        module, *words = json.loads(line)
        keras.utils.clear_session()
        keras.config.set_dtype_policy("float32")
        sys.argv = [module, *words]
        failure = ""
        try:
            runpy.run_module(module, run_name="__main__")
        except BaseException:
            failure = traceback.format_exc()
        print(json.dumps(failure), file=answers, flush=True)


if __name__ == "__main__":
    serve()
