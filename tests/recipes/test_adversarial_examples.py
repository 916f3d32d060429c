import numpy as np
import pytest
from recipes.adversarial_examples import EPSILON, build, data, recipe, report

from keras_dl.attacks import fgsm


@pytest.fixture(scope="module")
def digits():
    return data(dataset="digits")


@pytest.mark.parametrize("net", ["mlp", pytest.param("lenet5", marks=pytest.mark.slow)])
def test_reported_accuracies_are_those_of_the_attacked_test_images(digits, net):
    model = build(digits, net=net)
    model.fit(digits.train.x, digits.train.y, batch_size=128, epochs=2, verbose=0)
    found = report(model, digits)
    inner, x, y = model.layers[-1], digits.test.x.astype("float32") / 255, digits.test.y
    logits = inner.predict(fgsm(inner, x, y, EPSILON), verbose=0)
    assert found["fgsm/accuracy"] == np.mean(logits.argmax(axis=1) == y)
    clean = np.mean(inner.predict(x, verbose=0).argmax(axis=1) == y)
    attacked = [found[f"{name}/accuracy"] for name in ("fgsm", "bim", "pgd", "pgd_l2")]
    assert max(attacked) < clean
    assert found["targeted/reached"] > 0.1
    assert {"robustness", "adversarial_examples", "confusion_matrix"} <= set(found)
    assert "transfer/accuracy" not in found


@pytest.mark.slow
def test_examples_made_for_one_net_deceive_another(store):
    options = {"dataset": "digits", "epochs": 3, "verbose": False}
    surrogate = recipe.run(**options)
    found = recipe.run(net="lenet5", surrogate=surrogate.run_id, **options)
    assert found.metrics["transfer/accuracy"] < found.metrics["test/accuracy"] - 0.1
    assert found.metrics["transfer/accuracy"] > found.metrics["fgsm/accuracy"]
