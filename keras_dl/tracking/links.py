"""Links to MLflow's pages, on the address that `keras-dl ui` serves in this folder."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from mlflow.entities import Run

from keras_dl.tracking import store
from keras_dl.utils.files import write_atomically

__all__ = ["base_url", "in_page", "page_url", "run_url", "serving"]

UI = "http://127.0.0.1:5000"
# Without it the pages open as the browser last had them, at first in the mode for language models.
MODE = "workflowType=machine_learning"
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


def run_url(run: Run) -> str:
    """Returns the link to a run's page."""
    return page_url(f"experiments/{run.info.experiment_id}/runs/{run.info.run_id}")


def page_url(page: str) -> str:
    """Returns the link to a page, in the mode for the training of models.

    Args:
        page: route of the page, with or without a query.
    """
    return f"{base_url()}/#/{page}{'&' if '?' in page else '?'}{MODE}"


def in_page(url: str) -> str:
    """Returns a link for the pages themselves, which holds on any port."""
    return "#/" + url.partition("/#/")[2]


def base_url() -> str:
    """Returns the address of the pages: the tracking server, or that of `keras-dl ui`."""
    if store.uri().startswith("http"):
        return store.uri().rstrip("/")
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        served = json.loads(_file().read_text(encoding="utf-8"))
        if served["store"] == store.uri() and store.is_alive(served["process"]):
            return str(served["address"])
    return UI


@contextlib.contextmanager
def serving(host: str, port: int) -> Iterator[None]:
    """Tells other processes of this folder the address of the pages while the block runs.

    Args:
        host: address that the server listens on.
        port: port that it listens on.
    """
    name = ANY_ADDRESS.get(host, f"[{host}]" if ":" in host else host)
    own = {
        "address": f"http://{name}:{port}",
        "store": store.uri(),
        "process": store.process_tag(),
    }
    text = json.dumps(own)
    _file().parent.mkdir(parents=True, exist_ok=True)
    write_atomically(_file(), text)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if _file().read_text(encoding="utf-8") == text:  # not that of a later server
                _file().unlink()


def _file() -> Path:
    return store.root() / "ui.json"
