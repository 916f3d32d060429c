"""LeNet-5 of 1998: sparse connections, trainable subsampling, RBF outputs.

Paper: LeCun, Bottou, Bengio and Haffner, 1998, Gradient-Based Learning Applied to Document
    Recognition, section II.B and II.C, figures 2 and 3, table I.
Data: MNIST, 60,000 + 10,000 digits of 28×28 pixels, CC BY-SA 3.0; or any other images.
Run: keras-dl run lenet5_1998
Expect: 1.10 % test error on MNIST, mean of seeds 0 to 2 (1.16, 1.15, 0.99); 20 epochs, 125 s of
    training each on two busy cores of an AMD EPYC; in a quarter of the epochs 1.67 % (1.87, 1.70,
    1.45). The paper has 0.95 %.
Differs: AdamW with cosine decay for the diagonal Levenberg–Marquardt method; eq. 9 with j = 20,
    which the paper leaves open; pixels in [0, 1] for -0.1 … 1.175; own drawings of the ten digits
    as codes; 28×28 images padded at C1; 54,000 images to train on, 6,000 to choose the best epoch.
"""

from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe, Score, When
from keras_dl.data import Data, load, with_scaling
from keras_dl.layers import RandomDistortion
from keras_dl.losses import CodeDistance, MAPCriterion
from keras_dl.models.lenet import lenet5_1998
from keras_dl.optimizers import make_optimizer


def data(
    *,
    dataset: str = "mnist",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 128,
) -> Data:
    """Loads images of at least 28 pixels; smaller ones are enlarged, mixed sizes become 28."""
    return load(dataset, batch_size=batch_size, image_size=image_size, at_least=28)


def build(
    data: Data,
    *,
    sparse: Annotated[bool, Choice(False, True)] = True,
    rbf: Annotated[bool, Choice(False, True)] = True,
    criterion: Annotated[str, Choice("map", "distance"), When("rbf", True)] = "map",
    rubbish: Annotated[float, Range(1.0, 100.0, log=True), When("rbf", True)] = 20.0,
    distortions: Annotated[bool, Choice(False, True)] = False,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.0,
    weight_decay: Annotated[float, Range(1e-3, 1.0, log=True)] = 0.03,
    learning_rate: Annotated[float, Range(1e-4, 3e-2, log=True)] = 5e-3,
) -> Any:
    """Compiles the paper's network; without RBF outputs the loss is cross-entropy."""
    net = lenet5_1998(data.input_shape, data.num_classes, sparse=sparse, rbf=rbf, dropout=dropout)
    model = with_scaling(data, net, augmentation=[RandomDistortion()] if distortions else [])
    losses = {"map": MAPCriterion(rubbish if rbf else float("inf")), "distance": CodeDistance()}
    model.compile(
        make_optimizer(
            "adamw", learning_rate, weight_decay=weight_decay, decay_steps=data.planned_steps
        ),
        losses[criterion if rbf else "map"],
        metrics=["accuracy"],
    )
    return model


recipe = Recipe(
    name="lenet5_1998",
    data=data,
    build=build,
    epochs=20,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    factors=("sparse", "rbf"),
    score=Score("test/accuracy", "max", published=0.9905, source="LeNet-5"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
