"""Captioning: an LSTM describes photographs, with or without attention to their regions.

Paper: Vinyals, Toshev, Bengio and Erhan, 2015, Show and Tell, arXiv:1411.4555; Xu et al., 2015,
    Show, Attend and Tell, arXiv:1502.03044.
Data: 1,000 photographs of Flickr8k with five captions each, of its splits; or a folder of images
    with captions.tsv (columns image and caption). `--dataset captioned_shapes` is generated.
Run: keras-dl run captioning
Expect: BLEU-1 of .539 (.548, .554, .516) and BLEU-4 of .100 (.099, .107, .094) on the test
    photographs, seeds 0 to 2, by beam search with five references each; greedy .536 and .094 with
    seed 0, the caption of the nearest photograph .402 and .065, the most frequent one .371 and 0.
    135 to 170 s of training on one core of an Intel Xeon. The paper's BLEU-1 is .63.
Differs: 753 photographs to train on for 6,000; the 36 regions of a MobileNet of width 0.75, which
    stays frozen, for a fine-tuned Inception or the 196 of a VGG; attention behind the LSTM, as in
    Luong et al.; words of three captions or more; the best of 12 epochs by the loss in validation.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score
from keras_dl.algorithms import Captioner
from keras_dl.data import Data, Split
from keras_dl.data.captions import captioned_images
from keras_dl.models import caption_decoder
from keras_dl.models.pretrained import describe_weights, feature_maps
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.captioning import regions_of


def data(
    *,
    dataset: str = "flickr8k_1000",
    image_size: int = 192,
    min_count: Annotated[int, Range(1, 20)] = 3,
    longest: Annotated[int, Range(5, 50)] = 20,
    batch_size: Annotated[int, Choice(8, 16, 32, 64)] = 16,
) -> Data:
    """Loads images with all of their captions."""
    return captioned_images(
        dataset,
        image_size=image_size,
        min_count=min_count,
        longest=longest,
        batch_size=batch_size,
    )


def build(
    data: Data,
    *,
    base: Annotated[str, Choice("mobilenet", "efficientnet_lite0")] = "mobilenet",
    weights: str = "imagenet",
    attention: Annotated[bool, Choice(True, False)] = True,
    units: Annotated[int, Range(32, 512, log=True, step=2)] = 192,
    dropout: Annotated[float, Range(0.0, 0.7)] = 0.4,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 2e-3,
) -> Any:
    """Compiles a frozen base with a decoder of words."""
    shapes: Any = data.input_shape
    maps = feature_maps(shapes["image"], base=base, weights=None if weights == "none" else weights)
    channels = maps.output_shape[-1]
    encoder = keras.Sequential(
        [
            keras.Input(shapes["image"], dtype="uint8"),
            keras.layers.Rescaling(1 / 255, name="scaling"),
            maps,
            keras.layers.Reshape((-1, channels), name="as_regions"),
        ]
    )
    decoder = caption_decoder(
        channels, data.preprocessor.size, units=units, attention=attention, dropout=dropout
    )
    model = Captioner(encoder, decoder, name="captioner")
    loss = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, reduction="mean_with_sample_weight"
    )
    optimizer = make_optimizer("adam", learning_rate, decay_steps=data.planned_steps, clip_norm=5.0)
    model.compile(optimizer, loss)
    return model


def train(session: Any, model: Captioner, data: Data) -> None:
    """Encodes each image once, then trains the decoder."""
    splits = {
        name: Split(
            {"regions": regions_of(model, split), "words": split.x["words"]},
            split.y,
            split.sample_weight,
        )
        for name, split in data.splits.items()
    }
    session.fit(model, data.with_splits(splits))


recipe = Recipe(
    name="captioning",
    data=data,
    build=build,
    train=train,
    epochs=12,
    objective=Objective("val_loss", "min"),
    alternatives=(Objective("val_bleu4", "max"),),
    score=Score("test/bleu4", "max", label="BLEU-4 of captions"),
    task="captioning",
    factors=("attention",),
    provenance=describe_weights,
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
