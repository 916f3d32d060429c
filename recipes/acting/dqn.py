"""DQN: deep Q-network, learns to play from frames and rewards by Q-learning with replay.

Paper: Mnih et al., 2015, Human-level control through deep reinforcement learning, Nature 518; van
    Hasselt et al., 2016, for `double`; Wang et al., 2016, for `dueling`.
Data: CartPole, embedded; chain and catch too. With the extra `games` also minatar_breakout and four
    other games of 10×10 cells, and atari_GAME, with the licences of their packages (GPL).
Run: keras-dl run dqn
Expect: CartPole's return is 500 in each of 100 test episodes, the most there is, with seeds 0, 1
    and 2; 61 to 99 s of training on one core of an Intel Xeon. With `--no-double` seed 2 ended at
    198. Random play has 23; in minatar_breakout .4, where the only run, seed 0, had 6.65 in
    validation after 150,000 frames and was stopped. Its authors' settings (0.5 million: 5.8 ± 1.7):
    --no-double --steps 25000 --updates-per-step 1 --optimizer rmsprop --learning-rate 2.5e-4
    --epsilon 1e-4 --batch-size 32 --warm-up 5000 --target-period 1000 --final-exploration .1
Differs: The best epoch in validation is tested. The paper tests after 50 million frames: --dataset
    atari_GAME --no-double --steps 250000 --epochs 50 --capacity 1000000 --warm-up 50000
    --batch-size 32 --updates-per-step 0.25 --target-period 2500 --optimizer rmsprop --learning-rate
    2.5e-4 --exploration-share 0.02 --final-exploration 0.1. Here environments are played side by
    side and updates are made in groups. One action in ten is sticky in MinAtar, none in Atari.
"""

from typing import Annotated, Any

import keras

from keras_dl import AtLeast, Choice, Objective, Range, Recipe, Score, When
from keras_dl.algorithms.dqn import DQN
from keras_dl.algorithms.q_learning import Exploration, Learner
from keras_dl.data import Data
from keras_dl.environments import load_environment
from keras_dl.environments.dataset import specification_of
from keras_dl.models import q_network
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.control import mean_return


def data(
    *,
    dataset: str = "cartpole",
    validation_episodes: Annotated[int, AtLeast(1)] = 20,
    test_episodes: Annotated[int, AtLeast(1)] = 100,
    batch_size: Annotated[int, Choice(32, 64, 128, 256)] = 64,
) -> Data:
    """An environment: seeds for validation and test, and the first transitions of random play."""
    return load_environment(
        dataset,
        batch_size=batch_size,
        validation_episodes=validation_episodes,
        test_episodes=test_episodes,
    )


def build(
    data: Data,
    *,
    network: Annotated[str, Choice("auto", "mlp", "minatar", "nips", "nature")] = "auto",
    units: Annotated[int, Range(32, 512, log=True, step=2), When("network", "auto", "mlp")] = 256,
    double: Annotated[bool, Choice(False, True)] = True,
    dueling: Annotated[bool, Choice(False, True)] = False,
    discount: Annotated[float, Range(0.9, 0.999)] = 0.99,
    optimizer: Annotated[str, Choice("adam", "rmsprop")] = "adam",
    learning_rate: Annotated[float, Range(1e-5, 1e-2, log=True)] = 2.3e-3,
    epsilon: Annotated[float, Range(1e-8, 1e-2, log=True), When("optimizer", "rmsprop")] = 1e-5,
) -> keras.Model:
    """A network of action values and its copy; "auto" is the network of the observation's size."""
    specification, shape = specification_of(data), data.input_shape
    inputs = keras.Input(shape, name="observation")
    scaling = keras.layers.Rescaling(1 / specification.white, dtype="float32", name="scaling")
    net = q_network(
        shape,
        len(specification.actions),
        kind=network,
        units=(units, units),
        dueling=dueling,
    )
    scaled = keras.Model(inputs, net(scaling(inputs)), name="values")
    model = DQN(scaled, discount=discount, double=double, name="dqn")
    rule: Any = make_optimizer("adam", learning_rate)
    if optimizer == "rmsprop":  # with ε inside of the root, as in the paper; PyTorch adds it after
        rule = keras.optimizers.RMSprop(learning_rate, rho=0.95, epsilon=epsilon, centered=True)
    model.compile(rule)
    return model


def train(
    session: Any,
    model: Any,
    data: Data,
    *,
    steps: Annotated[int, AtLeast(1)] = 5000,
    environments: Annotated[int, AtLeast(1)] = 8,
    capacity: Annotated[int, AtLeast(100)] = 100_000,
    warm_up: Annotated[int, AtLeast(0)] = 1000,
    updates_per_step: Annotated[float, Choice(0.25, 0.5, 1.0)] = 0.5,
    train_period: Annotated[int, AtLeast(1)] = 256,
    target_period: Annotated[int, Range(10, 10_000, log=True)] = 128,
    exploration_share: Annotated[float, Range(0.02, 0.5)] = 0.2,
    final_exploration: Annotated[float, Choice(0.01, 0.05, 0.1)] = 0.05,
) -> None:
    """Plays `steps` steps an epoch, with updates between them, and then validates."""
    environment = specification_of(data).name
    learner = Learner(
        model,
        environment,
        seed=session.seed,
        environments=environments,
        capacity=capacity,
        warm_up=warm_up,
        updates_per_step=updates_per_step,
        train_period=train_period,
        target_period=target_period,
        exploration=Exploration(
            int(exploration_share * steps * session.epochs()), final_exploration
        ),
        batch_size=data.batch_size,
    )
    restored = session.restored()
    if restored is not None:
        learner.restore(restored)
    for iteration in session.iterations():
        metrics = learner.learn(iteration, steps)
        validated = mean_return(model, environment, data.validation)
        session.log(iteration, metrics | {f"val_{name}": v for name, v in validated.items()})
        session.save(learner.state())


recipe = Recipe(
    name="dqn",
    data=data,
    build=build,
    train=train,
    epochs=20,
    objective=Objective("val_return", "max"),
    task="control",
    factors=("double", "dueling"),
    score=Score("test/return", "max", label="mean return"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
