"""Few-shot classification: report on new classes, predictions from a support folder."""

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from keras_dl.algorithms import PrototypicalNetwork
from keras_dl.data import with_scaling
from keras_dl.data.few_shot import few_shot, glyphs
from keras_dl.data.serialization import preprocessor_from_json, preprocessor_to_json
from keras_dl.models import conv4
from keras_dl.tasks.base import SavedRun, get_task
from keras_dl.tasks.few_shot import prototype_probabilities, task


@pytest.fixture(scope="module")
def data():
    return few_shot("glyphs", way=5, query=3, episodes=4)


@pytest.fixture(scope="module")
def model(data):
    keras.utils.set_random_seed(0)
    model = PrototypicalNetwork(with_scaling(data, conv4(data.input_shape, filters=8)))
    model.compile(keras.optimizers.Adam(1e-2))
    return model


@pytest.fixture(scope="module")
def report(model, data):
    return task.report(model, data)


def test_name_leads_to_the_task():
    assert get_task("few_shot") is task


def test_report_has_accuracies_with_intervals_and_figures(report):
    for kind in ("5way_1shot", "5way_5shot", "20way_1shot", "20way_5shot"):
        assert 0.05 < report[f"few_shot/{kind}"] <= 1
        assert 0 <= report[f"few_shot/{kind}_ci95"] < 0.02
    assert report["few_shot/5way_1shot"] > report["few_shot/20way_1shot"]
    assert 0.2 < report["within_groups/5way_1shot"] <= 1
    assert "within_groups/20way_1shot" not in report  # the groups have 10 classes
    assert isinstance(report["episode"], Figure)
    assert isinstance(report["accuracies"], Figure)


def test_reported_accuracy_equals_the_evaluation(report, model, data):
    rows = data.sampler("test").indices(0, 0, 1, None)[:100]
    shares = model.evaluate(data.test.x[rows], data.test.y[rows], verbose=0, return_dict=True)
    few = few_shot("glyphs", way=5, query=3, episodes=4)
    assert shares["accuracy"] == pytest.approx(report["few_shot/5way_1shot"], abs=0.05)
    np.testing.assert_array_equal(few.sampler("test").indices(0, 0, 1, None)[:100], rows)


def test_pixels_are_classified_by_their_distance(report, data):
    rows = data.sampler("test").indices(0, 0, 1, None)
    shares = []
    for support, *queries in rows.swapaxes(1, 2)[:200]:
        support, queries = (data.test.x[r].reshape(-1, 784).astype(float)
                            for r in (support, np.ravel(queries)))  # fmt: skip
        distances = np.square(queries[:, None] - support[None]).sum(axis=-1)
        shares.append(np.mean(distances.argmin(axis=1) == np.tile(np.arange(5), 5)))
    assert report["pixels/5way_1shot"] == pytest.approx(np.mean(shares), abs=0.04)


def test_kinds_without_enough_classes_are_left_out(model):
    small = few_shot(glyphs(classes={"train": 5, "validation": 3, "test": 6}), way=5)
    report = task.report(model, small)
    assert {name for name in report if name.endswith("shot")} == {
        "few_shot/5way_1shot", "few_shot/5way_5shot",
        "pixels/5way_1shot", "pixels/5way_5shot"}  # fmt: skip


def write(folder, images, labels, names, dark_ink=True):
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        place = folder / names[label] if names else folder
        place.mkdir(parents=True, exist_ok=True)
        pixels = 255 - image.squeeze() if dark_ink else image.squeeze()
        Image.fromarray(pixels).save(place / f"{number:02d}.png")


@pytest.mark.parametrize("dark_ink", [False, True])
def test_queries_get_the_class_of_the_nearest_support_in_either_ink(
    tmp_path, model, data, dark_ink
):
    # Queries equal to the support: at distance 0 even for a network that has not learnt.
    test = glyphs().splits["test"]
    rows = [np.flatnonzero(test.y == c)[0] for c in range(4)]
    write(tmp_path / "support", test.x[rows], test.y[rows], "abcd", not dark_ink)
    write(tmp_path / "queries", test.x[rows], test.y[rows], None, dark_ink)
    spec = {"input_shape": list(data.input_shape)}
    ink = preprocessor_from_json(preprocessor_to_json(data.preprocessor))
    answers = task.predict(
        SavedRun(model, spec, ink), [str(tmp_path / "support"), str(tmp_path / "queries")], top=2
    )
    assert [answer.ranking[0][0] for answer in answers] == ["a", "b", "c", "d"]
    assert all(len(answer.ranking) == 2 for answer in answers)
    assert answers[0].text.startswith("a ")


def test_a_support_folder_alone_is_refused(tmp_path, model):
    with pytest.raises(ValueError, match="must be a support folder with images by class, then"):
        task.predict(SavedRun(model, {}, None), [str(tmp_path)])


def test_probabilities_follow_the_distance_to_the_class_means():
    support = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 3.0]])
    rows = prototype_probabilities(support, np.array([0, 0, 1]), np.array([[1.0, 1.0]]))
    scores = np.exp([-1.0, -5.0])  # means (1, 0) and (0, 3)
    np.testing.assert_allclose(rows, [scores / scores.sum()])
