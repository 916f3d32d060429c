"""Types of a data set of transitions: observations and actions."""

from dataclasses import dataclass

from keras_dl.data.specs import Spec

__all__ = ["Actions", "Observations"]


@dataclass(frozen=True)
class Observations(Spec):
    """Observations of an environment, in its own unit.

    Attributes:
        environment: name of the environment.
        white: number by which a network divides them.
    """

    environment: str = ""
    white: float = 1.0


@dataclass(frozen=True)
class Actions(Spec):
    """What follows an action: a dict of "action", "reward", "next_observation", "terminated".

    "seed" is that of the episode.

    Attributes:
        names: one per action.
    """

    names: tuple[str, ...] = ()
