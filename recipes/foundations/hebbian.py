"""Hebbian learning: Oja's rule converges to the first principal component.

Paper: Hebb, 1949, The Organization of Behavior; Oja, 1982, Simplified Neuron Model as a Principal
    Component Analyzer, Journal of Mathematical Biology 15.
Data: digits, 1,797 images of 8×8 pixels, embedded in scikit-learn; or any other images or table.
Run: keras-dl run hebbian
Expect: |cos| between Oja's weights and scikit-learn's first principal component 0.9999, mean of
    seeds 0 to 2 (0.99995, 0.99993, 0.99982), ‖w‖ = 1.0002; 40 epochs, 7 s on two cores of an AMD
    EPYC that did other work too. With rule=hebb |cos| is 0.99994 and ‖w‖ 1.2e25, still growing.
Differs: Mini-batches of 32 and a rate that falls to zero; inputs are centred and brought to a mean
    squared length of 1: uncentred they would draw the weights to their mean, and one rate would
    not do for all data sets.
"""

from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe, Score, plots
from keras_dl.algorithms import HebbianLearning
from keras_dl.data import Data, Images, load
from keras_dl.models.hebbian import hebbian
from keras_dl.optimizers import make_optimizer


def data(
    *,
    dataset: str = "digits",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(1, 1024, log=True, step=2)] = 32,
) -> Data:
    """Loads images in their own size, or a table; labels are not used."""
    return load(dataset, batch_size=batch_size, image_size=image_size)


def build(
    data: Data,
    *,
    rule: Annotated[str, Choice("oja", "hebb")] = "oja",
    initializer: Annotated[str, Choice("lecun_normal", "random_normal")] = "lecun_normal",
    learning_rate: Annotated[float, Range(1e-3, 1.0, log=True)] = 0.5,
) -> Any:
    """Compiles one linear unit on centred inputs with the rule as the gradient of its loss."""
    unit = hebbian(data.input_shape, initializer=initializer)
    model = HebbianLearning(centred(data), unit, rule)
    model.compile(make_optimizer("gradient_descent", learning_rate, decay_steps=data.planned_steps))
    return model


def centred(data: Data) -> Any:
    """Creates a layer that centres the inputs and scales their mean squared length to 1.

    Pixels share one scale; features of a table have separate scales, as their units differ.
    """
    train = data.train.x.astype("float32")
    variance = train.var(axis=0, dtype="float64")
    if isinstance(data.inputs, Images):
        variance = np.full(data.input_shape, variance.mean())
    variance = np.where(variance > 0, variance, 1.0) * variance.size
    axes: Any = tuple(range(1, train.ndim))
    return keras.layers.Normalization(
        axis=axes, mean=train.mean(axis=0, dtype="float64"), variance=variance, name="scaling"
    )


def simulate_rule(data: Data, start: np.ndarray, rule: str, rate: float, epochs: int) -> np.ndarray:
    """Applies the rule in numpy; returns the weights after each epoch, (epochs + 1, n)."""
    x = flat_inputs(data)
    w, path = start.astype("float64"), [start]
    for _ in range(epochs):
        for batch in np.array_split(x, -(-len(x) // data.batch_size)):
            y = batch @ w
            decay = np.mean(y**2) * w if rule == "oja" else 0.0
            w = w + rate * (batch.T @ y / len(batch) - decay)
        path.append(w)
    return np.array(path)


def flat_inputs(data: Data) -> np.ndarray:
    """Returns the training inputs of the unit, (n, features)."""
    inputs = [np.asarray(centred(data)(part)) for part in np.array_split(data.train.x, 20)]
    return np.concatenate(inputs).reshape(len(data.train.x), -1).astype("float64")


def report(model: keras.Model, data: Data) -> dict[str, Any]:
    """Compares the weights with the principal component, and both rules in numpy."""
    from sklearn.decomposition import PCA

    w = model.unit.get_weights()[0][:, 0].astype("float64")
    pca: Any = PCA(1, random_state=0).fit(flat_inputs(data))
    component = pca.components_[0]
    start = np.random.default_rng(0).normal(scale=len(w) ** -0.5, size=len(w))
    paths = {rule: simulate_rule(data, start, rule, 0.1, epochs=20) for rule in ("hebb", "oja")}
    norms = {rule: np.linalg.norm(path, axis=1) for rule, path in paths.items()}
    cosines = {rule: np.abs(path @ component) / norms[rule] for rule, path in paths.items()}
    cosine = float(w @ component / np.linalg.norm(w))
    sides = {"weights of the unit": np.sign(cosine) * w, "first principal component": component}
    return {
        "principal_component": plots.weight_directions(sides, data.input_shape),
        "hebb_and_oja": plots.weight_growth(norms, cosines),
        "cosine": abs(cosine),
        "weight_norm": np.linalg.norm(w),
        "hebb_norm_after_20_epochs": norms["hebb"][-1],
    }


recipe = Recipe(
    name="hebbian",
    data=data,
    build=build,
    report=report,
    epochs=40,
    objective=Objective("loss", "min"),
    task="unsupervised",
    factors=("rule",),
    score=Score("cosine", "max", label="cosine with the first principal component"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
