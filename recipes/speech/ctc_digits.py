"""CTC: strings of spoken digits are recognized without knowing where each digit is.

Paper: Graves, Fernández, Gomez and Schmidhuber, 2006, Connectionist Temporal Classification:
    Labelling Unsegmented Sequence Data with Recurrent Neural Networks.
Data: Strings of one to five recordings of one speaker of the Free Spoken Digit Dataset, CC BY-SA
    4.0, with pauses; or of a folder of `.wav` files by class. `--dataset tones` is generated.
Run: keras-dl run ctc_digits
Expect: 1.4 % of the labels wrong in test, all speakers known, seed 0 alone, by the best path and by
    beam search; 96.0 % of 400 strings are right. 12 epochs, 29 minutes of training at the lowest
    priority of two busy cores.
Differs: Dilated convolutions for the bidirectional LSTM; words for phonemes; no paper has these
    strings.
"""

from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe, Score, When
from keras_dl.algorithms import CTC
from keras_dl.data import Data
from keras_dl.data.speech import moments, spoken_strings
from keras_dl.models import ctc_encoder
from keras_dl.optimizers import make_optimizer


def data(
    *,
    dataset: str = "fsdd",
    protocol: Annotated[str, Choice("takes", "speaker")] = "takes",
    fold: Annotated[int, When("protocol", "speaker")] = 0,
    strings: Annotated[int, Range(20, 20_000, log=True)] = 2000,
    longest: Annotated[int, Range(1, 8)] = 5,
    batch_size: Annotated[int, Choice(8, 16, 32, 64)] = 16,
) -> Data:
    """Composes strings; a recording is heard in one split only."""
    return spoken_strings(
        dataset,
        protocol=protocol,
        fold=fold,
        strings=strings,
        longest=longest,
        batch_size=batch_size,
    )


def build(
    data: Data,
    *,
    filters: Annotated[int, Range(16, 256, log=True, step=2)] = 64,
    blocks: Annotated[int, Range(1, 8)] = 4,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.1,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 3e-3,
) -> Any:
    """Compiles the network with the CTC loss and Adam."""
    mean, spread = moments(data.train.x)
    net = ctc_encoder(
        data.input_shape[-1],
        data.num_classes,
        filters=filters,
        blocks=blocks,
        dropout=dropout,
        mean=mean,
        spread=spread,
    )
    model = CTC(net, name="ctc")
    model.compile(
        make_optimizer("adam", learning_rate, decay_steps=data.planned_steps, clip_norm=5.0)
    )
    return model


recipe = Recipe(
    name="ctc_digits",
    data=data,
    build=build,
    epochs=12,
    objective=Objective("val_label_error", "min"),
    alternatives=(Objective("val_loss", "min"),),
    score=Score("test/label_error", "min", label="label error of digit strings"),
    task="speech_recognition",
    factors=("blocks", "dropout"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
