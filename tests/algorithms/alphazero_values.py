"""AlphaZero's network with numpy weights, its search and its updates; run once per backend."""

import sys

import keras
import numpy as np

from keras_dl.algorithms import AlphaZero
from keras_dl.games import CONNECT_FOUR, play_both_sides, search, uniform
from keras_dl.models.policy_value import policy_value_net


def values() -> dict[str, np.ndarray]:
    """Evaluations before and after updates, and the visits of a search."""
    net = policy_value_net((6, 7, 2), 7, filters=4, blocks=1, units=5, l2=1e-3)
    model = AlphaZero(net, "connect_four")
    model.compile_losses(keras.optimizers.SGD(0.05))
    random = np.random.default_rng(0)
    for weight in model.trainable_weights:
        size = np.prod(weight.shape[:-1]) ** -0.5 if len(weight.shape) > 1 else 0.1
        weight.assign(random.normal(size=weight.shape) * size)
    examples = play_both_sides(
        CONNECT_FOUR, uniform(CONNECT_FOUR), 4, 10, np.random.default_rng(1), sampled_moves=42
    )
    boards = examples.boards[:11]
    policy, value = model.evaluate_boards(boards)
    visits, _ = search(CONNECT_FOUR, boards, model.evaluate_boards, 20)
    losses = model.learn(examples, 3, 16, np.random.default_rng(2))
    later, _ = model.evaluate_boards(boards)
    names = sorted(losses)
    return {
        "policy": policy,
        "value": value,
        "visits": visits.astype("float32"),
        "losses": np.array([losses[name] for name in names]),
        "later": later,
    }


if __name__ == "__main__":
    np.savez(sys.argv[1], **values())  # type: ignore[arg-type]
