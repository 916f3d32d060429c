"""Siamese network: whether two images are of one class, and one-shot classification by it.

Paper: Koch, Zemel and Salakhutdinov, 2015, Siamese Neural Networks for One-shot Image Recognition,
    ICML Deep Learning Workshop; losses of Hadsell et al., 2006, and Schroff et al., 2015.
Data: Omniglot, 1,623 handwritten characters of 50 alphabets, 20 drawings each, MIT; the official
    background and evaluation sets. Or a folder of images by class: its classes are divided.
Run: keras-dl run siamese
Expect: On characters of new alphabets, seed 0: 20-way 1-shot 65.9 ± 0.9 % among the characters of
    one alphabet, 81.7 ± 0.5 % among any (1,000 episodes each), 78.5 ± 5.0 % on the 20 official
    runs, where the paper has 92.0 % and raw pixels have 19.0 %; pairs verified 91.6 %, AUC 0.972;
    3.7 CPU minutes on a Xeon of 2.6 GHz, 80,000 images in 1,000 steps. Validation has 55, 60, 69
    and 72 % after epochs 1, 2, 4 and 9. `--within-groups --way 40 --epochs 24` has 73.0 ± 0.7 %
    within alphabets, 87.5 ± 0.5 % among any and 88.3 ± 3.0 % on the official runs, 8 minutes on a
    core; 72 epochs have 74.5, 89.8 and 88.0 %: seed 0 each.
Differs: Conv4 on 28×28 pixels with the triplet loss. The paper's net of 38,951,745 parameters is
    `--encoder koch --pair-loss crossentropy --image-size 105` with a folder of images; it has
    layer-wise rates and L2, and 150,000 pairs. Rotated alphabets are further classes here, and the
    best epoch in validation is tested.
"""

from typing import Annotated, Any

import keras

from keras_dl import AtLeast, Choice, Objective, Range, Recipe, Score, When
from keras_dl.algorithms.siamese import SiameseNetwork
from keras_dl.data import Data, with_scaling
from keras_dl.data.few_shot import few_shot
from keras_dl.layers import RandomDistortion
from keras_dl.models import conv4, koch_encoder
from keras_dl.optimizers import make_optimizer

SMALLEST = 65  # pixels that the paper's kernels need; smaller images get smaller kernels


def data(
    *,
    dataset: str = "omniglot",
    way: Annotated[int, Range(5, 60, log=True)] = 20,
    episodes: Annotated[int, AtLeast(1)] = 200,
    test_way: Annotated[int, AtLeast(2)] = 20,
    rotations: Annotated[bool, Choice(False, True)] = True,
    within_groups: bool | None = None,
    image_size: int = 28,
    batch_size: Annotated[int, Choice(1, 2, 4, 8)] = 2,
) -> Data:
    """Episodes of two images of each of `way` classes, whose pairs the network learns from."""
    return few_shot(
        dataset,
        way=way,
        shot=1,
        query=1,
        test_query=1,
        episodes=episodes,
        test_way=test_way,
        rotations=rotations,
        within_groups=within_groups,
        image_size=image_size,
        batch_size=batch_size,
    )


def build(
    data: Data,
    *,
    encoder: Annotated[str, Choice("conv4", "koch")] = "conv4",
    filters: Annotated[int, Range(16, 128, log=True, step=2), When("encoder", "conv4")] = 64,
    units: Annotated[int, Range(64, 4096, log=True, step=2), When("encoder", "koch")] = 4096,
    pair_loss: Annotated[str, Choice("crossentropy", "contrastive", "triplet")] = "triplet",
    margin: float | None = None,
    distortion: Annotated[bool, Choice(False, True)] = True,
    learning_rate: Annotated[float, Range(1e-5, 1e-2, log=True)] = 2e-3,
) -> keras.Model:
    """An encoder and the comparison of its embeddings; affine distortions while training.

    `margin` None is that of the papers: 1.0 with "contrastive", 0.2 with "triplet".
    """
    net = make_encoder(encoder, data, filters=filters, units=units)
    layers: list[Any] = distortions() if distortion else []
    encoded = with_scaling(data, net, layers)
    model = SiameseNetwork(encoded, pair_loss=pair_loss, margin=margin, name="siamese")
    model.compile(make_optimizer("adam", learning_rate, decay_steps=data.planned_steps))
    return model


def make_encoder(name: str, data: Data, *, filters: int, units: int) -> keras.Model:
    """Conv4, or the paper's encoder, with smaller kernels for images below 65 pixels."""
    if name == "conv4":
        return conv4(data.input_shape, filters=filters)
    large = min(data.input_shape[:2]) >= SMALLEST
    return koch_encoder(
        data.input_shape, units=units, kernels=(10, 7, 4, 4) if large else (4, 3, 2, 2)
    )


def distortions() -> list[Any]:
    """The paper's affine distortions: turned by 10°, sheared, scaled and shifted."""
    turned = keras.layers.RandomRotation(10 / 360, fill_mode="constant")
    return [turned, RandomDistortion(translation=1.0, scaling=0.2, squeezing=0.1, shearing=0.2)]


recipe = Recipe(
    name="siamese",
    data=data,
    build=build,
    epochs=10,
    objective=Objective("val_accuracy", "max"),
    task="one_shot",
    factors=("pair_loss", "distortion"),
    score=Score("test/accuracy", "max", label="20-way 1-shot error within new alphabets"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
