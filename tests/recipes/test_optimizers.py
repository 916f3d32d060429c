import keras
import pytest
from recipes.optimizers import METHODS, build, data, recipe


@pytest.mark.parametrize(
    ("method", "size", "kind", "rate"),
    [
        ("batch", 1294, keras.optimizers.SGD, 0.5),
        ("stochastic", 1, keras.optimizers.SGD, 0.01),
        ("momentum", 32, keras.optimizers.SGD, 0.02),
        ("rmsprop", 32, keras.optimizers.RMSprop, 1e-3),
        ("adam", 32, keras.optimizers.Adam, 3e-3),
    ],
)
def test_methods_bring_batch_size_and_rate(method, size, kind, rate):
    loaded = data(method=method)
    assert loaded.batch_size == (size if size != 1294 else len(loaded.train.x))
    made = build(loaded, units=()).optimizer
    assert isinstance(made, kind)
    assert float(made.learning_rate) == pytest.approx(rate)
    assert made.momentum == pytest.approx(0.9) if method == "momentum" else True


def test_rate_may_be_given():
    made = build(data(method="adam"), units=(), learning_rate=0.02).optimizer
    assert float(made.learning_rate) == pytest.approx(0.02)


@pytest.mark.slow
def test_all_six_descend_one_surface(store):
    result = recipe.run(budget="smoke", method="minibatch", verbose=False)
    finals = {m: result.metrics[f"final_loss_{m}"] for m in METHODS}
    assert all(loss < 0.5 for loss in finals.values())
    assert max(finals, key=finals.__getitem__) == "batch"  # five steps in five passes
    lines = {line.get_label() for line in result.figures["trajectories"].axes[0].lines}
    assert set(METHODS) <= lines
