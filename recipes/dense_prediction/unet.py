"""U-Net for the vessels of the retina: a small one, refined by a second one as in W-Net.

Paper: Ronneberger, Fischer and Brox, 2015, U-Net, arXiv:1505.04597; Galdran et al., 2022,
    State-of-the-art retinal vessel segmentation with minimalistic models, Scientific Reports 12.
Data: DRIVE, 16 + 4 + 20 photographs of the retina, 584×565; Staal et al., 2004, licence not stated,
    research use; the last four training images are validation. `--dataset chase_db1 --image-size
    563` is a second set; `--dataset threads` is generated; `--dataset FOLDER` has images/ and
    masks/ with class numbers 0 and 1, and 255 for pixels that count nowhere.
Run: keras-dl run unet
Expect: F1 .806 and AUC .975 within the field of view on the 20 test images of DRIVE, seed 0 alone;
    the second observer's F1 is .788. Sensitivity .768, specificity .981; 40 epochs, 17 CPU minutes
    on one busy core of an Intel Xeon. With all pixels of test in one count F1 is .808.
Differs: Adam with cosine decay and 40 epochs of 320 crops for 20 cycles of 50 epochs of whole
    images; the best epoch by AUC of validation; symmetries of the square for rotations and colours;
    no prediction over several views. F1 is the mean over images within the field of view, at the
    threshold of the best F1 of validation.
"""

from dataclasses import replace
from typing import Annotated

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score, When
from keras_dl.algorithms.auxiliary_heads import AuxiliaryHeads
from keras_dl.algorithms.segmentation import compile_segmenter, with_symmetries
from keras_dl.data import Data
from keras_dl.data.segmentation import load_segmentation, read_second_observer, with_crops
from keras_dl.models.segmentation import unet, wnet
from keras_dl.optimizers import make_optimizer


def data(
    *,
    dataset: str = "drive",
    image_size: int | None = None,
    crop: Annotated[int, Choice(64, 96, 128, 192)] = 128,
    crops: Annotated[int, Range(1, 200, log=True)] = 20,
    batch_size: Annotated[int, Range(1, 64, log=True, step=2)] = 8,
) -> Data:
    """Crops of the training images; whole images, and a second observer's masks, for the test."""
    whole = load_segmentation(dataset, batch_size=batch_size, image_size=image_size)
    second = {}
    if dataset in ("drive", "chase_db1"):
        second = {"second_observer": read_second_observer(dataset, whole.test.y.shape[1:])}
    return replace(with_crops(whole, crop, crops), extras=second)


def build(
    data: Data,
    *,
    refine: Annotated[bool, Choice(False, True)] = True,
    filters: Annotated[int, Choice(4, 8, 16, 32)] = 8,
    depth: Annotated[int, Range(2, 5)] = 3,
    auxiliary: Annotated[float, Range(0.0, 1.0), When("refine", True)] = 1.0,
    learning_rate: Annotated[float, Range(1e-4, 3e-2, log=True)] = 1e-2,
) -> keras.Model:
    """One small U-Net, or two: `auxiliary` weighs the loss of the first."""
    shape = (None, None, data.input_shape[-1])
    optimizer = make_optimizer("adam", learning_rate, decay_steps=data.planned_steps)
    if not refine:
        options = {"filters": filters, "depth": depth, "padding": "same", "batch_norm": True}
        net = with_symmetries(data, unet(shape, data.num_classes, **options))
        return compile_segmenter(net, optimizer, data)
    net = with_symmetries(data, wnet(shape, data.num_classes, filters=filters, depth=depth))
    return compile_segmenter(AuxiliaryHeads(net, weight=auxiliary), optimizer, data)


recipe = Recipe(
    name="unet",
    data=data,
    build=build,
    epochs=40,
    objective=Objective("val_auc", "max"),
    alternatives=(Objective("val_f1", "max"), Objective("val_loss", "min")),
    task="binary_segmentation",
    factors=("refine", "filters"),
    score=Score(
        "test/f1", "max", published=0.828, source="W-Net, DRIVE (bob.ip.binseg)", label="F1"
    ),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
