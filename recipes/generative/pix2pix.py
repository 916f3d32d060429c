"""pix2pix: conditional adversarial image-to-image translation.

Paper: Isola, Zhu, Zhou and Efros, 2017, Image-to-Image Translation with Conditional Adversarial
    Networks, sections 3, 4.2 and 6.
Data: 1,797 digits, embedded in scikit-learn, CC BY 4.0, and their outlines; or any other images.
    `--dataset facades` is the paper's label maps to photographs, CMP Facade Database.
Run: keras-dl ablate pix2pix
Expect: On facades of 64×64 pixels, seeds 0 and 1, L1 + cGAN and L1 alone in the same order:
    patch_distance 1.14, 1.05 and 2.23, 2.09; steps between pixels 0.60, 0.73 and 0.38, 0.38 of the
    real ones'; overlap of the histograms of L 0.82, 0.82 and 0.72, 0.73, of a 0.79, 0.82 and 0.78,
    0.82, of b 0.74, 0.88 and 0.54, 0.53; l1 0.31, 0.32 and 0.30, 0.31; 12 epochs, 60 to 101 s each
    on two busy cores of an AMD EPYC. The paper has, on Cityscapes, overlaps 0.86, 0.84, 0.82 and
    0.81, 0.69, 0.70. On the outlines of digits, seed 0, little is left to guess and the game does
    not pay: patch_distance 0.009 and 0.005; a LeNet-5 reads 96.7 and 97.2 % of what is made and
    97.8 % of the targets; 20 epochs, 88 and 79 s.
Differs: A quarter of the filters, patches of 34 pixels and larger batches; no noise in test:
    dropout is off and batch normalisation takes the means of training; rates fall along half a
    cosine; the best epoch is chosen by validation. The facades' figures are of `--dataset facades
    --image-size 64 --batch-size 4 --learning-rate 2e-4 --epochs 12`.
"""

from dataclasses import replace
from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe, plots
from keras_dl.algorithms import ImageTranslation
from keras_dl.data import Data
from keras_dl.data.images.pairs import image_pairs
from keras_dl.metrics import (
    colour_overlap,
    feature_extractor,
    features_and_classes,
    sharpness,
    train_feature_extractor,
)
from keras_dl.models.pix2pix import patch_discriminator, unet_generator
from keras_dl.optimizers import make_gan_optimizer

SHOWN = 6


def data(
    *,
    dataset: str = "digits",
    image_size: Annotated[int, Choice(32, 64, 128, 256)] = 32,
    batch_size: Annotated[int, Range(1, 256, log=True, step=2)] = 16,
) -> Data:
    """Loads source and target images; adds a feature extractor if the targets have classes."""
    translation = image_pairs(dataset, batch_size=batch_size, image_size=image_size)
    labelled = translation.extras.get("labelled")
    if labelled is None or labelled.num_classes < 2:
        return translation
    extractor = feature_extractor(labelled)
    return replace(translation, extras={**translation.extras, "feature_extractor": extractor})


def build(
    data: Data,
    *,
    adversarial_weight: Annotated[float, Choice(0.0, 1.0)] = 1.0,
    l1_weight: Annotated[float, Choice(0.0, 1.0, 10.0, 100.0)] = 100.0,
    adversarial_loss: Annotated[str, Choice("non_saturating", "least_squares")] = "non_saturating",
    filters: Annotated[int, Choice(8, 16, 32, 64)] = 16,
    strided: Annotated[int, Choice(1, 2, 3)] = 2,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.5,
    learning_rate: Annotated[float, Range(1e-5, 1e-2, log=True)] = 1e-3,
) -> Any:
    """Compiles the paper's U-Net and patch discriminator with one Adam each."""
    shape = data.train.y.shape[1:]
    model = ImageTranslation(
        unet_generator(data.input_shape, shape[-1], filters=filters, dropout=dropout),
        patch_discriminator(data.input_shape, shape, filters=filters, strided=strided),
        adversarial_loss=adversarial_loss,
        adversarial_weight=adversarial_weight,
        l1_weight=l1_weight,
    )
    model.monitor(data.validation.sample(SHOWN).x)
    model.compile(make_gan_optimizer(learning_rate, decay_steps=data.planned_steps))
    return model


def train(session: Any, model: keras.Model, data: Data) -> None:
    """Trains the networks, after the feature extractor of targets with classes."""
    if "feature_extractor" in data.extras:
        train_feature_extractor(data.extras["feature_extractor"], data.extras["labelled"])
    session.fit(model, data)


def report(model: keras.Model, data: Data) -> dict[str, Any]:
    """Draws sources, generated images and targets; compares sharpness and colours."""
    source, target = data.test.x, data.test.y
    generated = model.images(source)
    results: dict[str, Any] = {
        "translations": plots.translations(
            {"source": source[:SHOWN], "made": generated[:SHOWN], "target": target[:SHOWN]}
        ),
        "sharpness": sharpness(target, generated),
        **{f"overlap_{name}": share for name, share in colour_overlap(target, generated).items()},
    }
    if model.sample_monitor.snapshots:
        results["images_by_epoch"] = plots.samples_by_epoch(model.sample_monitor.snapshots)
    if "feature_extractor" in data.extras:
        labels = data.extras["labelled"].test.y
        for name, images in (("made", generated), ("real", target)):
            right = features_and_classes(data.extras["feature_extractor"], images)[1] == labels
            results[f"lenet_accuracy_of_{name}"] = float(np.mean(right))
    return results


recipe = Recipe(
    name="pix2pix",
    data=data,
    build=build,
    train=train,
    report=report,
    epochs=20,
    objective=Objective("val_patch_distance", "min"),
    task="image_translation",
    factors=("adversarial_weight",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
