import keras
import numpy as np
import pytest

from keras_dl.losses import DistillationLoss, distillation_accuracy, soft_targets
from tests.backends import values_on


def batch(classes=5, count=8):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, classes, count)
    return labels, 4 * rng.normal(size=(count, classes)), 3 * rng.normal(size=(count, classes))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("temperature", "weight"), [(1.0, 1.0), (4.0, 0.7), (20.0, 0.0)])
def test_value_is_the_formula(temperature, weight):
    labels, teacher, student = batch()
    p, q = softmax(teacher / temperature), softmax(student / temperature)
    hard = -np.log(softmax(student)[np.arange(8), labels])
    divergence = (p * np.log(p / q)).sum(axis=1)
    expected = ((1 - weight) * hard + weight * temperature**2 * divergence).mean()
    loss = DistillationLoss(temperature, weight)
    found = float(loss(soft_targets(labels, teacher), student.astype("float32")))
    assert found == pytest.approx(expected, rel=1e-4)


def test_at_high_temperature_the_gradient_is_that_of_centred_logits():
    """Section 2.1 of the paper: for large T, T²·∂/∂zᵢ approaches (zᵢ − vᵢ)/N of centred logits."""
    _, teacher, student = batch(count=1)
    loss, labels = DistillationLoss(50.0, 1.0), np.zeros(1)
    gradient = []
    for i in range(5):
        step = np.eye(5)[i]
        low, high = (
            float(loss(soft_targets(labels, teacher), (student + s).astype("float64")))
            for s in (-step, step)
        )
        gradient.append((high - low) / 2)
    centred = student - student.mean() - (teacher - teacher.mean())
    np.testing.assert_allclose(gradient, centred[0] / 5, atol=0.1)


def test_a_copy_of_the_teacher_has_no_divergence():
    labels, teacher, _ = batch()
    targets = soft_targets(labels, teacher)
    assert float(DistillationLoss(3.0, 1.0)(targets, teacher.astype("float32"))) < 1e-5


def test_labels_alone_give_the_cross_entropy():
    labels, _, student = batch()
    expected = -np.log(softmax(student)[np.arange(8), labels]).mean()
    for y in (labels, labels[:, None]):
        found = float(DistillationLoss(20.0, 0.9)(y, student.astype("float32")))
        assert found == pytest.approx(expected, rel=1e-5)


def test_accuracy_looks_at_the_labels():
    labels, teacher, student = batch()
    expected = (student.argmax(axis=1) == labels).mean()
    for y in (labels, soft_targets(labels, teacher)):
        found = distillation_accuracy(keras.ops.convert_to_tensor(y), student.astype("float32"))
        assert float(keras.ops.mean(found)) == pytest.approx(expected)


def test_configuration_is_complete():
    loss = keras.losses.deserialize(keras.losses.serialize(DistillationLoss(3.0, 0.25)))
    assert (loss.temperature, loss.soft_weight) == (3.0, 0.25)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 0.5), "`temperature` must be positive"),
        ((1.0, 1.5), r"`soft_weight` must lie in \[0, 1\].*soft_weight=1.5"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        DistillationLoss(*arguments)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same_losses(tmp_path, backend):
    there = values_on(backend, "losses.distillation_values", tmp_path)
    here = values_on("tensorflow", "losses.distillation_values", tmp_path, own=True)
    np.testing.assert_allclose(there["losses"], here["losses"], rtol=1e-4)
