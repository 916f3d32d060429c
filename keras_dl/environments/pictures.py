"""Pictures of small boards."""

import numpy as np

__all__ = ["board", "enlarge"]

# Of Okabe and Ito: distinguishable with any kind of colour vision.
COLOURS = ((0, 114, 178), (230, 159, 0), (0, 158, 115), (213, 94, 0), (204, 121, 167))
COLOURS += ((86, 180, 233), (240, 228, 66), (130, 130, 130), (160, 90, 60), (250, 250, 250))
SIDE = 160  # pixels, at least


def board(channels: np.ndarray) -> np.ndarray:
    """Returns a picture of a board with one colour for each kind of object.

    Args:
        channels: (height, width, kinds), what is not 0 is an object; later kinds cover earlier.

    Returns:
        (height, width, 3) uint8, enlarged.
    """
    picture = np.zeros((*channels.shape[:2], 3), "uint8")
    for kind in range(channels.shape[-1]):
        picture[channels[..., kind] != 0] = COLOURS[kind % len(COLOURS)]
    return enlarge(picture)


def enlarge(picture: np.ndarray) -> np.ndarray:
    """Repeats the pixels of a small picture until its shorter side has 160 or more.

    Args:
        picture: (height, width, channels).
    """
    times = -(-SIDE // min(picture.shape[:2]))
    return picture.repeat(times, axis=0).repeat(times, axis=1)
