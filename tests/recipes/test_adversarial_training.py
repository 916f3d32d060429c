import numpy as np
import pytest
from recipes.adversarial_training import EPSILON, build, data, report

from keras_dl.attacks import fgsm


@pytest.fixture(scope="module")
def digits():
    return data(dataset="digits")


@pytest.mark.parametrize(("attack", "alpha"), [("none", 1.0), ("fgsm", 0.5), ("pgd", 0.5)])
def test_attack_sets_what_is_learnt_from(digits, attack, alpha):
    assert build(digits, attack=attack).alpha == alpha


def test_reported_accuracy_is_that_of_the_attacked_test_images(digits):
    model = build(digits, attack="none", units=(256,))
    model.fit(digits.train.x, digits.train.y, batch_size=128, epochs=3, verbose=0)
    found = report(model, digits)
    x = digits.test.x.astype("float32") / 255
    logits = model.net.predict(fgsm(model.net, x, digits.test.y, EPSILON), verbose=0)
    assert found["fgsm/accuracy"] == np.mean(logits.argmax(axis=1) == digits.test.y)
    assert found["pgd/accuracy"] <= found["fgsm/accuracy"] + 0.02
    assert {"robustness", "adversarial_examples", "confusion_matrix"} <= set(found)


def test_tables_are_refused():
    with pytest.raises(ValueError, match="`dataset` must hold images.*iris"):
        data(dataset="iris")
