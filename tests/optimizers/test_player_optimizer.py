import keras
import numpy as np
import pytest

from keras_dl.optimizers import PlayerOptimizer, make_gan_optimizer


def variables():
    return [keras.Variable(np.full(shape, 2.0, "float32")) for shape in ((2, 3), (3,), (2,))]


def ready(first, second, may_skip=True):
    """The last variable is the first player's."""
    own = variables()
    optimizer = PlayerOptimizer([first, second])
    optimizer.assign_variables([own[2:], own[:2]], may_skip=may_skip)
    optimizer.build(own)
    return optimizer, own


def numpy(values):
    return [keras.ops.convert_to_numpy(v).copy() for v in values]


def slopes(*sizes):
    random = np.random.default_rng(0)
    made = zip(sizes, ((2, 3), (3,), (2,)), strict=True)
    return [
        keras.ops.convert_to_tensor(s * random.normal(size=z).astype("float32")) for s, z in made
    ]


@pytest.mark.parametrize("may_skip", [False, True])
def test_each_player_moves_as_under_its_own_optimizer(may_skip):
    optimizer, ours = ready(keras.optimizers.Adam(0.1), keras.optimizers.SGD(0.3, 0.9), may_skip)
    theirs = variables()
    for grads in (slopes(1, 1, 1), slopes(2, 1, 3), slopes(1, 5, 1)):
        optimizer.apply(grads)
    for player, part in ((keras.optimizers.Adam(0.1), slice(2, 3)),
                         (keras.optimizers.SGD(0.3, 0.9), slice(0, 2))):  # fmt: skip
        for grads in (slopes(1, 1, 1), slopes(2, 1, 3), slopes(1, 5, 1)):
            player.apply(grads[part], theirs[part])
    for a, b in zip(numpy(ours), numpy(theirs), strict=True):
        np.testing.assert_array_equal(a, b)


def test_player_with_gradients_of_0_rests_with_its_slots():
    optimizer, own = ready(keras.optimizers.Adam(0.1), keras.optimizers.Adam(0.1))
    optimizer.apply(slopes(1, 1, 1))
    before = numpy([*own[:2], *optimizer.optimizers[1].variables])
    other = numpy(own[2:])
    optimizer.apply(slopes(0, 0, 1))
    after = numpy([*own[:2], *optimizer.optimizers[1].variables])
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert not np.array_equal(other[0], numpy(own[2:])[0])
    assert int(keras.ops.convert_to_numpy(optimizer.iterations)) == 2


def test_norms_are_averaged_over_the_steps_a_player_took():
    optimizer, _ = ready(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    steps = slopes(1, 1, 1), slopes(0, 0, 1), slopes(3, 3, 1)
    for grads in steps:
        optimizer.apply(grads)
    norms = [np.sqrt(sum((g**2).sum() for g in numpy(grads[:2]))) for grads in steps]
    first, second = optimizer.pop_gradient_norms()
    assert first == pytest.approx(np.mean([np.linalg.norm(numpy(g)[2]) for g in steps]))
    assert second == pytest.approx((norms[0] + norms[2]) / 2)
    assert optimizer.pop_gradient_norms() == [0.0, 0.0]


def test_norm_of_gradients_whose_squares_leave_float32():
    optimizer, _ = ready(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    optimizer.apply(slopes(1e25, 1e25, 1e-30))
    first, second = optimizer.pop_gradient_norms()
    assert first == pytest.approx(np.linalg.norm(numpy(slopes(1, 1, 1))[2]) * 1e-30, rel=1e-4)
    assert 1e25 < second < 1e26


def test_slots_of_all_players_are_its_variables():
    optimizer, own = ready(keras.optimizers.Adam(0.1), keras.optimizers.SGD(0.1, 0.9))
    inside = [id(v) for player in optimizer.optimizers for v in player.variables]
    listed = [id(v) for v in optimizer.variables]
    assert set(inside) < set(listed)
    assert len(listed) == len(set(listed))
    assert not {id(v) for v in own} & set(listed)


def test_config_makes_the_same_players():
    optimizer = make_gan_optimizer(1e-3, rate_ratio=4.0, momentum=0.25, decay_steps=10)
    again = PlayerOptimizer.from_config(optimizer.get_config())
    assert [p.beta_1 for p in again.optimizers] == [0.25, 0.25]
    assert [float(p.learning_rate) for p in again.optimizers] == pytest.approx([4e-3, 1e-3])


def test_rates_fall_by_the_steps_that_each_player_takes():
    optimizer = make_gan_optimizer(1e-3, decay_steps=50, discriminator_steps=5)
    schedules = [player._learning_rate for player in optimizer.optimizers]
    assert [s.decay_steps for s in schedules] == [50, 10]


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="`optimizers` must hold an optimizer"):
        PlayerOptimizer([])
    with pytest.raises(TypeError, match="`optimizers` must hold Keras optimizers.*str"):
        PlayerOptimizer(["adam"])
    optimizer = PlayerOptimizer([keras.optimizers.SGD(0.1)])
    with pytest.raises(ValueError, match="2 groups for 1 optimizers"):
        optimizer.assign_variables([[], []])
    with pytest.raises(ValueError, match="`assign_variables` must assign each trainable variable"):
        optimizer.build(variables())
    with pytest.raises(ValueError, match="`learning_rate` must be positive"):
        make_gan_optimizer(0.0)
    with pytest.raises(ValueError, match="`rate_ratio` must be positive"):
        make_gan_optimizer(1e-3, rate_ratio=-1.0)
