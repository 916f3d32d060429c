"""What recipes report of a classifier under attack."""

from typing import Any

import numpy as np

from keras_dl import plots
from keras_dl.attacks import fgsm, pgd
from keras_dl.data import Data
from keras_dl.data.samples import sample_rows
from keras_dl.tasks.class_probabilities import probabilities

__all__ = ["CURVE", "report_robustness"]

CURVE = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
ON_CURVE, STEPS = 1000, 20  # test images behind the curves, and steps of projected gradient
ATTACKS = {"fgsm": fgsm, "pgd": lambda *args: pgd(*args, steps=STEPS)}


def report_robustness(
    net: Any, data: Data, epsilon: float, *, trained_at: float | None = None
) -> dict[str, Any]:
    """A classifier's accuracy by size of the attack, and some attacked images.

    Args:
        net: takes pixels in [0, 1], gives logits.
        data: its test split is attacked, images of raw pixels.
        epsilon: size of the attack behind the numbers, in units of the pixels.
        trained_at: size that the net was defended against, to be marked; None: none.

    Returns:
        `ATTACK/accuracy` on all test images under the fast gradient sign method and under
        projected gradient of 20 steps, both L∞; `ATTACK/confidence`, the mean probability of what
        the net says where it errs; a figure of both accuracies against ε on a thousand images;
        and one of three images that were known until they were attacked.
    """
    x, y = data.test.x.astype("float32") / 255, data.test.y
    rows = sample_rows(len(x), ON_CURVE)
    found: dict[str, Any] = {}
    curves: dict[str, list[float]] = {}
    for name, attack in ATTACKS.items():
        chance = probabilities(net, attack(net, x, y, epsilon))
        wrong = chance.argmax(axis=1) != y
        found[f"{name}/accuracy"] = float(np.mean(~wrong))
        found[f"{name}/confidence"] = float(chance[wrong].max(axis=1).mean()) if wrong.any() else 0
        few = x[rows], y[rows]
        chances = [probabilities(net, attack(net, *few, size)) for size in CURVE]
        curves[name.upper()] = [float(np.mean(c.argmax(axis=1) == few[1])) for c in chances]
    found["robustness"] = plots.robustness(
        CURVE, curves, chance=1 / data.num_classes, trained_at=trained_at
    )
    found["adversarial_examples"] = _triptych(net, x[rows], y[rows], data, epsilon)
    return found


def _triptych(net: Any, x: np.ndarray, y: np.ndarray, data: Data, epsilon: float) -> Any:
    """Three images that the net knows until they are attacked; any three where there are none."""
    attacked = fgsm(net, x, y, epsilon)
    before, after = probabilities(net, x), probabilities(net, attacked)
    deceived = (before.argmax(axis=1) == y) & (after.argmax(axis=1) != y)
    rows = np.argsort(~deceived, kind="stable")[:3]
    # A step of 1 without limits is the sign itself.
    signs = np.rint(fgsm(net, x[rows], y[rows], 1.0, bounds=None) - x[rows])
    words = [
        [f"{data.class_names[row.argmax()]}, {100 * row.max():.1f} %" for row in chance[rows]]
        for chance in (before, after)
    ]
    return plots.adversarial_examples(x[rows], signs, attacked[rows], *words, epsilon=epsilon)
