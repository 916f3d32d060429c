"""What pairs of players are compiled with."""

from keras_dl.data import Data
from keras_dl.objectives import TwoPlayer
from keras_dl.optimizers import two_optimizers

__all__ = ["players"]


def players(
    game: TwoPlayer,
    data: Data,
    *,
    learning_rate: float,
    rate_ratio: float = 1.0,
    momentum: float = 0.5,
    second_momentum: float = 0.999,
) -> TwoPlayer:
    """Compiles two players, each with an Adam of its own whose rate falls along half a cosine.

    Args:
        game: the players and their rules.
        data: says how many steps are planned, in which the rates fall to zero.
        learning_rate: of the generator, at the start.
        rate_ratio: the discriminator's rate over the generator's.
        momentum: β₁ of both.
        second_momentum: β₂ of both.

    Returns:
        The same game.

    Raises:
        ValueError: if a rate is not positive.
    """
    optimizer = two_optimizers(
        learning_rate,
        rate_ratio=rate_ratio,
        momentum=momentum,
        second_momentum=second_momentum,
        decay_steps=data.planned_steps,
        discriminator_steps=game.discriminator_steps,
        generator_steps=game.generator_steps,
    )
    game.compile(optimizer)
    return game
