"""Board games for two players, in numpy: rules, search, players, exact values.

Importing this package does not load Keras.
"""

from keras_dl.games.matches import Results, enumerate_games, play_match
from keras_dl.games.players import Player, draw_moves, look_ahead, searching, winning_moves
from keras_dl.games.rules import CONNECT_FOUR, GAMES, TIC_TAC_TOE, Game, find_game
from keras_dl.games.search import Evaluate, RootNoise, search, uniform
from keras_dl.games.self_play import Examples, augment, play_both_sides
from keras_dl.games.solving import Level, solve
from keras_dl.games.terminal import board_text, parse_move, play_in_terminal, position_after

__all__ = [
    "CONNECT_FOUR",
    "GAMES",
    "TIC_TAC_TOE",
    "Evaluate",
    "Examples",
    "Game",
    "Level",
    "Player",
    "Results",
    "RootNoise",
    "augment",
    "board_text",
    "draw_moves",
    "enumerate_games",
    "find_game",
    "look_ahead",
    "parse_move",
    "play_both_sides",
    "play_in_terminal",
    "play_match",
    "position_after",
    "search",
    "searching",
    "solve",
    "uniform",
    "winning_moves",
]
