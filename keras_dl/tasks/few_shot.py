"""Few-shot classification: classes that training has not seen, from a few examples of each."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from scipy.special import softmax

from keras_dl import plots
from keras_dl.algorithms.prototypical import episode_accuracy
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, read_images
from keras_dl.data.few_shot import read_class_images
from keras_dl.data.files import user_path
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.unreadable import Unreadable
from keras_dl.space import Range
from keras_dl.tasks.base import Prediction, SavedRun, Task, white_of, without_answer
from keras_dl.tasks.episode_figures import accuracies_by_kind, interval_of, numbers_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FewShot", "episode_figure", "prototype_probabilities", "task"]

SHOWN_QUERIES = 4  # of each class, in the figure
LABELS = {"few_shot": "this network", "within_groups": "within groups", "pixels": "pixels"}
# Of Vinyals' 423 test characters with rotations; the code was run again by four others.
PUBLISHED = {
    "Snell et al., 2017": {(5, 1): 0.988, (5, 5): 0.997, (20, 1): 0.960, (20, 5): 0.989},
    "their code, run again": {(5, 1): 0.984, (5, 5): 0.996, (20, 1): 0.950, (20, 5): 0.986},
}


class FewShot(Task):
    """Trains by episodes, reports on episodes of new classes, predicts from a support folder."""

    name = "few_shot"

    def report(self, model: Any, data: Data) -> dict[str, Any]:
        """Measures 5- and 20-way, 1- and 5-shot accuracy on 1,000 fixed test episodes each.

        Beside them those of episodes within groups, such as alphabets, where the data have groups,
        and those of the raw pixels in place of embeddings. Kinds for which test has too few classes
        or images are left out.

        Args:
            model: with its best weights.
            data: as `keras_dl.data.few_shot.few_shot` loads it.

        Returns:
            `few_shot/5way_1shot` … as shares, `…_ci95` the half width of the 95 % interval;
            `within_groups/…` and `pixels/…` likewise; `official_runs/20way_1shot` of Omniglot's 20
            runs where the data have them; and the figures `accuracies` and `episode`.
        """
        embeddings = self.embeddings(model, data.test.x)
        groups = data.extras.get("groups", ())
        series = {
            "few_shot": accuracies_by_kind(embeddings, data),
            "within_groups": accuracies_by_kind(embeddings, data, groups) if groups else {},
            "pixels": accuracies_by_kind(data.test.x, data),
        }
        report: dict[str, Any] = {"episode": episode_figure(self, model, data, embeddings)}
        for name, accuracies in series.items():
            report |= numbers_of(accuracies, name)
        if runs := data.extras.get("official_runs"):
            points = self.embeddings(model, runs.x.reshape(-1, *runs.x.shape[3:]))
            rows = np.arange(len(points)).reshape(runs.x.shape[:3])
            mean, half = interval_of(episode_accuracy(points, rows, shot=1))
            report |= {"official_runs/20way_1shot": mean, "official_runs/20way_1shot_ci95": half}
        if series["few_shot"]:
            named = {LABELS[name]: kinds for name, kinds in series.items() if kinds}
            published = PUBLISHED if data.name == "omniglot" else {}
            report["accuracies"] = plots.episode_accuracies(named, published)
        return report

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
        ready = run.preprocessor or (lambda x: x)
        points, queries = (self.embeddings(run.model, ready(x)) for x in (support.x, images))
        probabilities = self.probabilities(run.model, points, support.y, queries)
        predictions = []
        for source, row in zip(sources, probabilities, strict=True):
            ranking = tuple((support.names[i], float(row[i])) for i in (-row).argsort()[:top])
            text = ", ".join(f"{name} {share:.3f}" for name, share in ranking)
            predictions.append(Prediction(source, text, ranking=ranking))
        return [*predictions, *without_answer(unreadable)]

    def embeddings(self, model: Any, images: np.ndarray) -> np.ndarray:
        """Computes embeddings of raw images (n, height, width, channels), (n, dim)."""
        return np.asarray(outputs(model.encoder, images))

    def probabilities(
        self, model: Any, support: np.ndarray, labels: np.ndarray, queries: np.ndarray
    ) -> np.ndarray:
        """Computes the class probabilities of queries, see `prototype_probabilities`.

        Args:
            model: of the run.
            support: embeddings (n, dim).
            labels: class numbers of the support (n,).
            queries: embeddings (m, dim).
        """
        return prototype_probabilities(support, labels, queries)


def episode_figure(task: FewShot, model: Any, data: Data, embeddings: np.ndarray) -> "Figure":
    """The first test episode of the data's own kind.

    Args:
        task: its `probabilities` answer.
        model: trained.
        data: as `keras_dl.data.few_shot.few_shot` loads it.
        embeddings: of all test images (n, dim).
    """
    sampler: Any = data.sampler("test")
    rows = sampler.indices(0, 0, 1, 1)[0][:, : sampler.shot + SHOWN_QUERIES]
    support, queries = np.split(rows, [sampler.shot], axis=1)
    points = embeddings[support.ravel()]
    labels = np.repeat(np.arange(len(rows)), sampler.shot)
    scores = task.probabilities(model, points, labels, embeddings[queries.ravel()])
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
