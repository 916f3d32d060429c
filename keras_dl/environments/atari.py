"""Games of the Atari 2600, as the deep Q-network of 2015 saw them."""

import importlib
from typing import Any

import numpy as np
from PIL import Image

from keras_dl.environments._extra import missing_package
from keras_dl.environments.base import Specification, Step

__all__ = ["Atari", "games"]

SIDE, REPEATED, HISTORY = 84, 4, 4
MOST_IDLE = 30  # no-ops at the start, which the seed draws
LIMIT = 108_000 // REPEATED  # 30 minutes of the console
NAMES = (
    *("no-op", "fire", "up", "right", "left", "down"),
    *("up right", "up left", "down right", "down left", "up fire", "right fire", "left fire"),
    *("down fire", "up right fire", "up left fire", "down right fire", "down left fire"),
)


class Atari:
    """A game with its minimal set of actions, each repeated for four frames, none of them sticky.

    A frame is the brighter of the last two, grey and of 84×84 pixels; an observation has four. An
    episode starts with up to 30 no-ops and ends with the game. A lost life is reported, so that a
    learner may take it for an end.

    Args:
        game: name of a cartridge, such as "pong".

    Raises:
        DatasetUnavailable: if the package is not installed.

    Reference:
        Mnih et al., 2015, Human-level control through deep reinforcement learning, Nature 518,
        methods: preprocessing, training and evaluation.
    """

    def __init__(self, game: str) -> None:
        package = _package(f"atari_{game}")
        package.ALEInterface.setLoggerMode(package.LoggerMode.Error)
        self._console: Any = package.ALEInterface()
        self._rom = package.roms.get_rom_path(game)
        self._console.setFloat("repeat_action_probability", 0.0)
        self._console.setInt("frame_skip", 1)
        self._console.setInt("random_seed", 0)
        self._console.loadROM(self._rom)
        self._actions = self._console.getMinimalActionSet()
        self.specification = Specification(
            f"atari_{game}",
            (SIDE, SIDE, 1),
            tuple(NAMES[int(action.value)] for action in self._actions),
            LIMIT,
            history=HISTORY,
            white=255.0,
            clip_rewards=True,
            random_share=0.05,
        )

    def reset(self, seed: int) -> np.ndarray:
        """Restarts the console, which takes milliseconds, and waits for some frames."""
        self._console.setInt("random_seed", seed % 2**31)
        self._console.loadROM(self._rom)
        for _ in range(int(np.random.default_rng(seed).integers(1, MOST_IDLE + 1))):
            self._console.act(self._actions[0])
        self._time, self._screen = 0, self._console.getScreenGrayscale()
        return _small(self._screen)

    def step(self, action: int) -> Step:
        """Repeats an action for four frames, or until the game is over."""
        lives, reward, screens = self._console.lives(), 0.0, []
        for _ in range(REPEATED):
            reward += self._console.act(self._actions[action])
            screens = [*screens[-1:], self._console.getScreenGrayscale()]
            if self._console.game_over():
                break
        self._time, self._screen = self._time + 1, np.maximum.reduce(screens)
        over = bool(self._console.game_over())
        truncated = not over and self._time >= LIMIT
        lost = self._console.lives() < lives
        return Step(_small(self._screen), float(reward), over, truncated, lost)

    def render(self) -> np.ndarray:
        """Returns the screen in colour."""
        return self._console.getScreenRGB()


def games() -> tuple[str, ...]:
    """Returns the names of all cartridges that the package contains.

    Raises:
        DatasetUnavailable: if it is not installed.
    """
    return tuple(_package("atari_GAME").roms.get_all_rom_ids())


def _package(dataset: str) -> Any:
    try:
        return importlib.import_module("ale_py")
    except ImportError:
        raise missing_package("ale_py", dataset) from None


def _small(screen: np.ndarray) -> np.ndarray:
    # Pixels are averaged: nearest neighbours would lose a ball of two pixels.
    image = Image.fromarray(screen).resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(image)[..., None]
