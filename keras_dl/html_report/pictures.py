"""Figures of runs as images inside a page, of bounded size together."""

import base64
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

from keras_dl.tracking import store
from keras_dl.utils import scratch

__all__ = ["Album", "Picture"]

WIDTH = 760  # pixels at most; a page shows two figures side by side
QUALITY = 72  # of WebP


@dataclass(frozen=True)
class Picture:
    """A figure of a run.

    Attributes:
        name: of the figure.
        source: data URI.
    """

    name: str
    source: str


class Album:
    """Reads figures until their characters together reach a limit.

    Args:
        most: characters of all images together.

    Attributes:
        omitted: number of figures that had no place.
    """

    def __init__(self, most: int) -> None:
        self._left, self.omitted = most, 0

    def figures(self, run: store.Run) -> list[Picture]:
        """Returns the figures of a run that have a place, by name."""
        client, pictures = store.client(), []
        files = [f for f in client.list_artifacts(run.info.run_id, "figures") if not f.is_dir]
        with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
            for file in sorted(files, key=lambda f: f.path):
                if not file.path.endswith(".png"):
                    continue
                if self._left <= 0:
                    self.omitted += 1
                    continue
                path = Path(client.download_artifacts(run.info.run_id, file.path, folder))
                source = _embed(path)
                if len(source) > self._left:
                    self.omitted += 1
                    self._left = 0  # to read all others for the smallest ones takes minutes
                    continue
                self._left -= len(source)
                pictures.append(Picture(path.stem.replace("_", " "), source))
        return pictures


def _embed(path: Path) -> str:
    """Returns a figure as a data URI of moderate size."""
    from PIL import Image

    with Image.open(path) as stored:
        image = stored.convert("RGB")
    image.thumbnail((WIDTH, 4 * WIDTH))
    packed = io.BytesIO()
    image.save(packed, "WEBP", quality=QUALITY, method=4)
    return "data:image/webp;base64," + base64.b64encode(packed.getvalue()).decode()
