"""What recipes of autoencoders report: reconstructions, filters, and the quality of the codes."""

from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Images, Split, read_images
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.unreadable import Unreadable
from keras_dl.metrics import linear_probe_accuracy, nearest_neighbour_accuracy, project
from keras_dl.tasks.base import Prediction, SavedRun, Task, white_of, without_answer
from keras_dl.tasks.class_figures import first_kernel

__all__ = ["Reconstruction", "image_pixels", "probe_codes", "report_reconstruction", "task"]

SHOWN = 10  # test images in the figure of reconstructions
PROJECTED = 1000  # codes in the figure of projections
PROBED = 10_000  # training examples of the nearest neighbours and the linear classifier


def report_reconstruction(model: Any, data: Data) -> dict[str, Any]:
    """Figures and numbers of an autoencoder on the test set.

    Args:
        model: from raw examples to {"code", "reconstruction"}, scaled to [0, 1] for images.
        data: its test split is shown.

    Returns:
        Of images the figures "reconstructions" and "filters"; what `probe_codes` returns; and
        "pca_mean_squared_error", the error of as many principal components as the code has numbers,
        fitted on train.
    """
    results: dict[str, Any] = {"pca_mean_squared_error": _pca_error(model, data)}
    if isinstance(data.inputs, Images):
        shown = data.test.sample(SHOWN).x
        pictures = image_pixels(outputs(model, shown)["reconstruction"])
        pairs = np.concatenate([to_bytes(shown), pictures])
        title = "test images, and their reconstructions below"
        results["reconstructions"] = plots.image_grid(pairs, len(shown), title=title)
        kernel = first_kernel(model, data.input_shape)
        if kernel is not None:
            results["filters"] = plots.filters(kernel)
    codes = {name: _codes(model, data, name) for name in ("train", "test")}
    return {**results, **probe_codes(codes, data)}


def probe_codes(codes: dict[str, tuple[np.ndarray, Split]], data: Data) -> dict[str, Any]:
    """Figures and numbers of codes with the classes of their examples.

    Args:
        codes: "train" and "test" → codes (n, dim) and the examples that they are of.
        data: has the class names; without classes nothing is returned.

    Returns:
        The figure "codes"; numbers "nearest_neighbour_accuracy" (10 neighbours, cosine) and
        "linear_probe_accuracy", of a classifier of at most 10,000 codes of train.
    """
    if data.num_classes < 2:
        return {}
    (train, near), (test, far) = codes["train"], codes["test"]
    maps = project(test[:PROJECTED])
    neighbours = min(10, len(train))
    return {
        "codes": plots.projections(maps, far.y[:PROJECTED], data.class_names),
        "nearest_neighbour_accuracy": nearest_neighbour_accuracy(
            train, near.y, test, far.y, neighbours=neighbours
        ),
        "linear_probe_accuracy": linear_probe_accuracy(train, near.y, test, far.y),
    }


def image_pixels(images: np.ndarray) -> np.ndarray:
    """Returns images in [0, 1] as uint8 pixels; numbers outside are clipped."""
    return np.rint(255 * np.asarray(images, np.float32)).clip(0, 255).astype("uint8")


def _codes(model: Any, data: Data, name: str) -> tuple[np.ndarray, Split]:
    split: Split = getattr(data, name)
    split = split.sample(PROBED)
    codes = outputs(model, split.x)["code"]
    return np.asarray(codes).reshape(len(codes), -1), split


def _pca_error(model: Any, data: Data) -> float:
    from sklearn.decomposition import PCA

    train, test = (_scaled(model, split.sample(PROBED).x) for split in (data.train, data.test))
    units = outputs(model, data.test.sample(1).x)["code"].size
    pca = PCA(min(units, *train.shape), random_state=0).fit(train)
    return float(np.mean((pca.inverse_transform(pca.transform(test)) - test) ** 2))


def _scaled(model: Any, x: np.ndarray) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(model.scaling(x))).reshape(len(x), -1)


class Reconstruction(Task):
    """Autoencoders; predictions are the reconstructions of images."""

    name = "reconstruction"

    def report(self, model: Any, data: Data) -> dict[str, Any]:
        """Returns the figures and numbers of `report_reconstruction`."""
        return report_reconstruction(model, data)

    def predict(self, run: SavedRun, inputs: Sequence[str]) -> Iterable[Prediction]:
        """Reconstructs images.

        Args:
            run: an autoencoder of images.
            inputs: image files, folders of images or `.npz` files with `x`.

        Yields:
            Reconstructed images with their mean squared error; for files that cannot be read, the
            reasons.

        Raises:
            ValueError: if the run is of other data than images.
        """
        if run.spec["inputs"]["type"] != "Images":
            raise ValueError(
                "`run_id` must name an autoencoder of images. "
                f"Received: {run.spec['inputs']['type']}"
            )
        unreadable: Unreadable = []
        shape = tuple(run.spec["input_shape"])
        examples, sources = read_images(inputs, shape, white_of(run), unreadable)
        if sources:
            made = outputs(run.model, examples)["reconstruction"]
            errors = np.mean((made - examples / np.float32(255)) ** 2, axis=(1, 2, 3))
            for source, picture, error in zip(sources, image_pixels(made), errors, strict=True):
                yield Prediction(source, f"mean squared error {error:.5f}", picture)
        yield from without_answer(unreadable)


task = Reconstruction()
