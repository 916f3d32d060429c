"""LeNet-5: convolutional network for handwritten digits.

Paper: LeCun, Bottou, Bengio and Haffner, 1998, Gradient-Based Learning Applied to Document
    Recognition, section II.B and figure 2.
Data: MNIST, 60,000 + 10,000 digits of 28×28 pixels, CC BY-SA 3.0; or any other images.
Run: keras-dl run lenet5
Expect: 0.91 % test error on MNIST, mean of seeds 0 to 2 (0.86, 1.00, 0.88); 15 epochs, 75 s of
    training each on two busy cores of an AMD EPYC; in a quarter of the epochs 1.46 % (1.47, 1.54,
    1.38). With `--distortions --weight-decay 0.05 --epochs 20` 0.68 % (0.72, 0.70, 0.61), 180 s; in
    4 epochs 1.15 % (1.13, 1.19, 1.13). The paper has 0.95 %, and 0.8 % with distortions.
Differs: New distortions in each epoch, within own bounds, for ten fixed copies of each image. Dense
    C3 and C5, plain average pooling and a linear output in place of the sparse map, trainable
    subsampling and RBF units (61,706 parameters for 60,000); AdamW with cosine decay for the
    diagonal Levenberg–Marquardt method; 54,000 images to train on, 6,000 to choose the best epoch.
"""

from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe, Score, When
from keras_dl.data import Data, load, with_scaling
from keras_dl.layers import RandomDistortion, augmentation_layers
from keras_dl.models.lenet import lenet5
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.compiling import compile_for_targets


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
    activation: Annotated[
        str, Choice("tanh", "scaled_tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "sigmoid")
    ] = "tanh",
    pooling: Annotated[str, Choice("average", "max")] = "average",
    batch_norm: Annotated[bool, Choice(False, True)] = False,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.0,
    initializer: Annotated[
        str,
        Choice("glorot_uniform", "glorot_normal", "he_normal", "lecun_normal", "orthogonal"),
    ] = "glorot_uniform",
    augmentation: Annotated[str | None, Choice(None, "shift", "flip", "shift_flip")] = None,
    distortions: Annotated[bool, Choice(False, True)] = False,
    elastic: Annotated[float, Range(0.0, 60.0), When("distortions", True)] = 0.0,
    label_smoothing: Annotated[float, Range(0.0, 0.3)] = 0.0,
    l2: Annotated[float, Range(0.0, 1e-3)] = 0.0,
    optimizer: Annotated[str, Choice("adamw", "sgd")] = "adamw",
    learning_rate: Annotated[float, Range(1e-4, 3e-2, log=True)] = 5e-3,
    weight_decay: Annotated[float, Range(1e-3, 1.0, log=True), When("optimizer", "adamw")] = 0.3,
    momentum: Annotated[float, Range(0.0, 0.99), When("optimizer", "sgd")] = 0.9,
) -> Any:
    """Compiles LeNet-5 on raw pixels."""
    net = lenet5(
        data.input_shape,
        data.num_outputs,
        activation=activation,
        pooling=pooling,
        batch_norm=batch_norm,
        dropout=dropout,
        initializer=initializer,
        weight_decay=l2,
    )
    moves = augmentation_layers(augmentation, data.input_shape)
    moves += [RandomDistortion(elastic=elastic)] if distortions else []
    return compile_for_targets(
        data,
        with_scaling(data, net, augmentation=moves),
        make_optimizer(
            optimizer,
            learning_rate,
            momentum=momentum,
            weight_decay=weight_decay,
            decay_steps=data.planned_steps,
        ),
        label_smoothing=label_smoothing,
    )


recipe = Recipe(
    name="lenet5",
    data=data,
    build=build,
    epochs=15,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    regression=Objective("val_mae", "min"),
    classes_only=("label_smoothing",),
    on_request=("augmentation",),
    factors=("activation", "pooling"),
    score=Score("test/accuracy", "max", published=0.9905, source="LeNet-5"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
