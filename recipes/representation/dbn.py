"""DBN: deep belief network, restricted Boltzmann machines stacked greedily, then fine-tuned.

Paper: Hinton, Osindero and Teh, 2006, A Fast Learning Algorithm for Deep Belief Nets; fine-tuning
    by back-propagation as in Hinton and Salakhutdinov, 2006.
Data: MNIST, 60,000 + 10,000 digits of 28×28 pixels, CC BY-SA 3.0; or any images with classes. Grey
    levels are probabilities of the visible units.
Run: keras-dl run dbn
Expect: Test error 1.38 % on MNIST, seed 0: 10 epochs of CD-1 a layer, then 20 epochs of
    fine-tuning; 5 CPU minutes on a busy core of an AMD EPYC.
Differs: Two layers of 500 for 500-500-2000, contrastive divergence and Adam for the up-down
    algorithm, dropout of 0.2 in fine-tuning. The best epoch in validation is tested; papers report
    the last: 1.25 % in 2006. LISA lab's Deep Learning Tutorials have 1.34 % in 716 minutes, by
    --units 1000,1000,1000 --batch-size 10 --dropout 0, 100 epochs of CD-1 a layer at a rate of 0.01
    and 46 epochs of SGD at 0.1.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Repeat, Score, When
from keras_dl.algorithms.greedy import encode_data, layer_rbm
from keras_dl.data import Data, load, with_scaling
from keras_dl.data.images.binary import check_images
from keras_dl.models.mlp import mlp
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier


def data(
    *,
    dataset: str = "mnist",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(10, 512, log=True)] = 100,
) -> Data:
    """Images with classes, in their own size."""
    return check_images(load(dataset, batch_size=batch_size, image_size=image_size))


def build(
    data: Data,
    *,
    units: Annotated[tuple[int, ...], Repeat(Range(16, 2000, log=True), 1, 4)] = (500, 500),
    dropout: Annotated[float, Range(0.0, 0.6)] = 0.2,
    learning_rate: Annotated[float, Range(1e-5, 1e-2, log=True)] = 1e-3,
) -> keras.Model:
    """Sigmoid layers with a softmax on top, from random weights."""
    net = mlp(
        data.input_shape,
        data.num_classes,
        units=units,
        activation="sigmoid",
        dropout=dropout,
        initializer="glorot_uniform",
        name="encoder",
    )
    optimizer = make_optimizer("adam", learning_rate, decay_steps=data.planned_steps)
    return compile_classifier(with_scaling(data, net), optimizer)


def train(
    session: Any,
    model: keras.Model,
    data: Data,
    *,
    pretraining: Annotated[bool, Choice(False, True)] = True,
    pretraining_share: Annotated[float, Range(0.1, 5.0, log=True), When("pretraining", True)] = 0.5,
    pretraining_rate: Annotated[float, Range(1e-3, 0.3, log=True), When("pretraining", True)] = 0.1,
    steps: Annotated[int, Range(1, 15, log=True), When("pretraining", True)] = 1,
    persistent: Annotated[bool, Choice(False, True), When("pretraining", True)] = False,
) -> None:
    """Trains a machine for each layer on the probabilities below it, then the whole net."""
    if pretraining:
        scaling, net = model.get_layer("scaling"), model.get_layer("encoder")
        below = keras.Model(model.input, keras.layers.Flatten()(scaling.output))
        codes = encode_data(below, data)
        for depth, layer in enumerate(hidden_layers(net), start=1):
            machine = layer_rbm(
                layer,
                codes,
                optimizer=make_optimizer("momentum", pretraining_rate, momentum=0.5),
                steps=steps,
                chains=data.batch_size if persistent else 0,
            )
            epochs = session.epochs(pretraining_share)
            session.fit(machine, codes, epochs=epochs, stage=f"rbm{depth}")
            codes = encode_data(keras.Sequential([keras.Input(codes.input_shape), layer]), codes)
    session.fit(model, data)


def hidden_layers(net: keras.Model) -> list[Any]:
    """The hidden layers, first to last."""
    dense = [layer for layer in net.layers if isinstance(layer, keras.layers.Dense)]
    return dense[:-1]  # without the logits


recipe = Recipe(
    name="dbn",
    data=data,
    build=build,
    train=train,
    epochs=20,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    factors=("pretraining",),
    score=Score("test/accuracy", "max"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
