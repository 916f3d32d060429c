import keras
import numpy as np

from keras_dl.optimizers import HeldDecay, sgd_of_sums

to_numpy = keras.ops.convert_to_numpy
PLAN = {"factor": 0.5, "hold": 4, "epochs": 13}


def test_the_full_plan_is_the_published_one():
    schedule = HeldDecay(1.0, steps=13 * 2_323, **PLAN)
    for epoch in range(13):
        published = 0.5 ** max(epoch + 1 - 4, 0)  # ptb_word_lm.py, max_epoch = 4
        for step in (0, 1_000, 2_322):
            rate = float(to_numpy(schedule(epoch * 2_323 + step)))
            np.testing.assert_allclose(rate, published, rtol=1e-6, err_msg=f"{epoch}, {step}")


def test_a_shorter_training_goes_through_the_plan():
    schedule = HeldDecay(2.0, steps=26, **PLAN)
    rates = [float(to_numpy(schedule(step))) for step in (0, 7, 8, 25)]
    np.testing.assert_allclose(rates, [2.0, 2.0, 1.0, 2 * 0.5**9])
    assert float(to_numpy(HeldDecay(2.0, steps=None, **PLAN)(9))) == 2.0
    assert HeldDecay(**schedule.get_config()).get_config() == schedule.get_config()


def test_the_update_is_that_of_the_summed_loss():
    random = np.random.default_rng(0)
    for scale in (0.001, 10.0):  # below and above the largest norm
        slopes = [scale * random.normal(size=s).astype("float32") for s in ((3, 4), (4,))]
        norm = np.sqrt(sum((20 * g.astype("float64")) ** 2 for g in map(np.linalg.norm, slopes)))
        shrink = min(1.0, 5.0 / norm)
        weights = [keras.Variable(np.ones(g.shape, "float32")) for g in slopes]
        optimizer = sgd_of_sums(0.7, terms=20, clip_norm=5.0, steps=None, **PLAN)
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in slopes], weights)
        for weight, slope in zip(weights, slopes, strict=True):
            expected = 1 - 0.7 * shrink * 20 * slope
            np.testing.assert_allclose(to_numpy(weight), expected, rtol=1e-5, atol=1e-5)
