import keras
import numpy as np
import pytest

from keras_dl.attacks import bim, fgsm, pgd
from tests.attacks.values import SHAPE, examples, net

ATTACKS = {
    "fgsm": fgsm,
    "bim": bim,
    "pgd": pgd,
    "pgd_l2": lambda *args, **options: pgd(*args, norm="l2", **options),
}


@pytest.fixture(scope="module")
def model():
    return net()


def losses(model, x, y):
    """Cross-entropy of each example."""
    logits = keras.ops.convert_to_numpy(model(x, training=False)).astype("float64")
    logits -= logits.max(axis=1, keepdims=True)
    return np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(y)), y]


def logistic():
    """Logistic regression w·x + b on five features, with one logit."""
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1)])
    w, b = np.array([1.0, -2.0, 0.5, 3.0, -0.1]), 0.3
    model.set_weights([w[:, None], np.array([b])])
    return model, w, b


def test_logistic_regression_follows_its_closed_form():
    model, w, b = logistic()
    x = np.random.default_rng(0).random((7, 5)).astype("float32")
    y = np.arange(7) % 2
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    targets = y[:, None].astype("float32")
    slope = (1 / (1 + np.exp(-(x @ w + b))) - y)[:, None] * w  # (p - y)·w
    expected = np.clip(x + 0.2 * np.sign(slope), 0, 1)
    np.testing.assert_allclose(fgsm(model, x, targets, 0.2, loss=loss), expected, atol=1e-7)
    # The sign never changes, so that small steps arrive at the same corner.
    np.testing.assert_allclose(bim(model, x, targets, 0.2, loss=loss), expected, atol=1e-6)
    l2 = pgd(model, x, targets, 0.2, norm="l2", random_start=False, bounds=None, loss=loss)
    straight = x + 0.2 * slope / np.linalg.norm(slope, axis=1, keepdims=True)
    np.testing.assert_allclose(l2, straight, atol=1e-6)


def test_fgsm_and_pgd_equal_a_twin_in_torch():
    torch = pytest.importorskip("torch")
    x, y = examples()
    random = np.random.default_rng(3)
    model = keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Flatten(),
            keras.layers.Dense(8, "tanh"),
            keras.layers.Dense(3),
        ]
    )
    weights = [random.normal(size=w.shape).astype("float32") for w in model.get_weights()]
    model.set_weights(weights)
    w1, b1, w2, b2 = (torch.tensor(w) for w in weights)
    centre, labels = torch.tensor(x.reshape(5, -1)), torch.tensor(y)

    def slope(inputs):
        inputs = inputs.clone().requires_grad_()
        logits = torch.tanh(inputs @ w1 + b1) @ w2 + b2
        loss = torch.nn.functional.cross_entropy(logits, labels, reduction="sum")
        return torch.autograd.grad(loss, inputs)[0]

    twin = (centre + 0.1 * slope(centre).sign()).clip(0, 1)
    np.testing.assert_allclose(fgsm(model, x, y, 0.1).reshape(5, -1), twin.numpy(), atol=1e-7)
    for norm in ("linf", "l2"):
        moved = centre
        for _ in range(6):
            ahead = slope(moved)
            if norm == "linf":
                moved = moved + 0.05 * ahead.sign()
                moved = centre + (moved - centre).clip(-0.1, 0.1)
            else:
                moved = moved + 0.05 * ahead / ahead.norm(dim=1, keepdim=True)
                length = (moved - centre).norm(dim=1, keepdim=True)
                moved = centre + (moved - centre) * (0.1 / length).clip(max=1)
            moved = moved.clip(0, 1)
        found = pgd(model, x, y, 0.1, norm=norm, steps=6, step_size=0.05, random_start=False)
        np.testing.assert_allclose(found.reshape(5, -1), moved.numpy(), atol=1e-5)


def test_attacks_equal_those_of_foolbox():
    torch, foolbox = pytest.importorskip("torch"), pytest.importorskip("foolbox")
    x, y = examples()
    model = keras.Sequential(
        [keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(3, use_bias=False)]
    )
    weights = np.random.default_rng(3).normal(size=(int(np.prod(SHAPE)), 3)).astype("float32")
    model.set_weights([weights])
    twin = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(*weights.shape, bias=False))
    twin[1].weight.data = torch.tensor(weights.T)
    peer = foolbox.PyTorchModel(twin.eval(), bounds=(0, 1), device="cpu")
    steps = {"steps": 6, "abs_stepsize": 0.05, "random_start": False}
    attacks = foolbox.attacks
    pairs = [
        (attacks.LinfFastGradientAttack(), fgsm(model, x, y, 0.1)),
        (attacks.LinfBasicIterativeAttack(**steps), bim(model, x, y, 0.1, steps=6, step_size=0.05)),
        (
            attacks.L2ProjectedGradientDescentAttack(**steps),
            pgd(model, x, y, 0.1, norm="l2", steps=6, step_size=0.05, random_start=False),
        ),
    ]
    for attack, ours in pairs:
        theirs, _, _ = attack(peer, torch.tensor(x), torch.tensor(y), epsilons=0.1)
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-6)


@pytest.mark.parametrize("name", ATTACKS)
def test_no_budget_changes_nothing(model, name):
    x, y = examples()
    np.testing.assert_array_equal(ATTACKS[name](model, x, y, 0.0), x)


@pytest.mark.parametrize("name", ATTACKS)
def test_results_stay_in_the_ball_and_the_range(model, name):
    x, y = examples()
    found = ATTACKS[name](model, x, y, 0.3)
    assert found.dtype == np.float32
    assert found.min() >= 0
    assert found.max() <= 1
    offsets = np.abs(found - x).reshape(len(x), -1)
    norms = np.linalg.norm(offsets, axis=1) if name == "pgd_l2" else offsets.max(axis=1)
    assert norms.max() <= 0.3 + 1e-6  # rounding of float32
    assert norms.max() > 0.15


@pytest.mark.parametrize("name", ATTACKS)
def test_loss_rises_and_with_a_target_falls(model, name):
    x, y = examples()
    assert (losses(model, ATTACKS[name](model, x, y, 0.1), y) > losses(model, x, y)).all()
    target = (y + 1) % 3
    towards = ATTACKS[name](model, x, target, 0.1, targeted=True)
    assert (losses(model, towards, target) < losses(model, x, target)).all()


def test_more_steps_find_a_higher_loss(model):
    x, y = examples()
    one, many = fgsm(model, x, y, 0.4), bim(model, x, y, 0.4, steps=20)
    assert losses(model, many, y).mean() > losses(model, one, y).mean()


def test_batches_do_not_change_the_result(model):
    x, y = examples()
    whole = pgd(model, x, y, 0.1, steps=2, batch_size=5)
    np.testing.assert_allclose(pgd(model, x, y, 0.1, steps=2, batch_size=2), whole, atol=1e-6)


def test_every_batch_has_one_size(model):
    x, y = examples()
    seen = []

    class Watched:
        def __call__(self, inputs, training):
            seen.append(tuple(inputs.shape))
            return model(inputs, training=training)

    fgsm(Watched(), x, y, 0.1, batch_size=2)
    assert seen == [(2, *SHAPE)] * 3


def test_seed_sets_the_start(model):
    x, y = examples()
    first, again, other = (pgd(model, x, y, 0.1, steps=1, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    calm = pgd(model, x, y, 0.1, steps=1, step_size=0.1, random_start=False)
    np.testing.assert_array_equal(calm, fgsm(model, x, y, 0.1))


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_start_is_uniform_in_the_ball(model, norm):
    x, y = np.full((2000, *SHAPE), 0.5, "float32"), np.zeros(2000, int)
    drawn = pgd(model, x, y, 0.2, norm=norm, steps=1, step_size=0.0, batch_size=2000) - x
    flat = drawn.reshape(2000, -1)
    lengths = np.abs(flat).max(axis=1) if norm == "linf" else np.linalg.norm(flat, axis=1)
    # The share of the volume within a radius is uniform: mean 1/2, standard error 0.0065.
    assert np.mean((lengths / 0.2) ** 12) == pytest.approx(0.5, abs=0.03)
    assert np.abs(flat.mean(axis=0)).max() < 0.015


def test_model_is_left_as_it_was(model):
    x, y = examples()
    before = [w.copy() for w in model.get_weights()]
    pgd(model, x, y, 0.1, steps=2)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_no_bounds_cut_nothing(model):
    x, y = examples()
    offset = fgsm(model, x * 9 - 4, y, 1.0, bounds=None) - (x * 9 - 4)
    np.testing.assert_allclose(np.abs(offset), 1.0, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        (lambda x, y: ((255 * x).astype("uint8"), y), {}, TypeError, "divide pixels by 255"),
        (lambda x, y: (x * 2, y), {}, ValueError, "`x` must lie within `bounds`"),
        (lambda x, y: (x * np.nan, y), {}, ValueError, "`x` must be finite"),
        (lambda x, y: (x, y[:2]), {}, ValueError, "one row per example"),
        (lambda x, y: (x, y), {"epsilon": -0.1}, ValueError, "`epsilon` must be finite"),
        (lambda x, y: (x, y), {"epsilon": "big"}, TypeError, "`epsilon` must be a number"),
        (lambda x, y: (x, y), {"steps": 0}, ValueError, "`steps` must be at least 1"),
        (lambda x, y: (x, y), {"step_size": np.inf}, ValueError, "`step_size` must be finite"),
        (lambda x, y: (x, y), {"norm": "l1"}, ValueError, '`norm` must be "linf" or "l2"'),
        (lambda x, y: (x, y), {"bounds": (1, 0)}, ValueError, "`bounds` must be the smallest"),
        (lambda x, y: (x, y), {"batch_size": 0}, ValueError, "`batch_size` must be at least 1"),
    ],
)
def test_bad_input_is_refused(model, change, options, error, message):
    options = {"epsilon": 0.1, **options}
    with pytest.raises(error, match=message):
        pgd(model, *change(*examples()), **options)
