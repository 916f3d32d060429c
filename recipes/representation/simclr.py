"""SimCLR: features learnt without labels by finding the other view of each image.

Paper: Chen, Kornblith, Norouzi and Hinton, 2020, A Simple Framework for Contrastive Learning of
    Visual Representations, arXiv:2002.05709.
Data: CIFAR-10, 60,000 images of 32×32 pixels, of which `images` train; or any images with classes.
    The classes judge the features after the training.
Run: keras-dl run simclr
Expect: a linear classifier on the features has 35.7 % (seeds 0 to 2: 35.9, 34.8, 36.5), on those of
    random weights 31.2 %, on pixels 30.6 %: a gain of 4.5 ± 2.2 points (95 % over seeds); ten
    nearest neighbours 30.5, 28.2 and 29.6 %. One to two CPU minutes a seed on a Xeon of 2.6 GHz.
Differs: Conv4 of 32 filters, 3,000 images of 16×16 pixels, batches of 128 and 10 epochs with Adam
    for a ResNet, 50,000 of 32×32, batches of 512 and 1,000 epochs with LARS, which leads to about
    91 %. Views: Keras' zoom and translation for crops, no blur; no colours on grey images. The
    source of CIFAR-10 here is a JPEG conversion.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score
from keras_dl.algorithms.self_supervision import SimCLR
from keras_dl.data import Data, load, with_scaling
from keras_dl.data.few_labels import take_examples
from keras_dl.models import conv4
from keras_dl.optimizers import make_optimizer

GREY_SHARE = 0.2  # of the views without colours


def data(
    *,
    dataset: str = "cifar10",
    image_size: int | None = 16,
    images: Annotated[int, Range(500, 50_000, log=True)] = 3000,
    batch_size: Annotated[int, Choice(64, 128, 256, 512)] = 128,
) -> Data:
    """At most `images` training images, 16 pixels a side for minutes; None: as they are."""
    loaded = load(dataset, batch_size=batch_size, image_size=image_size, at_least=16)
    return take_examples(loaded, images)


def build(
    data: Data,
    *,
    filters: Annotated[int, Range(16, 128, log=True, step=2)] = 32,
    projection: Annotated[int, Range(16, 256, log=True, step=2)] = 64,
    temperature: Annotated[float, Range(0.05, 1.0, log=True)] = 0.5,
    crop: Annotated[float, Range(0.0, 0.8)] = 0.5,
    colour: Annotated[float, Range(0.0, 1.0)] = 0.4,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 3e-3,
) -> keras.Model:
    """Conv4, a projection with one hidden layer, and views by Keras' preprocessing layers."""
    encoder = with_scaling(data, conv4(data.input_shape, filters=filters))
    dim = encoder.output_shape[-1]
    layers = [
        keras.Input((dim,)),
        keras.layers.Dense(dim, activation="relu", name="hidden"),
        keras.layers.Dense(projection, dtype="float32", name="projection"),
    ]
    views = view_layers(data.input_shape[-1], crop=crop, colour=colour)
    model = SimCLR(encoder, keras.Sequential(layers), views, temperature=temperature, name="simclr")
    model.compile(make_optimizer("adam", learning_rate, decay_steps=data.planned_steps))
    return model


def view_layers(channels: int, *, crop: float, colour: float) -> list[Any]:
    """Random views: an enlarged and shifted part, mirrored, with other colours or none."""
    layers: list[Any] = [keras.layers.RandomFlip("horizontal")]
    if crop:
        layers += [
            keras.layers.RandomZoom((-crop, 0.0), fill_mode="reflect"),
            keras.layers.RandomTranslation(crop / 2, crop / 2, fill_mode="reflect"),
        ]
    if colour:
        layers += [
            keras.layers.RandomBrightness(colour, value_range=(0, 255)),
            keras.layers.RandomContrast(colour, value_range=(0, 255)),
        ]
    if colour and channels == 3:
        layers += [
            keras.layers.RandomSaturation(
                (0.5 - colour / 2, 0.5 + colour / 2), value_range=(0, 255)
            ),
            keras.layers.RandomHue(colour / 4, value_range=(0, 255)),
            keras.layers.RandomGrayscale(GREY_SHARE),
        ]
    return layers


recipe = Recipe(
    name="simclr",
    data=data,
    build=build,
    epochs=10,
    objective=Objective("val_loss", "min"),
    task="self_supervision",
    factors=("crop", "colour"),
    score=Score(
        "linear_probe_accuracy", "max", label="error of a linear classifier on the features"
    ),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
