"""DANN: features learnt with labels of one domain that do not tell it from another.

Paper: Ganin, Ustinova, Ajakan, Germain, Larochelle, Laviolette, Marchand and Lempitsky, 2016,
    Domain-Adversarial Training of Neural Networks, section 5.2 and table 2.
Data: 1,797 digits, embedded in scikit-learn, CC BY 4.0, and the same blended into its two
    photographs; or any other images. `--dataset mnist --photos bsds500` is MNIST to MNIST-M.
Run: keras-dl run dann
Expect: to be measured.
Differs: to be said.
"""

from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe, plots
from keras_dl.data import Data, load, scaled
from keras_dl.data.mnist_m import adaptation, mnist_m
from keras_dl.models.domain_adversarial import domain_adversarial
from keras_dl.objectives import DomainAdversarial
from keras_dl.optimizers import optimizer as make_optimizer
from keras_dl.reporting import classification

ON_MAP = 150  # test images of each domain


def data(
    *,
    dataset: str = "digits",
    photos: Annotated[str, Choice("auto", "bsds500", "embedded")] = "auto",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 64,
) -> Data:
    """Images of at least 28 pixels with labels, and others in front of photographs without."""
    source = load(dataset, batch_size=batch_size, image_size=image_size, at_least=28)
    return adaptation(source, mnist_m(source, photos=photos))


def build(
    data: Data,
    *,
    mode: Annotated[str, Choice("reversal", "source_only", "multitask")] = "reversal",
    units: Annotated[int, Range(32, 512, log=True, step=2)] = 100,
    learning_rate: Annotated[float, Range(1e-3, 0.1, log=True)] = 0.03,
    momentum: Annotated[float, Range(0.0, 0.99)] = 0.9,
    clip_norm: Annotated[float | None, Range(0.1, 10.0, log=True)] = 1.0,
) -> Any:
    """The paper's net for digits, its domain head behind a gradient that is turned round."""
    net = domain_adversarial(data.input_shape, data.num_classes, units=units)
    outputs: Any = net.output
    labels = keras.Model(net.input, outputs["label"])
    model = DomainAdversarial(
        scaled(data, labels).get_layer("scaling"), net, mode=mode, total_steps=data.planned_steps
    )
    optimizer = make_optimizer(
        "momentum", learning_rate, momentum=momentum, decay_steps=data.planned_steps
    )
    # Features that flee the domain head grow, and so do its gradients: one seed in three diverged.
    optimizer.global_clipnorm = clip_norm
    model.compile(optimizer)
    return model


def report(model: Any, data: Data) -> dict[str, Any]:
    """The classifier's figures on the target, both domains' images and a map of their features."""
    net, source = model.net, data.extras["source_test"]
    domains = {"source": source, "target": data.test}
    seen = {
        name: net.predict(s.x.astype("float32") / 255, verbose=0) for name, s in domains.items()
    }
    told = [np.mean(seen[name]["domain"].argmax(axis=1) == i) for i, name in enumerate(domains)]
    right = seen["source"]["label"].argmax(axis=1) == source.y

    few = min(ON_MAP, len(source.x), len(data.test.x))
    x, y = (
        np.concatenate([getattr(s, part)[:few] for s in domains.values()]) for part in ("x", "y")
    )
    features: Any = keras.Model(net.input, net.get_layer("features").output)
    inside = features.predict(x.astype("float32") / 255, verbose=0)
    # The first two principal components.
    left, sizes, _ = np.linalg.svd(inside - inside.mean(axis=0), full_matrices=False)
    points = left[:, :2] * sizes[:2]
    return {
        **classification(model, data),
        "domains": plots.domain_examples({name: s.x[:8] for name, s in domains.items()}),
        "features": plots.domain_map(points, np.repeat([0, 1], few), y, tuple(domains)),
        "source/accuracy": float(np.mean(right)),
        "domain/accuracy": float(np.mean(told)),
    }


recipe = Recipe(
    name="dann",
    data=data,
    build=build,
    report=report,
    epochs=20,
    objective=Objective("val_settled_accuracy", "max"),
    task="adaptation",
    family="adversarial",
    factors=("mode",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
