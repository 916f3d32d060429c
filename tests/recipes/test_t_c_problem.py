import numpy as np
import pytest
from recipes.t_c_problem import build, data, recipe, report


def test_learns_in_the_middle_and_is_tested_elsewhere():
    images = data(image_size=5)
    assert (images.train.x[:, 1:4, 1:4].sum(axis=(1, 2, 3)) == 5 * 255).all()
    learnt = {image.tobytes() for image in images.train.x}
    assert len(learnt) == 8
    assert not learnt & {image.tobytes() for image in images.test.x}


def test_the_answer_is_the_same_wherever_the_letter_stands():
    images = data(image_size=7)
    model = build(images)
    logits = model.predict(images.test.x, batch_size=256, verbose=0)[:, 0]
    forms = {}
    for image, logit in zip(images.test.x[..., 0], logits, strict=True):
        rows, columns = np.nonzero(image)
        form = (tuple(rows - rows.min()), tuple(columns - columns.min()))
        forms.setdefault(form, []).append(logit)
    assert len(forms) == 8
    assert max(np.ptp(values) for values in forms.values()) < 1e-4


def test_report_counts_mistakes():
    images = data(image_size=5)
    model = build(images, filters=2)
    made = report(model, images)
    found = model.predict(images.test.x, verbose=0)[:, 0] > 0
    assert made["test_mistakes"] == np.sum(found != images.test.y)
    assert set(made) == {"detectors", "test_mistakes"}


@pytest.mark.slow
def test_reaches_every_place_from_several_starts(store):
    for seed in (0, 1):
        assert recipe.run(seed=seed, verbose=False).metrics["test/accuracy"] == 1
