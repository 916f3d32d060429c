"""Linear regression: gradient descent against the closed-form solution.

Paper: Legendre, 1805, Nouvelles méthodes pour la détermination des orbites des comètes, appendix;
    Hoerl and Kennard, 1970, Ridge Regression, for the penalty.
Data: diabetes, 442 patients, 10 features, embedded in scikit-learn; boston_housing for the prices
    of houses; or any table with a number to predict.
Run: keras-dl run linear_regression
Expect: within 3e-5 of the closed form in the weights and 1e-5 in predictions, in units of
    the target's standard deviation; R² 0.452 in test, the same for seeds 0 to 2, as all start from
    zeros; 300 epochs, 62 to 91 s on two cores of an AMD EPYC that did other work too. With
    boston_housing 6e-6, 1e-5 and 0.767, one seed.
Differs: Nesterov's momentum on all of train at once in place of the normal equations; features and
    target are standardised; the epoch of the smallest gradient is kept, not that of validation.
"""

from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Objective, Range, Recipe, Score, plots
from keras_dl.algorithms import ConvexLearning
from keras_dl.data import Data, Features, load, with_scaling
from keras_dl.models.linear import linear_regression
from keras_dl.optimizers import make_optimizer


def data(
    *,
    dataset: str = "diabetes",
    batch_size: Annotated[int, Range(16, 4096, log=True, step=2)] = 512,
) -> Data:
    """Loads a table with one target; by default the training set is one batch.

    Raises:
        ValueError: if the data have classes.
    """
    table = load(dataset, batch_size=batch_size)
    if not isinstance(table.inputs, Features) or table.class_names or table.train.y.ndim > 1:
        raise ValueError(
            "`dataset` must be a table with one number to predict, such as diabetes or "
            f"boston_housing. Received: dataset={table.name}"
        )
    return table


def build(
    data: Data,
    *,
    learning_rate: Annotated[float, Range(1e-3, 0.1, log=True)] = 0.08,
    momentum: Annotated[float, Range(0.0, 0.99)] = 0.95,
    weight_decay: Annotated[float, Range(0.0, 1.0)] = 0.0,
) -> Any:
    """Compiles a linear model on standardised features and a standardised target."""
    net = linear_regression(data.input_shape, initializer="zeros", weight_decay=weight_decay)
    raw = with_scaling(data, net)
    mean, deviation = float(data.train.y.mean()), float(data.train.y.std())
    outputs = keras.layers.Rescaling(deviation, mean, name="units")(raw.output)
    model = ConvexLearning(raw.input, outputs, name=net.name)
    model.gradient_norm.scale = 2.0 / deviation
    model.compile(
        make_optimizer("sgd", learning_rate, momentum=momentum),
        keras.losses.MeanSquaredError(),
        loss_weights=1.0 / deviation**2,  # the unexplained share, 1 − R²
        metrics=[keras.metrics.MeanAbsoluteError("mae")],
    )
    return model


def closed_form(data: Data, weight_decay: float = 0.0) -> np.ndarray:
    """Computes the standardised weights (XᵀX + nλ/2·I)⁻¹ Xᵀy, the bias last.

    Solved as least squares with additional rows for the penalty, without inversion. The bias is 0
    because standardised columns have mean 0.
    """
    x, y = standardised(data, data.train.x), data.train.y.astype("float64")
    y = (y - y.mean()) / y.std()
    rows = np.sqrt(len(x) * weight_decay / 2) * np.eye(x.shape[1])
    x, y = np.vstack([x, rows]), np.append(y, np.zeros(len(rows)))
    return np.append(np.linalg.lstsq(x, y, rcond=None)[0], 0.0)


def standardised(data: Data, x: np.ndarray) -> np.ndarray:
    """Standardises features by the mean and standard deviation of the training set."""
    train = data.train.x.astype("float64")
    deviation = train.std(axis=0)
    return (x - train.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)


def report(model: Any, data: Data) -> dict[str, Any]:
    """Draws predictions against actual values; computes R² and gaps to the closed form."""
    layer = model.get_layer("linear_regression").get_layer("prediction")
    weights = np.concatenate([w.ravel() for w in layer.get_weights()])
    decay = 0.0 if layer.kernel_regularizer is None else 2 * float(layer.kernel_regularizer.l2)
    best = closed_form(data, decay)
    y, deviation = data.train.y.astype("float64"), float(data.train.y.std())
    predicted = model.predict(data.test.x, verbose=0)[:, 0].astype("float64")
    exact = y.mean() + y.std() * (standardised(data, data.test.x) @ best[:-1] + best[-1])
    rest = np.square(data.test.y - predicted).sum()
    return {
        "predicted_against_actual": plots.predicted_against_actual(data.test.y, predicted),
        "r_squared": 1 - rest / np.square(data.test.y - data.test.y.mean()).sum(),
        "weight_gap": np.abs(weights - best).max(),
        "prediction_gap": np.abs(predicted - exact).max() / deviation,
    }


recipe = Recipe(
    name="linear_regression",
    data=data,
    build=build,
    report=report,
    epochs=300,
    objective=Objective("gradient_norm", "min"),
    task="regression",
    score=Score("weight_gap", "min", label="largest gap to the closed form's weights"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
