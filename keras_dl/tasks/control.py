"""Control: the mean return of episodes, films of them."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import keras
import numpy as np

from keras_dl import Choice, Range, plots
from keras_dl.backend.compiled_calls import compiled_outputs
from keras_dl.data import Data, Split
from keras_dl.environments import make, play
from keras_dl.environments.dataset import seeds_of, specification_of
from keras_dl.environments.episodes import random_policy
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Control", "mean_return", "task"]

SHOWN = 30  # test episodes in the report, at most
FILMED = 300  # pictures of a film, at most


def mean_return(model: keras.Model, environment: str, split: Split) -> dict[str, float]:
    """Plays an episode for each seed of a split.

    Args:
        model: gives action values.
        environment: its name.
        split: of the environment's data set.

    Returns:
        "return", the mean sum of an episode's rewards, and "episode_steps", its mean length.
    """
    episodes = play(compiled_outputs(model), environment, seeds_of(split))
    return {
        "return": float(np.mean([episode.score for episode in episodes])),
        "episode_steps": float(np.mean([episode.steps for episode in episodes])),
    }


class Control(Task):
    """Policies that play an environment by the greatest of their action values."""

    name = "control"

    def evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns one evaluator: mean return and length of an episode for each seed of a split."""
        name = specification_of(data).name
        return (lambda model, split: mean_return(model, name, split),)

    def report(self, model: keras.Model, data: Data) -> "dict[str, Figure | float]":
        """Returns pictures of an episode of the test, and returns compared with random play.

        Args:
            model: gives action values.
            data: the first 30 seeds of its test split are played.

        Returns:
            Figures; "random_return" and "return_deviation", that of single episodes.
        """
        specification, seeds = specification_of(data), seeds_of(data.test)[:SHOWN]
        name = specification.name
        (first,) = play(compiled_outputs(model), name, seeds[:1], pictures=True)
        random = random_policy(len(specification.actions), seed=0)
        baseline = [episode.score for episode in play(random, name, seeds)]
        scores = [episode.score for episode in play(compiled_outputs(model), name, seeds)]
        return {
            "episode": plots.film_strip(first.pictures, _words(first.score, first.steps)),
            "returns": plots.returns(scores, baseline),
            "random_return": float(np.mean(baseline)),
            "return_deviation": float(np.std(scores)),
        }

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        random_share: Annotated[float, Range(0.0, 1.0)] | None = None,
        film: Annotated[bool, Choice(False, True)] = True,
    ) -> Iterable[Prediction]:
        """Plays an episode for each seed.

        Args:
            run: model and spec of a finished run.
            inputs: seeds, whole numbers of 0 or more.
            random_share: share of random actions; None: that of the environment's evaluation.
            film: whether the picture is a film of the episode.

        Yields:
            Return and length, and as picture the film (pictures, height, width, 3), of at most
            300 pictures at equal distances. For inputs that are no seeds, the reason.

        Raises:
            ValueError: if the environment's package is not installed.
        """
        name, values = run.spec["inputs"]["environment"], compiled_outputs(run.model)
        make(name)  # a missing package is told once, not for each seed
        for text in inputs:
            if not text.isdecimal() or int(text) >= 2**31:
                reason = "not a seed, which is a whole number of 0 to 2147483647"
                yield Prediction(text, "", error=reason)
                continue
            share = random_share
            (episode,) = play(values, name, [int(text)], random_share=share, pictures=film)
            yield Prediction(
                f"seed {text}",
                _words(episode.score, episode.steps),
                _film(episode.pictures) if film else None,
                columns={"return": episode.score, "steps": float(episode.steps)},
            )


def _words(score: float, steps: int) -> str:
    return f"return {score:g} in {steps:,} steps"


def _film(pictures: list[np.ndarray]) -> np.ndarray:
    shown = np.linspace(0, len(pictures) - 1, min(len(pictures), FILMED)).round().astype(int)
    return np.stack([pictures[step] for step in shown])


task = Control()
