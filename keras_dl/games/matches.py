"""Games between players, and all games against every answer of an opponent."""

from dataclasses import dataclass

import numpy as np

from keras_dl.games.players import Player
from keras_dl.games.rules import Game

__all__ = ["Results", "enumerate_games", "play_match"]


@dataclass(frozen=True)
class Results:
    """Numbers of games by their result for a player.

    Attributes:
        won: games.
        drawn: games.
        lost: games.
    """

    won: int
    drawn: int
    lost: int

    @property
    def games(self) -> int:
        """Number of all games."""
        return self.won + self.drawn + self.lost

    @property
    def score(self) -> float:
        """Wins and half of the draws, as a share of the games."""
        return (self.won + self.drawn / 2) / self.games


def play_match(
    game: Game, player: Player, opponent: Player, games: int, random: np.random.Generator
) -> Results:
    """Plays games at the same time; the player begins every second one.

    Args:
        game: rules.
        player: whose results are counted.
        opponent: the other one.
        games: number of games.
        random: drawn from by both players.
    """
    boards, own_turn = game.start(games), np.arange(games) % 2 == 0
    running, results = np.arange(games), np.zeros(games)
    while len(running):
        moves = np.zeros(len(running), int)
        for mover, turn in ((player, own_turn[running]), (opponent, ~own_turn[running])):
            if turn.any():
                moves[turn] = mover(boards[running[turn]], random)
        boards[running] = game.play(boards[running], moves)
        own_turn[running] ^= True
        ended, values = game.outcomes(boards[running])
        done = running[ended]
        results[done] = np.where(own_turn[done], values[ended], -values[ended])
        running = running[~ended]
    return Results(*(int((results == sign).sum()) for sign in (1, 0, -1)))


def enumerate_games(game: Game, player: Player, *, first: bool) -> Results:
    """Plays every game that the opponent's answers can lead to, and counts the results.

    Args:
        game: rules, of a game small enough.
        player: deterministic by board.
        first: whether the player begins.
    """
    boards, lines, own = game.start(1), np.ones(1, "int64"), first
    counts = {1: 0, 0: 0, -1: 0}
    random = np.random.default_rng(0)  # a deterministic player does not draw
    while len(boards):
        if own:
            rows, moves = np.arange(len(boards)), player(boards, random)
        else:
            rows, moves = np.nonzero(game.legal(boards))
        boards, places = np.unique(game.play(boards[rows], moves), axis=0, return_inverse=True)
        following = np.zeros(len(boards), "int64")
        np.add.at(following, places.ravel(), lines[rows])
        own = not own
        ended, values = game.outcomes(boards)
        for sign in counts:
            counts[sign] += int(following[ended & (values * (1 if own else -1) == sign)].sum())
        boards, lines = boards[~ended], following[~ended]
    return Results(counts[1], counts[0], counts[-1])
