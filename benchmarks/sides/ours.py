"""Our side: a compiled Keras model, fitted as a run of a recipe is."""

import tempfile
from pathlib import Path
from typing import Any

from keras_dl import settings

settings.load_backend(lean=True)

import numpy as np  # noqa: E402

from benchmarks.sides import nets  # noqa: E402
from benchmarks.works import WORKS  # noqa: E402
from keras_dl import Objective, Recipe  # noqa: E402
from keras_dl.algorithms import GAN  # noqa: E402
from keras_dl.data import Classes, Data, Images, Split, Tokens, with_scaling  # noqa: E402
from keras_dl.optimizers import make_gan_optimizer  # noqa: E402
from keras_dl.training import fit  # noqa: E402
from keras_dl.training.job import Job  # noqa: E402

COMPILED = ("gpt", "mlp")  # where XLA is worth its option, `--jit-compile`
EPOCHS = 1_000  # more than any benchmark has rounds


def train(work: str, file: str, turns: Any) -> None:
    """Trains until the parent has seen enough."""
    chosen = WORKS[work]
    with np.load(file) as found:
        train, test = (Split(found[f"x_{s}"], found[f"y_{s}"]) for s in ("train", "test"))
    data = Data.from_splits(
        work,
        {"train": train, "validation": test, "test": test},
        inputs=Tokens() if work in nets.VOCABULARY else Images(),
        targets=Classes(tuple(map(str, range(10)))),
        batch_size=chosen.batch,
    )
    turns.tell(flops=nets.flops(work, data.input_shape))
    recipe = Recipe(
        name=work,
        data=lambda: data,
        build=lambda data: _built(work, data),
        objective=Objective("val_loss", "min"),
    )
    with tempfile.TemporaryDirectory() as folder:
        job = Job(recipe, {}, 0, EPOCHS, Path(folder), jit_compile=work in COMPILED or None)
        _fitted(job, nets.clock(turns, chosen.score))


def _fitted(job: Job, clock: Any) -> None:
    """The one place that knows how a run is fitted."""
    data = fit.load_data(job)
    fit.train(job, data, fit.build_model(job, data), lambda *_: None, callbacks=[clock])


def _built(work: str, data: Data) -> Any:
    if work == "dcgan":
        game = GAN(*nets.players(data.input_shape), seed=0)
        game.compile(make_gan_optimizer(nets.RATE))
        return game
    net = nets.net(work, data.input_shape)
    return nets.compiled(with_scaling(data, net) if isinstance(data.inputs, Images) else net, work)
