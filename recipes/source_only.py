"""Source only: what a classifier of one domain is worth in another, and what labels there would be.

Paper: Ganin, Ustinova, Ajakan, Germain, Larochelle, Laviolette, Marchand and Lempitsky, 2016,
    Domain-Adversarial Training of Neural Networks, section 5.2 and table 2.
Data: 1,797 digits, embedded in scikit-learn, CC BY 4.0, and the same in front of its two
    photographs; or any other images. `--dataset mnist --target mnist_m` is the paper's pair.
Run: keras-dl run source_only
Expect: 54.5 % test accuracy in the target, digits in front of photographs, mean of seeds 0 to 2
    (55.2, 54.0, 54.0), and 98.0 % in the source; with `--labels target` 88.0 % (88.3, 87.7, 88.0);
    20 epochs, 10 to 18 s of training on two cores of an AMD EPYC. The paper has, from MNIST to
    MNIST-M, 52.3 % and 95.9 %; that pair has not been run.
Differs: as in `dann`, whose net, batches and choice of the epoch these are.
"""

from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe, When
from keras_dl.compiling import domain_classifier
from keras_dl.data import Data
from keras_dl.data.adaptation import load_domains
from keras_dl.optimizers import optimizer as make_optimizer
from keras_dl.reporting import adaptation


def data(
    *,
    dataset: str = "mnist",
    target: str | None = None,
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 512, log=True, step=2)] = 64,
    labels: Annotated[str, Choice("source", "target")] = "source",
) -> Data:
    """Images of at least 28 pixels with labels; with labels="target" those of the other domain."""
    return load_domains(
        dataset, target, batch_size=batch_size, image_size=image_size, learnt=labels
    )


def build(
    data: Data,
    *,
    units: Annotated[int, Range(32, 512, log=True, step=2)] = 100,
    batch_norm: bool = True,
    optimizer: Annotated[str, Choice("adam", "momentum")] = "adam",
    learning_rate: Annotated[float, Range(1e-4, 0.1, log=True)] = 1e-3,
    momentum: Annotated[float, Range(0.0, 0.99), When("optimizer", "momentum")] = 0.9,
    decay: Annotated[str, Choice("cosine", "inverse")] = "cosine",
    clip_norm: Annotated[float | None, Range(0.1, 10.0, log=True)] = 1.0,
) -> Any:
    """The net of `dann`, which learns nothing of the target; its domain head stays as it was."""
    stepper = make_optimizer(
        optimizer,
        learning_rate,
        momentum=momentum,
        decay_steps=data.planned_steps,
        decay=decay,
        # Features that flee the domain head grow, and so do its gradients.
        clip_norm=clip_norm,
    )
    return domain_classifier(
        data,
        stepper,
        mode="source_only",
        units=units,
        batch_norm=batch_norm,
    )


recipe = Recipe(
    name="source_only",
    data=data,
    build=build,
    report=adaptation,
    epochs=5,
    objective=Objective("val_settled_accuracy", "max"),
    objectives=(
        Objective("val_entropy", "min"),
        Objective("val_reverse_error", "min"),
        Objective("val_domain_probe", "min"),
    ),
    tested=Objective("val_accuracy", "max"),
    task="adaptation",
    family="adversarial",
    factors=("labels",),
    headline="test/accuracy",
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
