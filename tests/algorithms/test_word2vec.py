from pathlib import Path

import keras
import numpy as np
import pytest

from keras_dl.algorithms._context_windows import subsampled_stream
from keras_dl.algorithms._counter_random import alias_table, make_key, uniform
from keras_dl.algorithms._negative_sampling import MAX_REPEATS
from tests.algorithms.word2vec_values import VOCABULARY, learner, tables, text, values
from tests.backends import values_on

ROOT = Path(__file__).parents[2]
ARCHITECTURES = pytest.mark.parametrize("architecture", ["skip_gram", "cbow"])


def number(x):
    return keras.ops.convert_to_numpy(x)


def read(x, model, window=3, block=64, seed=3):
    """What a first step draws: words, windows by word, noise by block and group."""
    key = make_key(keras.random.SeedGenerator(seed).next())
    made = subsampled_stream(x, model.keep_probability.value, key, window=window, block=block)
    noise, groups = number(model._noise(made, key)), block // 32
    noise = noise[: len(noise) // groups * groups].reshape(-1, groups, 32)
    count = int(made.count)
    inner = slice(window, window + count)
    left, right = number(made.left)[inner], number(made.right)[inner]
    return number(made.words)[inner], left, right, noise


def by_hand(model, x, architecture, negative, rate=0.1, block=64):
    """One step of fit, pair by pair in float64: tables after it, losses and pairs."""
    words, left, right, noise = read(x, model)
    w, c = (t.astype("float64") for t in tables(model))
    total, pairs = 0.0, 0

    def sigmoid(s):
        return 1 / (1 + np.exp(-s))

    for start in range(0, len(words), block):
        seen = np.full(block + 6, 0)  # fillers count as word 0
        near = slice(max(start - 3, 0), start + block + 3)
        seen[max(3 - start, 0) :][: len(words[near])] = words[near]
        tally = np.bincount(seen, minlength=VOCABULARY).astype("float64")
        tally += negative * np.bincount(noise[start // block].ravel(), minlength=VOCABULARY)
        damping = (MAX_REPEATS / np.maximum(tally, MAX_REPEATS))[:, None]
        dw, dc = np.zeros_like(w), np.zeros_like(c)
        for i in range(start, min(start + block, len(words))):
            others = [i + o for o in range(-left[i], right[i] + 1) if o]
            drawn = noise[start // block][(i - start) // 32]
            if architecture == "skip_gram":
                rows = [([words[i]], words[j]) for j in others]
            else:
                rows = [([words[j] for j in others], words[i])] if others else []
            for sources, target in rows:
                u = w[sources].mean(axis=0)
                du = np.zeros_like(u)
                for word, sign, weight in [
                    (target, 1, 1.0),
                    *((n, -1, negative / 32) for n in drawn),
                ]:
                    fit = sigmoid(sign * (u @ c[word]))
                    total -= weight * np.log(fit)
                    du += weight * sign * (1 - fit) * c[word]
                    dc[word] += weight * sign * (1 - fit) * u
                for source in sources:
                    dw[source] += du / len(sources)
                pairs += 1
        w, c = w + rate * damping * dw, c + rate * damping * dc
    return w, c, total / pairs, pairs


@ARCHITECTURES
def test_step_is_that_of_pairs_taken_one_by_one(architecture):
    model, _ = learner(architecture, negative=4)
    x = text()
    w, c, loss, _ = by_hand(model, x, architecture, negative=4)
    logs = model.train_on_batch(x, np.zeros(len(x)), return_dict=True)
    assert logs["pair_loss"] == pytest.approx(loss, rel=1e-5)
    assert logs["loss"] == pytest.approx(loss, rel=1e-5)
    for found, expected in zip(tables(model), (w, c), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_compiled_step_equals_the_eager_one():
    made = []
    for how in ({"jit_compile": True}, {"run_eagerly": True}):
        model, _ = learner()
        model.compile(keras.optimizers.SGD(1.0), **how)
        model.train_on_batch(text(), np.zeros(6))
        made.append(tables(model))
    for a, b in zip(*made, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_windows_stay_in_their_row_and_reach_as_far_as_drawn():
    model, _ = learner(subsample=None)
    x = text(rows=40)
    words, left, right, _ = read(x, model)
    np.testing.assert_array_equal(words, x[x >= 0])
    place = np.concatenate([np.arange((row >= 0).sum()) for row in x])
    last = np.concatenate([np.full((row >= 0).sum(), (row >= 0).sum() - 1) for row in x])
    assert (left <= place).all()
    assert (right <= last - place).all()
    inner = (place >= 3) & (last - place >= 3)
    np.testing.assert_array_equal(left[inner], right[inner])
    shares = np.bincount(left[inner], minlength=4)[1:] / inner.sum()
    np.testing.assert_allclose(shares, 1 / 3, atol=0.05)  # a standard deviation is 0.011


def test_frequent_words_stay_with_mikolov_s_chance_and_close_ranks():
    model, counts = learner(subsample=0.01)
    share = counts / counts.sum()
    expected = np.minimum(1, np.sqrt(0.01 / share) + 0.01 / share)
    x = np.tile(np.arange(VOCABULARY, dtype="int32"), (600, 1))
    words, left, right, _ = read(x, model)
    np.testing.assert_allclose(np.bincount(words) / 600, expected, atol=0.08)  # 4 deviations
    assert ((left > 0) | (right > 0)).all()  # no gaps where words were dropped
    order = np.split(words, np.flatnonzero(np.diff(words) < 0) + 1)
    assert all((np.diff(row) > 0).all() for row in order)


def test_noise_follows_counts_to_the_power_of_three_quarters():
    model, counts = learner()
    _, _, _, noise = read(text(rows=2000), model)
    expected = counts**0.75 / (counts**0.75).sum()
    found = np.bincount(noise.ravel(), minlength=VOCABULARY) / noise.size
    np.testing.assert_allclose(found, expected, atol=4 * np.sqrt(0.05 / noise.size))


def test_alias_table_holds_the_distribution_exactly():
    weights = np.random.default_rng(0).random(200) ** 3
    chance, other = alias_table(weights)
    mass = chance.astype("float64").copy()
    np.add.at(mass, other, 1 - chance)
    np.testing.assert_allclose(mass / 200, weights / weights.sum(), atol=1e-8)


def test_draws_are_uniform_and_streams_and_keys_differ():
    keys = [make_key(np.array([seed, step], "uint32")) for seed in (0, 1) for step in (0, 1)]
    draws = np.array([number(uniform(20_000, k, s)) for k in keys for s in (1, 2)])
    assert draws.min() >= 0
    assert draws.max() < 1
    for draw in draws:
        counts = np.bincount((draw * 20).astype(int), minlength=20)
        assert ((counts - 1000) ** 2 / 1000).sum() < 50  # χ² of 19 degrees: 1 in 10,000
    off = np.abs(np.corrcoef(draws) - np.eye(8)).max()
    assert off < 0.03  # 4 standard deviations
    lag = [abs(np.corrcoef(d[:-k], d[k:])[0, 1]) for d in draws for k in (1, 2, 7)]
    assert max(lag) < 0.03


def test_rate_falls_from_block_to_block_to_the_last_step():
    model, _ = learner(total_steps=4)
    assert [float(model._rate(p)) for p in (0.0, 0.5)] == pytest.approx([0.1, 0.0875])
    for _ in range(4):
        model.train_on_batch(text(), np.zeros(6))
    assert float(model._rate(0.0)) == pytest.approx(1e-5)


def test_word_repeated_without_end_does_not_diverge():
    """One step from the sum over a thousand pairs would throw the vector far out."""
    model, _ = learner(block=512, learning_rate=0.05, subsample=None)
    x = np.zeros((8, 512), "int32")
    x[::2] = text(4, 512)
    for _ in range(20):
        loss = model.train_on_batch(x, np.zeros(8), return_dict=True)["pair_loss"]
    assert loss < 5
    assert max(np.linalg.norm(t, axis=1).max() for t in tables(model)) < 20


def test_validation_learns_nothing_and_draws_the_same():
    model, _ = learner()
    before = [number(v.value).copy() for v in model.variables]
    first, second = (model.evaluate(text(), np.zeros(6), verbose=0) for _ in range(2))
    assert first == second
    names = [v.path for v in model.variables]
    metrics = {v.path for m in model.metrics for v in m.variables}
    for name, old, new in zip(names, before, model.variables, strict=True):
        if name not in metrics:
            np.testing.assert_array_equal(old, number(new.value), err_msg=name)


def test_pair_loss_weighs_batches_by_their_pairs():
    model, _ = learner(learning_rate=1e-12)
    x = text(4, 50)
    x[2:, 5:] = -1
    parts = [by_hand(learner(learning_rate=1e-12)[0], x[:2], "skip_gram", 5, rate=0)]
    logs = model.fit(x, np.zeros(4), batch_size=2, shuffle=False, verbose=0).history
    few = logs["loss"][0] * 2 - parts[0][2]  # what the second batch's mean was
    first_pairs = parts[0][3]
    share = (logs["pair_loss"][0] - few) / (parts[0][2] - few)
    assert share > 0.85  # two full rows against two of five words
    assert first_pairs > 100


def test_empty_batch_changes_nothing():
    model, _ = learner()
    before = tables(model)
    logs = model.train_on_batch(np.full((3, 20), -1, "int32"), np.zeros(3), return_dict=True)
    assert logs["loss"] == 0
    for a, b in zip(before, tables(model), strict=True):
        np.testing.assert_array_equal(a, b)


@ARCHITECTURES
def test_same_seed_same_tables(architecture):
    made = []
    for seed in (3, 3, 4):
        model, _ = learner(architecture, seed=seed)
        model.fit(text(), np.zeros(6), batch_size=3, epochs=2, verbose=0, shuffle=False)
        made.append(tables(model)[0])
    np.testing.assert_array_equal(made[0], made[1])
    assert np.abs(made[0] - made[2]).max() > 1e-3


@ARCHITECTURES
def test_saved_learner_goes_on_where_it_stood(architecture, tmp_path):
    model, _ = learner(architecture, total_steps=10)
    model.train_on_batch(text(), np.zeros(6))
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(
        loaded.predict(text(), verbose=0), tables(model)[0][np.maximum(text(), 0)]
    )
    assert float(loaded._rate(0.0)) == pytest.approx(0.09)
    for name in ("keep_probability", "noise_probability", "noise_alias"):
        np.testing.assert_array_equal(number(getattr(loaded, name)), number(getattr(model, name)))


@ARCHITECTURES
def test_words_in_the_same_company_become_neighbours(architecture):
    """Pairs of words that are exchanged at random have the same neighbours."""
    rng = np.random.default_rng(0)
    slots = np.tile(np.arange(0, 20, 2), 400)
    x = (slots + rng.integers(0, 2, len(slots))).astype("int32").reshape(40, 100)
    rate = 0.05 if architecture == "skip_gram" else 0.2
    model, _ = learner(architecture, 20, 16, subsample=None, window=2, learning_rate=rate)
    model.fit(x, np.zeros(40), batch_size=4, epochs=15, verbose=0)
    unit = tables(model)[0] / np.linalg.norm(tables(model)[0], axis=1, keepdims=True)
    cosines = unit @ unit.T - 2 * np.eye(20)
    assert (cosines.argmax(axis=1) == (np.arange(20) ^ 1)).mean() >= 0.9


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"architecture": "glove"}, ValueError, '"skip_gram" or "cbow"'),
        ({"block": 100}, ValueError, "a multiple of 32"),
        ({"window": 0}, ValueError, "`window` must be at least 1"),
        ({"negative": 2.5}, TypeError, "`negative` must be an integer"),
        ({"subsample": 0.0}, ValueError, "`subsample` must be positive"),
        ({"learning_rate": float("nan")}, ValueError, "`learning_rate` must be positive"),
    ],
)
def test_wrong_arguments_are_refused(given, error, words):
    with pytest.raises(error, match=words):
        learner(**given)


def test_counts_must_fit_the_net():
    from keras_dl.algorithms import Word2VecLearning
    from keras_dl.models import word2vec

    for counts in ([1, 2], [1, 2, 0]):
        with pytest.raises(ValueError, match="3 positive numbers"):
            Word2VecLearning(word2vec(3), counts)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_losses_and_tables_equal_another_backend_s(backend, tmp_path):
    here = values()
    there = values_on(backend, "algorithms.word2vec_values", tmp_path)
    assert set(there) == set(here)
    for name, numbers in here.items():
        np.testing.assert_allclose(there[name], numbers, rtol=1e-4, atol=1e-5, err_msg=name)
