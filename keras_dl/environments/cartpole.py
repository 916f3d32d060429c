"""CartPole: a pole on a cart is kept upright."""

import math

import numpy as np
from PIL import Image, ImageDraw

from keras_dl.environments.base import Specification, Step

__all__ = ["CartPole"]

GRAVITY, CART, POLE, HALF_LENGTH = 9.8, 1.0, 0.1, 0.5  # m/s², kg, kg, m
FORCE, SECONDS = 10.0, 0.02  # N, s
TRACK, ANGLE = 2.4, 12 * math.pi / 180  # m, rad: beyond them an episode terminates
LIMIT = 500
WIDTH, HEIGHT = 240, 120  # pixels of a picture


class CartPole:
    """A force of 10 N to the left or to the right, each 0.02 s; 1 for each step.

    The state is position, velocity, angle and angular velocity. Dynamics, seeds and limit of 500
    steps are those of CartPole-v1 of Gymnasium.

    Reference:
        Barto, Sutton and Anderson, 1983, Neuronlike adaptive elements that can solve difficult
        learning control problems, IEEE Transactions on Systems, Man, and Cybernetics 13, appendix.
    """

    specification = Specification("cartpole", (4,), ("left", "right"), LIMIT, dtype="float32")

    def reset(self, seed: int) -> np.ndarray:
        """Starts near the upright position."""
        start = np.random.default_rng(seed).uniform(-0.05, 0.05, 4)
        self._state, self._time = tuple(start.tolist()), 0
        return np.array(self._state, "float32")

    def step(self, action: int) -> Step:
        """Pushes the cart, by Euler's method."""
        x, speed, angle, rotation = self._state
        force = FORCE if action == 1 else -FORCE
        sine, cosine, mass = math.sin(angle), math.cos(angle), CART + POLE
        push = (force + POLE * HALF_LENGTH * rotation**2 * sine) / mass
        turning = (GRAVITY * sine - cosine * push) / (
            HALF_LENGTH * (4.0 / 3.0 - POLE * cosine**2 / mass)
        )
        acceleration = push - POLE * HALF_LENGTH * turning * cosine / mass
        x, angle = x + SECONDS * speed, angle + SECONDS * rotation
        speed, rotation = speed + SECONDS * acceleration, rotation + SECONDS * turning
        self._state, self._time = (x, speed, angle, rotation), self._time + 1
        fallen = abs(x) > TRACK or abs(angle) > ANGLE
        truncated = not fallen and self._time >= LIMIT
        return Step(np.array(self._state, "float32"), 1.0, fallen, truncated)

    def render(self) -> np.ndarray:
        """Returns cart and pole from the side."""
        image = Image.new("RGB", (WIDTH, HEIGHT), "white")
        draw, scale = ImageDraw.Draw(image), WIDTH / (2 * TRACK)
        x, y, angle = WIDTH / 2 + scale * self._state[0], HEIGHT - 30, self._state[2]
        draw.line((0, y + 8, WIDTH, y + 8), "grey")
        draw.rectangle((x - 18, y - 8, x + 18, y + 8), "black")
        tip = x + 75 * math.sin(angle), y - 75 * math.cos(angle)
        draw.line((x, y, *tip), (213, 94, 0), 6)
        return np.asarray(image)
