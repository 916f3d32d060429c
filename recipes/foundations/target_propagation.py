"""Target propagation: threshold units that learn towards virtual targets.

Paper: Le Cun, 1986, Learning Process in an Asymmetric Threshold Network, in Disordered Systems and
    Biological Organization; Friesen and Domingos, 2018, Deep Learning as a Mixed
    Convex-Combinatorial Optimization Problem, arXiv:1710.11573.
Data: MNIST, 60,000 + 10,000 digits of 28×28 pixels, CC BY-SA 3.0; `--dataset xor`, a truth table;
    any images or table with classes.
Run: keras-dl run target_propagation
Expect: TODO
Differs: Adam and hinge losses in place of the Widrow-Hoff rule; linear outputs of which the largest
    wins.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Repeat, Score
from keras_dl.algorithms import TargetPropagation
from keras_dl.data import Data, load, with_scaling
from keras_dl.data.toys import truth_table
from keras_dl.models.threshold import threshold_network
from keras_dl.optimizers import make_optimizer


def data(
    *,
    dataset: str = "mnist",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 512, log=True, step=2)] = 128,
) -> Data:
    """Images or a table; "xor" is the truth table that a single unit cannot compute."""
    if dataset == "xor":
        return truth_table("xor", batch_size=batch_size)
    return load(dataset, batch_size=batch_size, image_size=image_size)


def build(
    data: Data,
    *,
    rule: Annotated[str, Choice("error", "desired_state", "straight_through", "fixed")] = "error",
    units: Annotated[tuple[int, ...], Repeat(Range(4, 1024, log=True), 0, 3)] = (500,),
    learning_rate: Annotated[float, Range(1e-4, 1e-1, log=True)] = 1e-3,
) -> Any:
    """Layers of threshold units; `units=()` leaves single units, one for each class."""
    net = threshold_network(data.input_shape, data.num_classes, units=units)
    scaling = with_scaling(data, net).get_layer("scaling")
    model = TargetPropagation(scaling, net, rule=rule, name="target_propagation")
    optimizer = make_optimizer("adam", learning_rate, decay_steps=data.planned_steps)
    model.compile(optimizer, metrics=[keras.metrics.SparseCategoricalAccuracy("accuracy")])
    return model


recipe = Recipe(
    name="target_propagation",
    data=data,
    build=build,
    epochs=10,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    factors=("rule",),
    score=Score("test/accuracy", "max"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
