"""Few-shot classification: classes that training has not seen, from a few examples of each."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from scipy.special import softmax

from keras_dl import plots
from keras_dl.algorithms.prototypical import PrototypicalNetwork, episode_accuracy
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, read_images
from keras_dl.data.few_shot import Episodes, read_class_images
from keras_dl.data.few_shot.loading import TEST_EPISODES, TEST_QUERY
from keras_dl.data.files import user_path
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.unreadable import Unreadable
from keras_dl.space import Range
from keras_dl.tasks.base import Prediction, SavedRun, Task, white_of, without_answer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FewShot", "prototype_probabilities", "task"]

KINDS = ((5, 1), (5, 5), (20, 1), (20, 5))  # (way, shot) of the paper's tables
SHOWN_QUERIES = 4  # of each class, in the figure
INTERVAL = 1.96  # standard errors on each side of the mean: 95 %


class FewShot(Task):
    """Trains by episodes, reports on episodes of new classes, predicts from a support folder."""

    name = "few_shot"

    def report(self, model: PrototypicalNetwork, data: Data) -> dict[str, Any]:
        """Measures 5- and 20-way, 1- and 5-shot accuracy on 1,000 fixed test episodes each.

        Kinds for which test has too few classes or images are left out.

        Args:
            model: with its best weights.
            data: as `keras_dl.data.few_shot.few_shot` loads it.

        Returns:
            `few_shot/5way_1shot` … as shares, `…_ci95` the half width of the 95 % interval, and the
            figures `accuracies` and `episode`.
        """
        embeddings = np.asarray(outputs(model.encoder, data.test.x))
        drawings = np.bincount(data.test.y)
        accuracies = {}
        for way, shot in KINDS:
            if way <= len(drawings) and shot + TEST_QUERY <= drawings.min():
                sampler = Episodes(data.test.y, way=way, shot=shot, query=TEST_QUERY,
                                   episodes=TEST_EPISODES, split="test")  # fmt: skip
                rows = sampler.indices(0, 0, 1, None)
                shares = episode_accuracy(embeddings, rows, shot=shot)
                half = INTERVAL * shares.std(ddof=1) / np.sqrt(len(shares))
                accuracies[way, shot] = float(shares.mean()), float(half)
        numbers: dict[str, Any] = {}
        for (way, shot), (mean, half) in accuracies.items():
            numbers[f"few_shot/{way}way_{shot}shot"] = mean
            numbers[f"few_shot/{way}way_{shot}shot_ci95"] = half
        named = {f"{way}-way {shot}-shot": value for (way, shot), value in accuracies.items()}
        figures = {"episode": _episode_figure(data, embeddings)}
        if named:
            figures["accuracies"] = plots.episode_accuracies(named)
        return {**numbers, **figures}

    def predict(
        self, run: SavedRun, inputs: Sequence[str], *, top: Annotated[int, Range(1, 1000)] = 3
    ) -> Iterable[Prediction]:
        """Classifies images into the classes of a support folder.

        Args:
            run: of a prototypical network.
            inputs: first a folder or archive of images by class, the support; then image files or
                folders, the queries.
            top: classes per query, most probable first.

        Raises:
            ValueError: if there are no queries, or images of the support cannot be read.
        """
        if len(inputs) < 2:
            raise ValueError(
                "`inputs` must be a support folder with images by class, then images to classify. "
                f"Received: inputs={list(inputs)}"
            )
        shape = tuple(run.spec["input_shape"])
        support = read_class_images(user_path(inputs[0]), input_shape=shape, white=white_of(run))
        unreadable: Unreadable = []
        images, sources = read_images(inputs[1:], shape, white_of(run), unreadable)
        if not sources:
            return without_answer(unreadable)
        points, queries = (_embeddings(run, x) for x in (support.x, images))
        probabilities = prototype_probabilities(points, support.y, queries)
        predictions = []
        for source, row in zip(sources, probabilities, strict=True):
            ranking = tuple((support.names[i], float(row[i])) for i in (-row).argsort()[:top])
            text = ", ".join(f"{name} {share:.3f}" for name, share in ranking)
            predictions.append(Prediction(source, text, ranking=ranking))
        return [*predictions, *without_answer(unreadable)]


def _embeddings(run: SavedRun, images: np.ndarray) -> np.ndarray:
    model: Any = run.model
    inputs = images if run.preprocessor is None else run.preprocessor(images)
    return np.asarray(outputs(model.encoder, inputs))


def _episode_figure(data: Data, embeddings: np.ndarray) -> "Figure":
    """The first test episode of the data's own kind."""
    sampler: Any = data.sampler("test")
    rows = sampler.indices(0, 0, 1, 1)[0][:, : sampler.shot + SHOWN_QUERIES]
    support, queries = np.split(rows, [sampler.shot], axis=1)
    points = embeddings[support.ravel()]
    labels = np.repeat(np.arange(len(rows)), sampler.shot)
    scores = prototype_probabilities(points, labels, embeddings[queries.ravel()])
    targets: Any = data.targets
    names = np.asarray(targets.by_split["test"])[data.test.y[rows[:, 0]]]
    return plots.episode(
        to_bytes(data.test.x[support]),
        to_bytes(data.test.x[queries]),
        scores.argmax(axis=1).reshape(queries.shape),
        names.tolist(),
    )


def prototype_probabilities(
    support: np.ndarray, labels: np.ndarray, queries: np.ndarray
) -> np.ndarray:
    """Computes the class probabilities of queries, classes of any number of support examples.

    Args:
        support: embeddings (n, dim).
        labels: class numbers of the support (n,), 0..classes - 1, each at least once.
        queries: embeddings (m, dim).

    Returns:
        (m, classes), each row adding up to 1.
    """
    prototypes = np.stack([support[labels == c].mean(axis=0) for c in range(labels.max() + 1)])
    difference = queries[:, None].astype("float64") - prototypes[None]
    return softmax(-np.sum(difference**2, axis=-1), axis=-1)


task = FewShot()
