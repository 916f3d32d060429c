"""Forward values of every builder with weights from numpy; run once per backend."""

import sys

import numpy as np

from keras_dl.models import cifar_resnet, lenet5, mlp, resnet20

MODELS = {
    "mlp": lambda: mlp((8, 8, 1), 10, units=(32, 16), batch_norm=True),
    "lenet5": lambda: lenet5((28, 28, 1), 10),
    "lenet5_large": lambda: lenet5((40, 44, 3), 5, activation="relu", pooling="max"),
    "resnet20": lambda: resnet20((32, 32, 3), 10),
    "projections": lambda: cifar_resnet((9, 11, 1), 3, blocks_per_stage=1, shortcut="B"),
    "plain": lambda: cifar_resnet(
        (8, 8, 1), 3, blocks_per_stage=1, residual=False, batch_norm=False
    ),
}


def forward_values() -> dict[str, np.ndarray]:
    """Logits by model, the same on every backend."""
    values = {}
    for name, build in MODELS.items():
        rng = np.random.default_rng(0)
        model = build()
        for weight in model.weights:
            weight.assign(_draw(rng, weight.shape))
        images = rng.random((2, *model.input_shape[1:]), dtype="float32")
        values[name] = model.predict_on_batch(images)
    return values


def _draw(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    if len(shape) == 1:  # biases, scales, means and variances, which must be positive
        return rng.uniform(0.5, 1.5, shape)
    return rng.normal(0.0, np.prod(shape[:-1]) ** -0.5, shape)


if __name__ == "__main__":
    np.savez(sys.argv[1], **forward_values())
