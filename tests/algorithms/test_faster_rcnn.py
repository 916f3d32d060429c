import keras
import numpy as np
import pytest

from keras_dl.algorithms._boxes import decode_boxes, encode_boxes, make_anchors
from keras_dl.algorithms._sampling import draw_sample, match_boxes
from keras_dl.algorithms.faster_rcnn import FasterRCNN, mirror_boxes, smooth_l1
from keras_dl.backend.gradients import gradients
from keras_dl.metrics.detection import Objects, mean_average_precision
from keras_dl.tasks.detection import detect
from tests.algorithms.detector_values import BOXES, CLASSES, detector, images
from tests.backends import values_on
from tests.checks import count_parameters

Y = {"boxes": BOXES, "classes": CLASSES}


def numpy(x):
    return keras.ops.convert_to_numpy(x)


def test_boxes_are_matched_by_hand():
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 5], [20, 20, 30, 30], [9, 9, 12, 12]], "float32")
    objects = np.array([[[0, 0, 10, 10], [21, 20, 31, 30], [0, 0, 10, 10]]], "float32")
    matches = match_boxes(boxes, objects, np.array([[True, True, False]]))
    np.testing.assert_allclose(numpy(matches.overlap)[0], [1, 0.5, 9 / 11, 1 / 108], rtol=1e-5)
    assert numpy(matches.objects)[0, :3].tolist() == [0, 0, 1]
    assert numpy(matches.best)[0].tolist() == [True, False, True, False]


def test_an_image_without_objects_has_no_matches():
    boxes = np.array([[0, 0, 10, 10]], "float32")
    matches = match_boxes(boxes, np.zeros((1, 2, 4), "float32"), np.zeros((1, 2), bool))
    assert numpy(matches.overlap).tolist() == [[0.0]]
    assert numpy(matches.best).tolist() == [[False]]


@pytest.mark.parametrize(("positives", "expected"), [(3, (3, 7)), (40, (5, 5)), (0, (0, 10))])
def test_samples_are_filled_with_negatives(positives, expected):
    positive = np.arange(60)[None] < positives
    drawn = draw_sample(positive, ~positive, 10, 0.5, keras.random.SeedGenerator(0))
    picked, others = map(numpy, drawn)
    assert (picked.sum(), others.sum()) == expected
    assert not (picked & ~positive).any()
    assert not (others & positive).any()


def test_samples_differ_between_draws_and_cover_all():
    positive = np.ones((1, 12), bool)
    seed = keras.random.SeedGenerator(0)
    draws = [numpy(draw_sample(positive, ~positive, 4, 1.0, seed)[0]) for _ in range(40)]
    assert {int(draw.sum()) for draw in draws} == {4}
    assert np.any(draws, axis=0).all()
    assert len({tuple(draw[0]) for draw in draws}) > 10


def test_smooth_l1_by_hand_and_its_slope_is_continuous():
    values = numpy(smooth_l1(np.array([0.0, 0.5, -1.0, 3.0], "float32"), 1.0))
    np.testing.assert_allclose(values, [0, 0.125, 0.5, 2.5])
    torch = pytest.importorskip("torch", reason="torch is the reference")
    x = np.linspace(-1, 1, 41, dtype="float32")
    theirs = torch.nn.functional.smooth_l1_loss(
        torch.tensor(x), torch.zeros(41), beta=1 / 9, reduction="none"
    )
    np.testing.assert_allclose(numpy(smooth_l1(x, 1 / 9)), theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_box_round_an_object_stays_round_it_when_mirrored(axis):
    random = np.random.default_rng(axis)
    for _ in range(20):
        left, top = random.integers(0, 20, 2)
        right, bottom = left + random.integers(1, 12), top + random.integers(1, 12)
        image = np.zeros((32, 40))
        image[top:bottom, left:right] = 1
        moved = image[:, ::-1] if axis == 0 else image[::-1]
        box = numpy(mirror_boxes(np.array([[left, top, right, bottom]]), (40, 32)[axis], axis))[0]
        rows, columns = np.nonzero(moved)
        edges = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert box.tolist() == edges


def test_images_and_boxes_are_mirrored_by_the_same_draws():
    model = detector(mirror=True)
    pixels = np.zeros((64, 32, 32, 3), "uint8")
    pixels[:, 5:19, 4:16] = 200
    boxes = np.tile(np.array([[[4, 5, 16, 19]]], "float32"), (64, 1, 1))
    moved, places = map(numpy, model._mirrored(pixels, boxes))
    assert len({tuple(place[0]) for place in places}) == 4
    for image, (left, top, right, bottom) in zip(moved, places[:, 0].astype(int), strict=True):
        assert (image[top:bottom, left:right] == 200).all()
        assert image.sum() == pixels[0].sum()


def test_perfect_codes_have_no_loss_of_boxes():
    """Anchors' losses with logits and codes that say the truth."""
    model = detector()
    anchors = make_anchors((14.0,), (0.5, 1.0, 2.0), 8, 4, 4)
    np.testing.assert_array_equal(model.anchors, anchors)
    there = CLASSES >= 0
    matches = match_boxes(anchors, BOXES, there)
    positive = (numpy(matches.overlap) >= 0.7) | numpy(matches.best)
    logits = np.where(positive, 20.0, -20.0).astype("float32")
    owners = np.take_along_axis(BOXES, numpy(matches.objects)[..., None], axis=1)
    codes = encode_boxes(owners, anchors)
    losses = model._anchor_losses(logits, codes, BOXES, there)
    assert float(losses["objectness"]) == pytest.approx(0, abs=1e-4)
    assert float(losses["anchor_boxes"]) == pytest.approx(0, abs=1e-4)
    worse = model._anchor_losses(-logits, codes + 1, BOXES, there)
    assert float(worse["objectness"]) > 15
    assert float(worse["anchor_boxes"]) > 0.05


def test_proposals_are_constants_and_overlap_little():
    model = detector()
    random = np.random.default_rng(0)
    logits = random.normal(size=(2, 48)).astype("float32")
    codes = random.normal(0, 0.3, (2, 48, 4)).astype("float32")
    boxes, valid = map(numpy, model._proposals(logits, codes))
    assert boxes.shape == (2, 6, 4)
    assert valid.all()
    assert boxes.min() >= 0
    assert boxes.max() <= 32
    best = int(logits[0].argmax())
    expected = numpy(decode_boxes(codes[0, best], model.anchors[best])).clip(0, 32)
    np.testing.assert_allclose(boxes[0, 0], expected, rtol=1e-5)
    slopes = gradients(lambda v: keras.ops.sum(model._proposals(v[0], v[1])[0]), [logits, codes])
    assert all((slope == 0).all() for slope in slopes)


def test_every_weight_gets_a_gradient():
    model = detector()
    model.compile(keras.optimizers.SGD(0.5), run_eagerly=True)
    before = [numpy(weight).copy() for weight in model.trainable_weights]
    model.train_on_batch(images(), Y)
    for weight, old in zip(model.trainable_weights, before, strict=True):
        assert (numpy(weight) != old).any(), weight.path


def test_saved_and_loaded_it_detects_the_same(tmp_path):
    model = detector()
    before = model.predict(images(), verbose=0)
    model.save(tmp_path / "detector.keras")
    loaded = keras.saving.load_model(tmp_path / "detector.keras")
    assert count_parameters(loaded) == count_parameters(model)
    for name, values in loaded.predict(images(), verbose=0).items():
        np.testing.assert_array_equal(values, before[name])


def test_detections_are_certain_apart_and_padded():
    detected = detector().predict(images(), verbose=0)
    scores, classes = detected["scores"], detected["classes"]
    assert (np.diff(scores, axis=1) <= 0).all()
    assert ((scores > 0.05) == (classes >= 0)).all()
    assert (detected["boxes"][classes < 0] == 0).all()
    assert detected["boxes"].max() <= 32


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_two_images_are_learnt_by_heart():
    keras.utils.set_random_seed(0)
    pixels = np.full((2, 32, 32, 3), 60, "uint8")
    for image, boxes, classes in zip(pixels, BOXES.astype(int), CLASSES, strict=True):
        for (left, top, right, bottom), label in zip(boxes, classes, strict=True):
            image[top:bottom, left:right, max(label, 0)] = 220
    model = detector()
    model.compile(keras.optimizers.Adam(3e-3))
    model.fit(pixels, Y, batch_size=2, epochs=250, verbose=0)
    objects = [Objects(b[k >= 0], k[k >= 0]) for b, k in zip(BOXES, CLASSES, strict=True)]
    # Normalisation of two images in training and moving averages differ little by now.
    assert mean_average_precision(objects, detect(model, pixels), 2, points=101)[0] == 1


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same(tmp_path, backend):
    there = values_on(backend, "algorithms.detector_values", tmp_path)
    here = values_on("tensorflow", "algorithms.detector_values", tmp_path, own=True)
    assert set(there) == set(here)
    for name, values in there.items():
        np.testing.assert_allclose(values, here[name], rtol=1e-3, atol=1e-3, err_msg=name)


def test_levels_and_sizes_must_agree():
    model = detector()
    with pytest.raises(ValueError, match="`sizes` must have a list for each level"):
        FasterRCNN(
            model.backbone, model.proposer, model.head, num_classes=2, strides=[8], sizes=[[1], [2]]
        )
