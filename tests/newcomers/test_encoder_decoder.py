"""An encoder and a decoder over letters: dict inputs, padding with weight 0, a tokenizer."""

from typing import Annotated

import keras
import numpy as np

import keras_dl
from keras_dl import Choice, Objective, Range, Recipe
from keras_dl.data import Data, Split, Tokens, register_preprocessor
from keras_dl.tasks import predicting
from keras_dl.tasks.base import Prediction, Task
from keras_dl.tracking import models
from tests.newcomers import checks

LENGTH = 4
PAD, START, END = 0, 1, 2


@register_preprocessor("newcomer_letters")
class Letters:
    """Letters as numbers, padded to one length."""

    def __init__(self, alphabet):
        self.alphabet = alphabet

    def __call__(self, inputs):
        rows = [[self.alphabet.index(letter) + 3 for letter in text] for text in inputs]
        return np.array([row + [PAD] * (LENGTH - len(row)) for row in rows], "int32")

    def decode(self, ids):
        return "".join(self.alphabet[i - 3] for i in ids if i > END)

    def get_config(self):
        return {"alphabet": self.alphabet}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def data(*, batch_size: Annotated[int, Choice(16, 32)] = 32):
    random = np.random.default_rng(0)
    letters = Letters("abcde")
    lengths = random.integers(2, LENGTH + 1, 192)
    texts = ["".join(random.choice(list(letters.alphabet), n)) for n in lengths]
    source, reverse = letters(texts), letters([text[::-1] for text in texts])
    # START a b, and a b END: the decoder reads the one and predicts the other.
    target = np.pad(reverse, ((0, 0), (1, 0)), constant_values=START)
    y = np.pad(reverse, ((0, 0), (0, 1)))
    y[np.arange(len(y)), lengths] = END
    weight = (np.arange(LENGTH + 1) <= lengths[:, None]).astype("float32")
    whole = Split({"source": source, "target": target}, y, weight)
    bounds = {"train": (0, 128), "validation": (128, 160), "test": (160, 192)}
    tokens = Tokens(vocabulary_size=len(letters.alphabet) + 3)
    return Data.from_splits(
        "reversed",
        {name: whole.take(slice(*rows)) for name, rows in bounds.items()},
        inputs=tokens,
        targets=tokens,
        batch_size=batch_size,
        preprocessor=letters,
    )


def build(data, *, learning_rate: Annotated[float, Range(1e-3, 1e-1, log=True)] = 2e-2):
    size = data.targets.vocabulary_size
    source = keras.Input((LENGTH,), dtype="int32", name="source")
    target = keras.Input((LENGTH + 1,), dtype="int32", name="target")
    memory = keras.layers.Flatten()(keras.layers.Embedding(size, 4)(source))
    memory = keras.layers.RepeatVector(LENGTH + 1)(keras.layers.Dense(8, "tanh")(memory))
    x = keras.layers.Concatenate()([memory, keras.layers.Embedding(size, 4)(target)])
    logits = keras.layers.Dense(size)(keras.layers.Dense(16, "relu")(x))
    model = keras.Model({"source": source, "target": target}, logits)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(learning_rate), loss, weighted_metrics=["accuracy"])
    return model


def exact_share(model, split):
    """Share of sequences without a wrong token, under teacher forcing."""
    wrong = (model.predict(split.x, verbose=0).argmax(-1) != split.y) & (split.sample_weight > 0)
    return {"exact": 1 - wrong.any(axis=1).mean()}


class Translation(Task):
    name = "toy_translation"

    def evaluators(self, data):
        return (exact_share,)

    def predict(self, run, inputs):
        for text in inputs:
            source = run.preprocessor([text])
            target = np.full((1, LENGTH + 1), PAD, "int32")
            target[0, 0] = START
            for place in range(LENGTH):
                logits = run.model.predict({"source": source, "target": target}, verbose=0)
                target[0, place + 1] = logits[0, place].argmax()
                if target[0, place + 1] == END:
                    break
            yield Prediction(text, run.preprocessor.decode(target[0]))


class TestEncoderDecoder(checks.Newcomer):
    system = checks.System(
        Recipe(
            "reverse",
            data,
            build,
            epochs=3,
            objective=Objective("val_accuracy", "max"),
            task=Translation(),
        ),
        steps=(6,),  # 4 per epoch
        epochs={"train/loss": 3, "val/accuracy": 3, "val/exact": 3},
        factor=("learning_rate", (1e-3, 1e-1)),
        facts=("Tokens", "Tokens"),
    )

    def test_padding_does_not_count(self):
        loaded = data()
        model = build(loaded)
        split = loaded.test
        x, y, weight = split.x, split.y, split.sample_weight
        padded = np.where(weight > 0, y, 5)
        values = [model.evaluate(x, t, sample_weight=weight, verbose=0) for t in (y, padded)]
        assert values[0] == values[1]

    def test_shapes_of_all_inputs_are_stored(self, whole):
        shapes = models.spec(whole.run_id)["input_shape"]
        assert shapes == {"source": [LENGTH], "target": [LENGTH + 1]}

    def test_tokenizer_comes_back(self, whole):
        letters = keras_dl.load_preprocessor(whole.run_id)
        assert letters.decode(letters(["abe"])[0]) == "abe"
        np.testing.assert_array_equal(letters(["abe"]), whole.data.preprocessor(["abe"]))

    def test_predicts_texts(self, whole):
        run = predicting.load_run(whole.run_id)
        predictions = list(self.system.recipe.task.predict(run, ["abc", "de"]))
        assert [p.source for p in predictions] == ["abc", "de"]
        assert set("".join(p.text for p in predictions)) <= set("abcde")
        assert 0 <= whole.metrics["test/exact"] <= 1
