"""Conditional GAN: both players are told the class, so that one can ask for it afterwards.

Paper: Mirza and Osindero, 2014, Conditional Generative Adversarial Nets, section 4.1.
Data: MNIST, 60,000 + 10,000 digits of 28×28 pixels, CC BY-SA 3.0; or any other images.
Run: keras-dl run conditional_gan
Expect: to be measured.
Differs: to be said.
"""

from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe
from keras_dl.data import Data, load
from keras_dl.models.gan import conditional_discriminator, conditional_generator
from keras_dl.objectives import TwoPlayer
from keras_dl.optimizers import two_optimizers
from keras_dl.quality import generation, with_judge


def data(
    *,
    dataset: str = "mnist",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 128,
) -> Data:
    """Labelled images, and the classifier that judges what is made of them."""
    return with_judge(load(dataset, batch_size=batch_size, image_size=image_size))


def build(
    data: Data,
    *,
    game: Annotated[str, Choice("non_saturating", "minimax", "least_squares")] = "non_saturating",
    latent_dim: Annotated[int, Range(10, 200, log=True)] = 100,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.5,
    learning_rate: Annotated[float, Range(1e-5, 1e-2, log=True)] = 5e-4,
    rate_ratio: Annotated[float, Range(0.1, 10.0, log=True)] = 1.0,
    momentum: Annotated[float, Range(0.0, 0.9)] = 0.0,
    discriminator_steps: Annotated[int, Range(1, 5)] = 1,
    average: Annotated[float | None, Choice(None, 0.99, 0.999)] = None,
) -> Any:
    """The paper's perceptrons, each with an Adam of its own."""
    model = TwoPlayer(
        conditional_generator(data.input_shape, data.num_classes, latent_dim=latent_dim),
        conditional_discriminator(data.input_shape, data.num_classes, dropout=dropout),
        game=game,
        discriminator_steps=discriminator_steps,
        average=average,
        judge=data.extras["judge"],
    )
    model.compile(
        two_optimizers(
            learning_rate,
            rate_ratio=rate_ratio,
            momentum=momentum,
            decay_steps=data.planned_steps,
            discriminator_steps=discriminator_steps,
        )
    )
    return model


def report(model: Any, data: Data) -> dict[str, Any]:
    """Samples of each class, walks within classes, and how good they are."""
    return generation(model, data)


recipe = Recipe(
    name="conditional_gan",
    data=data,
    build=build,
    report=report,
    epochs=10,
    objective=Objective("val_lenet_fid", "min"),
    task="generation",
    family="generative",
    factors=("game",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
