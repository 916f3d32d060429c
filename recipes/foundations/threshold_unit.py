"""McCulloch-Pitts neurons: logic gates with weights set by hand.

Paper: McCulloch and Pitts, 1943, A Logical Calculus of the Ideas Immanent in Nervous Activity;
    Minsky and Papert, 1969, Perceptrons, for what one unit cannot do.
Data: the truth table of the gate, the same rows in train, validation and test.
Run: keras-dl run threshold_unit
Expect: every gate is right in all rows, by construction; of the functions of 2 inputs one unit
    computes 14 of 16, of 3 inputs 104 of 256, and XOR is not among them: two layers do it.
Differs: The weights are set by hand and frozen, as the paper has no learning; training changes
    nothing. What one unit can compute is proved by a linear program for each function. A sum
    that reaches the threshold fires; inhibition is a negative weight, not a veto.
"""

from itertools import product
from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Recipe, plots
from keras_dl.data import Data
from keras_dl.data.toys import TABLES, truth_table
from keras_dl.models.threshold import gate_net, separating_weights

GRID = np.linspace(-0.5, 1.5, 201)


def data(*, gate: Annotated[str, Choice("and", "or", "nand", "nor", "not", "xor")] = "xor") -> Data:
    """Creates the truth table of the gate."""
    return truth_table(gate)


def build(data: Data) -> Any:
    """Builds the gate's network with fixed weights."""
    model = gate_net(data.name)
    model.trainable = False  # weights are fixed; `fit` only evaluates
    model.compile("sgd", keras.losses.MeanSquaredError(), metrics=["binary_accuracy"])
    return model


def report(model: keras.Model, data: Data) -> dict[str, Any]:
    """Draws the decision regions of all gates; counts the functions of one unit."""
    gates = [gate for gate in TABLES if len(TABLES[gate]) == 4]
    nets: dict[str, Any] = {gate: model if gate == data.name else gate_net(gate) for gate in gates}
    grid = np.stack(np.meshgrid(GRID, GRID), axis=-1).reshape(-1, 2).astype("float32")
    corners = truth_table("and").train.x
    regions = {
        gate.upper(): np.asarray(net.predict(grid, batch_size=len(grid), verbose=0)).reshape(
            len(GRID), len(GRID)
        )
        for gate, net in nets.items()
    }
    counts = {
        f"functions_of_{n}_by_one_unit": sum(
            separating_weights(np.array(list(product((0, 1), repeat=n))), outputs) is not None
            for outputs in product((0, 1), repeat=2**n)
        )
        for n in (2, 3)
    }
    return {
        "decision_regions": plots.decision_regions(
            regions, GRID, GRID, corners, {gate.upper(): TABLES[gate] for gate in gates}
        ),
        "linearly_separable": float(
            separating_weights(data.train.x, data.train.y.tolist()) is not None
        ),
        **counts,
    }


recipe = Recipe(
    name="threshold_unit",
    data=data,
    build=build,
    report=report,
    epochs=1,
    objective=Objective("val_binary_accuracy", "max"),
    task="classification",
    factors=("gate",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
