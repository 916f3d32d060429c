"""Environments by name."""

from collections.abc import Callable

from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.environments import minatar
from keras_dl.environments.atari import Atari, games
from keras_dl.environments.base import Environment
from keras_dl.environments.cartpole import CartPole
from keras_dl.environments.catch import Catch
from keras_dl.environments.chain import Chain
from keras_dl.utils.matching import did_you_mean

__all__ = ["make", "names"]

EMBEDDED: dict[str, Callable[[], Environment]] = {
    "chain": Chain,
    "catch": Catch,
    "cartpole": CartPole,
}
MINATAR, ATARI = "minatar_", "atari_"


def names() -> list[str]:
    """Returns the names of all environments; those of Atari where they are installed."""
    return [*EMBEDDED, *(MINATAR + game for game in minatar.GAMES), *_atari()]


def make(name: str) -> Environment:
    """Creates an environment.

    Args:
        name: "chain", "catch" or "cartpole", which are embedded; "minatar_GAME" or "atari_GAME".

    Raises:
        DatasetError: if there is none of this name.
        DatasetUnavailable: if its package is not installed.
    """
    if name in EMBEDDED:
        return EMBEDDED[name]()
    game = name.removeprefix(MINATAR)
    if name.startswith(MINATAR) and game in minatar.GAMES:
        return minatar.MinAtar(game)
    game = name.removeprefix(ATARI)
    if name.startswith(ATARI) and game in games():
        return Atari(game)
    listed = [*EMBEDDED, *(MINATAR + game for game in minatar.GAMES), "atari_GAME"]
    raise DatasetError(
        f"`dataset` must be an environment: {', '.join(listed)}."
        f"{did_you_mean(name, names())} Received: dataset={name!r}"
    )


def _atari() -> list[str]:
    try:
        return [ATARI + game for game in games()]
    except DatasetUnavailable:
        return []
