import numpy as np
import pytest

from keras_dl import plots


def test_each_attack_has_a_line_from_its_numbers():
    lines = {"fgsm": [1.0, 0.5, 0.1], "pgd": [1.0, 0.2, 0.0]}
    figure = plots.robustness([0, 0.1, 0.2], lines, chance=0.1, trained_at=0.2)
    figure.draw_without_rendering()
    (axes,) = figure.axes
    shown = {line.get_label(): line for line in axes.lines}
    np.testing.assert_array_equal(shown["pgd"].get_ydata(), lines["pgd"])
    assert {"guessing", "trained against"} < set(shown)
    assert (axes.get_xlabel(), axes.get_ylabel()) == (
        "largest change ε (pixels in [0, 1])",
        "accuracy (share of examples)",
    )


@pytest.mark.parametrize("channels", [1, 3])
def test_image_sign_and_result_stand_in_a_row(channels):
    images = np.random.default_rng(0).random((2, 5, 4, channels))
    signs = np.sign(images - 0.5)
    attacked = np.clip(images + 0.1 * signs, 0, 1)
    words = ["3, 99.0 %", "5, 80.0 %"], ["8, 97.0 %", "6, 70.0 %"]
    figure = plots.adversarial_examples(images, signs, attacked, *words, epsilon=0.1)
    figure.draw_without_rendering()
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == [
        *("3, 99.0 %", "sign of the gradient, × 0.1", "8, 97.0 %"),
        *("5, 80.0 %", "sign of the gradient, × 0.1", "6, 70.0 %"),
    ]
    shown = figure.axes[2].images[0].get_array().reshape(attacked[0].shape)
    np.testing.assert_allclose(shown, attacked[0], atol=1e-6)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="at least one attack"):
        plots.robustness([0.1], {})
    with pytest.raises(ValueError, match="must be equally long"):
        plots.robustness([0.1], {"fgsm": [1.0, 0.5]})
    image = np.zeros((1, 2, 2, 1))
    with pytest.raises(ValueError, match="must have one shape"):
        plots.adversarial_examples(image, image, image[:, :1], ["a"], ["b"], 0.1)
