"""Source-only baseline: a source classifier evaluated on the target domain.

Paper: Ganin, Ustinova, Ajakan, Germain, Larochelle, Laviolette, Marchand and Lempitsky, 2016,
    Domain-Adversarial Training of Neural Networks, section 5.2 and table 2.
Data: MNIST and MNIST-M, as `dann` has them; or any other images.
Run: keras-dl run source_only
Expect: 40.6 % right in the target, MNIST-M, mean of seeds 0 to 4 (36.8, 40.8, 42.3, 42.1, 41.1);
    with `--labels target` 98.0 % (98.1, 98.0, 98.0); 5 epochs, 60 to 220 s of training on two busy
    cores of an AMD EPYC. The paper has 52.3 % and 95.9 %, without batch normalization, which learns
    the statistics of the source; so has `--no-batch-norm`: 51.7 % (50.8, 50.4, 51.3, 55.1, 50.6).
Differs: As in `dann`, whose net and choice of the epoch these are; the target is not seen at all.
"""

from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe, Score, When
from keras_dl.data import Data
from keras_dl.data.adaptation import load_domains
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.adaptation import build_domain_classifier, report_adaptation


def data(
    *,
    dataset: str = "mnist",
    target_domain: str | None = None,
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 512, log=True, step=2)] = 64,
    labels: Annotated[str, Choice("source", "target")] = "source",
) -> Data:
    """Loads images of at least 28 pixels; labels="target" trains on the target's labels."""
    return load_domains(
        dataset, target_domain, batch_size=batch_size, image_size=image_size, train_on=labels
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
    """Compiles the network of `dann` without training its domain head."""
    stepper = make_optimizer(
        optimizer,
        learning_rate,
        momentum=momentum,
        decay_steps=data.planned_steps,
        decay=decay,
        # Features that evade the domain head grow, and their gradients with them.
        clip_norm=clip_norm,
    )
    return build_domain_classifier(
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
    report=report_adaptation,
    epochs=5,
    objective=Objective("val_scheduled_accuracy", "max"),
    alternatives=(
        Objective("val_entropy", "min"),
        Objective("val_reverse_error", "min"),
        Objective("val_domain_probe", "min"),
    ),
    task="adaptation",
    factors=("labels",),
    score=Score(
        "test/accuracy",
        "max",
        published=0.5225,
        source="source only, table 2",
        label="target error",
    ),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
