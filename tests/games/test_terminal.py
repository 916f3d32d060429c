import numpy as np
import pytest

from keras_dl.games import (
    CONNECT_FOUR,
    TIC_TAC_TOE,
    board_text,
    parse_move,
    play_in_terminal,
    position_after,
)


def lowest(board):
    return int(TIC_TAC_TOE.legal(board)[0].argmax()), 0.25


def game(text, **options):
    written = []
    result = play_in_terminal(TIC_TAC_TOE, lowest, iter(text.split("|")), written.append, **options)
    return result, "\n".join(written)


def test_boards_have_the_marks_of_the_players_whoever_moves():
    text = board_text(TIC_TAC_TOE, position_after(TIC_TAC_TOE, "15"))
    assert text == "X 2 3\n4 O 6\n7 8 9"
    assert board_text(TIC_TAC_TOE, position_after(TIC_TAC_TOE, "159")) == "X 2 3\n4 O 6\n7 8 X"
    lines = board_text(CONNECT_FOUR, position_after(CONNECT_FOUR, "4 4")).splitlines()
    assert lines[-3:] == [". . . O . . .", ". . . X . . .", "1 2 3 4 5 6 7"]


def test_a_person_wins():
    result, written = game("5|3|7")  # the other takes 1 and 2
    assert result == 1
    assert "O plays 1 and expects +0.25." in written
    assert written.endswith("You win.")


def test_a_person_loses_as_second():
    result, written = game("9|8", second=True)
    assert result == -1
    assert written.startswith("You are O.")
    assert written.endswith("You lose.")


def test_bad_moves_are_asked_again():
    result, written = game("x|5|5|10||3|7")
    assert result == 1
    assert "`move` must be one of 1 2 3 4 5 6 7 8 9. Received: move='x'" in written
    assert "`move` must be one of 2 3 4 6 7 8 9. Received: move='5'" in written
    assert "Received: move='10'" in written


@pytest.mark.parametrize("text", ["5|q", "5", "5|huh"])
def test_a_game_may_be_left(text):
    result, written = game(text)
    assert result is None
    assert written.endswith("The game was left.")


def test_positions_are_read_or_refused():
    assert np.count_nonzero(position_after(CONNECT_FOUR, "44 35")) == 4
    with pytest.raises(
        ValueError, match="`moves` must leave the game open. Received: moves='14253"
    ):
        position_after(TIC_TAC_TOE, "14253")
    with pytest.raises(ValueError, match="`move` must be one of 1 2 3 5 6 7"):
        position_after(CONNECT_FOUR, "4444444")
    with pytest.raises(ValueError, match="`move` must be one of"):
        parse_move(TIC_TAC_TOE, TIC_TAC_TOE.start(1)[0], "²")
