"""Acoustic model: a frame classifier within a hidden Markov model recognizes strings of digits.

Paper: Dahl, Yu, Deng and Acero, 2012, Context-Dependent Pre-Trained Deep Neural Networks for
    Large-Vocabulary Speech Recognition; Bourlard and Morgan, 1994, Connectionist Speech
    Recognition: A Hybrid Approach.
Data: Strings of one to five recordings of one speaker of the Free Spoken Digit Dataset, CC BY-SA
    4.0, with pauses; or of a folder of `.wav` files by class. `--dataset tones` is generated.
Run: keras-dl run acoustic_model
Expect: Label error 4.8 % in test (5.2, 4.6, 4.7), seeds 0 to 2, where the frames' classes without
    the Markov model make 53 % (56, 52, 51); 77 to 79 % of the frames and 88 % of the strings are
    right. 86 s of training on one busy core of an Intel Xeon.
Differs: Three states of whole words for senones of triphones; no pre-training; the first alignment
    divides each word into equal parts where the paper has that of a Gaussian mixture model.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score, When
from keras_dl.algorithms import HybridRecognizer
from keras_dl.data import Data
from keras_dl.data.speech import moments, spoken_strings
from keras_dl.models import frame_network
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.hybrid_recognition import alignment, realigned

FIRST_RATE = 1e-3


def data(
    *,
    dataset: str = "fsdd",
    protocol: Annotated[str, Choice("takes", "speaker")] = "takes",
    fold: Annotated[int, When("protocol", "speaker")] = 0,
    strings: Annotated[int, Range(20, 20_000, log=True)] = 2000,
    longest: Annotated[int, Range(1, 8)] = 5,
    states: Annotated[int, Range(2, 8)] = 3,
    batch_size: Annotated[int, Choice(8, 16, 32, 64)] = 16,
) -> Data:
    """Composes strings with the state of each frame."""
    return spoken_strings(
        dataset,
        targets="states",
        states=states,
        protocol=protocol,
        fold=fold,
        strings=strings,
        longest=longest,
        batch_size=batch_size,
    )


def build(
    data: Data,
    *,
    units: Annotated[int, Range(64, 1024, log=True, step=2)] = 256,
    context: Annotated[int, Range(0, 10)] = 5,
    dropout: Annotated[float, Range(0.0, 0.5)] = 0.2,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 1e-3,
) -> Any:
    """Compiles the network of a frame and its neighbours; priors follow the first alignment."""
    targets: Any = data.targets
    mean, spread = moments(data.train.x)
    net = frame_network(
        data.input_shape[-1],
        1 + len(targets.names) * targets.states,
        units=(units, units),
        context=context,
        dropout=dropout,
        mean=mean,
        spread=spread,
    )
    optimizer = make_optimizer("adam", learning_rate, decay_steps=data.planned_steps)
    return _recognizer(net, data, optimizer)


def _recognizer(net: keras.Model, data: Data, optimizer: Any) -> HybridRecognizer:
    targets: Any = data.targets
    model = HybridRecognizer(net, words=len(targets.names), states=targets.states, name="hybrid")
    loss = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, reduction="mean_with_sample_weight"
    )
    model.compile(optimizer, loss, weighted_metrics=["accuracy"])
    model.estimate(alignment(data.train))
    return model


def train(
    session: Any,
    model: HybridRecognizer,
    data: Data,
    *,
    realign: Annotated[bool, Choice(True, False)] = True,
    first_epochs: Annotated[int, Range(1, 10), When("realign", True)] = 2,
) -> None:
    """Trains on equal parts of the words, aligns by Viterbi's algorithm, and trains on that."""
    if realign:
        # An optimizer of its own: the steps of both stages would use up the main one's decay.
        first = _recognizer(model.net, data, make_optimizer("adam", FIRST_RATE))
        session.fit(first, data, epochs=first_epochs, stage="equal_parts")
        splits = {name: realigned(model, data.splits[name]) for name in ("train", "validation")}
        data = data.with_splits(splits)
        model.estimate(alignment(data.train))
    session.fit(model, data)


recipe = Recipe(
    name="acoustic_model",
    data=data,
    build=build,
    train=train,
    epochs=6,
    objective=Objective("val_label_error", "min"),
    alternatives=(Objective("val_loss", "min"),),
    score=Score("test/label_error", "min", label="label error of digit strings"),
    task="hybrid_recognition",
    factors=("realign", "context"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
