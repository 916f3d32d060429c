"""Training beside plain Keras: images a second once a fit runs steadily, and what was learnt.

Plain is what Keras' own examples do: floats in numpy, `model.fit`, no settings of ours; once with
oneDNN, which TensorFlow leaves off on processors without AVX-512 or VNNI, and once without. Each
side trains in a process of its own, in turn, from the same initial weights.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["rows"]

ROUNDS, SIZE = 3, 128
PLAIN = {"plain": "0", "onednn": "1"}  # side → TF_ENABLE_ONEDNN_OPTS


class Work(NamedTuple):
    """What is trained: a net of ours on so many examples of a set."""

    dataset: str
    count: int
    epochs: int


WORKS = {
    "lenet5": Work("mnist", 54_000, 4),
    "mlp": Work("mnist", 54_000, 5),
    "resnet20": Work("cifar10", 2_560, 3),
}


def rows() -> Iterator[tuple[str, ...]]:
    """A row for each net: speed by the clock and by processor time, with accuracies."""
    for net, work in WORKS.items():
        found: dict[str, list[dict[str, float]]] = {side: [] for side in ("ours", *PLAIN)}
        for _ in range(ROUNDS):
            for side, seen in found.items():
                seen.append(_apart(side, net))
        accuracy = {s: statistics.mean(r["accuracy"] for r in seen) for s, seen in found.items()}
        for side in PLAIN:
            for key, label in (("speed", "images a second"), ("cpu_speed", "a CPU second")):
                pairs = [(a[key], b[key]) for a, b in zip(found["ours"], found[side], strict=True)]
                ours, other = map(statistics.median, zip(*pairs, strict=True))
                ratios = [a / b for a, b in pairs]
                yield (
                    f"{net} on {work.count:,} images of {work.dataset}, {work.epochs} epochs: "
                    f"{ours:,.0f} {label}, accuracy {accuracy['ours']:.4f}",
                    f"plain Keras, oneDNN {'on' if side == 'onednn' else 'off'}: {other:,.0f}, "
                    f"{accuracy[side]:.4f}",
                    f"{ours / other:.2f}",
                    f"{min(ratios):.2f} … {max(ratios):.2f}",
                    str(ROUNDS),
                )


def _apart(side: str, net: str) -> dict[str, float]:
    """One training in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.training", side, net]
    environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": PLAIN.get(side, "1")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _one(side: str, net: str) -> dict[str, float]:
    from keras_dl import settings

    if side == "ours":
        settings.load_backend()
    import keras

    from keras_dl import models
    from keras_dl.data import load, scaled

    work, seen = WORKS[net], _clock(keras)
    data = load(work.dataset, batch_size=SIZE)
    train = data.train._replace(x=data.train.x[: work.count], y=data.train.y[: work.count])
    keras.utils.set_random_seed(0)
    model: Any = getattr(models, net)(data.input_shape, data.num_classes)
    if side == "ours":
        model = scaled(data, model)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    if side in PLAIN:
        x, test = (part.x.astype("float32") / 255 for part in (train, data.test))
        model.fit(x, train.y, SIZE, work.epochs, verbose=0, callbacks=[seen])
        found = model.evaluate(test, data.test.y, SIZE, verbose=0, return_dict=True)
    else:
        found = _fed(model, data, train, work.epochs, seen)
    seconds, used = (statistics.median(values[1:]) for values in (seen.seconds, seen.used))
    count = len(train.x)
    return {"speed": count / seconds, "cpu_speed": count / used, "accuracy": found["accuracy"]}


def _fed(model: Any, data: Any, train: Any, epochs: int, seen: Any) -> dict[str, float]:
    """As a run of a recipe fits and evaluates."""
    import dataclasses

    from keras_dl.training.feeding import Feeder

    feeder = Feeder(model, SIZE)
    cut = dataclasses.replace(data, train=train)
    with feeder.fit(cut, 0, None, 0) as (x, _, ahead):
        model.fit(x, epochs=epochs, shuffle=False, verbose=0, callbacks=[*ahead, seen])
    with feeder.evaluate(data.test) as (x, ahead):
        return model.evaluate(x, callbacks=ahead, verbose=0, return_dict=True)


def _clock(keras: Any) -> Any:
    class Clock(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.seconds: list[float] = []
            self.used: list[float] = []

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self._start = time.perf_counter(), time.process_time()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.seconds.append(time.perf_counter() - self._start[0])
            self.used.append(time.process_time() - self._start[1])

    return Clock()


if __name__ == "__main__":
    print(json.dumps(_one(*sys.argv[1:])))
