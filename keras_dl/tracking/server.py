"""Serves MLflow's pages and ends with the process that started it: `python -m …server WORDS`.

A process that is killed cannot end its children, and MLflow's server leaves its own running. So a
small process stands in between, which follows its parent and ends the whole family.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import NoReturn

import psutil

__all__ = ["check_port", "end_family", "main"]

INTERVAL = 0.5  # seconds between two looks at parent and server


def check_port(host: str, port: int) -> None:
    """Checks that a server can listen.

    Args:
        host: address to listen on.
        port: port to listen on.

    Raises:
        ValueError: if another program uses the port, or the address is not this machine's.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise ValueError(
            "`host` and `port` must name an address on which nothing else listens: "
            f"{error.strerror or error}. Received: host={host}, port={port}"
        ) from None


def main(words: Sequence[str]) -> int:
    """Runs MLflow's command line until it ends, or the parent process does.

    Args:
        words: the command line of MLflow.

    Returns:
        MLflow's exit status.
    """
    parent = os.getppid()
    server = subprocess.Popen([sys.executable, "-P", "-m", "mlflow", *words])
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        while (status := server.poll()) is None and os.getppid() == parent:
            time.sleep(INTERVAL)
        return status or 0
    except KeyboardInterrupt:
        return 130
    finally:
        end_family(server.pid)


def end_family(pid: int) -> None:
    """Ends a process and all its descendants.

    Args:
        pid: id of the process.
    """
    try:
        family = [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]
    except psutil.NoSuchProcess:
        return
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(family, timeout=5)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
