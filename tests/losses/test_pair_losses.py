import keras
import numpy as np
import pytest

from keras_dl.losses import ContrastiveLoss, TripletLoss
from keras_dl.losses.triplet_loss import MINING


@pytest.mark.parametrize(
    ("same", "distance", "value"),
    [(1, 0.0, 0.0), (1, 0.6, 0.18), (0, 0.6, 0.08), (0, 1.0, 0.0), (0, 3.0, 0.0), (0, 0.0, 0.5)],
)
def test_contrastive_loss_of_a_pair(same, distance, value):
    found = ContrastiveLoss(1.0)(np.array([same]), np.array([distance], "float32"))
    assert float(found) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("same", [0, 1])
def test_contrastive_gradient_is_the_force_of_a_spring(same):
    """Section 2.2 of the paper: d for pairs of one class, −(m − d) up to the margin for others."""
    distances = np.array([0.2, 0.9, 1.4], "float32")
    loss = ContrastiveLoss(1.0, reduction="sum")
    step = 1e-3
    slopes = [
        (float(loss(np.array([same]), d + step)) - float(loss(np.array([same]), d - step)))
        / (2 * step)
        for d in distances[:, None]
    ]
    expected = distances if same else -np.maximum(1.0 - distances, 0)
    np.testing.assert_allclose(slopes, expected, atol=1e-2)


def test_triplet_loss_of_all_triplets():
    distances = np.array([[0.1, 0.2, 0.9, 0.25]], "float32")  # one anchor
    same = np.array([[1, 1, 0, 0]])
    gaps = [max(0.0, p - n + 0.2) for p in (0.1, 0.2) for n in (0.9, 0.25)]
    assert float(TripletLoss(0.2)(same, distances)) == pytest.approx(np.mean(gaps), rel=1e-5)
    hardest = float(TripletLoss(0.2, "hardest")(same, distances))
    assert hardest == pytest.approx(0.2 - 0.25 + 0.2, rel=1e-5)


def test_triplets_beyond_the_margin_have_no_loss():
    distances, same = np.array([[0.1, 0.6, 0.7]], "float32"), np.array([[1, 0, 0]])
    for mining in MINING:
        assert float(TripletLoss(0.4, mining)(same, distances)) == 0


def test_configurations_are_complete():
    for loss in (ContrastiveLoss(0.3), TripletLoss(0.4, "hardest")):
        again = keras.losses.deserialize(keras.losses.serialize(loss))
        assert again.get_config() == loss.get_config()


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="`margin` must be positive"):
        ContrastiveLoss(0)
    with pytest.raises(ValueError, match='`mining` must be "all" or "hardest"'):
        TripletLoss(mining="random")
