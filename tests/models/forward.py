"""Values of every builder and layer with weights from numpy; run once per backend."""

import sys

import keras
import numpy as np

from keras_dl import layers, models
from keras_dl.activations import get_activation
from keras_dl.models.transformers._blocks import encoder_block

MODELS = {
    "mlp": lambda: models.mlp((8, 8, 1), 10, units=(32, 16), batch_norm=True),
    "mlp_early": lambda: models.mlp((6,), 3, units=(8, 8), activation="heaviside", residual=True),
    "lenet5": lambda: models.lenet5((28, 28, 1), 10),
    "lenet5_large": lambda: models.lenet5((40, 44, 3), 5, activation="relu", pooling="max"),
    "lenet5_1998": lambda: models.lenet5_1998((28, 28, 1), 4),
    "net3": models.net3,
    "net4": models.net4,
    "net5": models.net5,
    "lecun1989": models.lecun1989,
    "alexnet": lambda: models.alexnet((67, 67, 3), 3, remove=("fc6", "fc7")),
    "alexnet_cifar": lambda: models.alexnet_cifar((11, 13, 3), 3),
    "resnet20": lambda: models.resnet20((32, 32, 3), 10),
    "projections": lambda: models.cifar_resnet((9, 11, 1), 3, blocks_per_stage=1, shortcut="B"),
    "plain": lambda: models.cifar_resnet(
        (8, 8, 1), 3, blocks_per_stage=1, residual=False, batch_norm=False
    ),
    "preactivation": lambda: models.cifar_resnet(
        (9, 11, 1), 3, blocks_per_stage=1, preactivation=True
    ),
    "bottleneck": lambda: models.imagenet_resnet((35, 33, 3), 3, blocks=(1, 1, 1, 1), stride_at=2),
    "perceptron": lambda: models.perceptron(initializer="he_normal"),
    "t_c": models.t_c,
    "neocognitron": lambda: models.neocognitron(planes=5),
    "xor_net": models.xor_net,
    "gan_generator": lambda: models.gan_generator((4, 4, 1), latent_dim=5, units=8),
    "gan_discriminator": lambda: models.gan_discriminator((4, 4, 1), units=4, pieces=3),
    "dcgan_generator": lambda: models.dcgan_generator((8, 8, 1), latent_dim=5, filters=4),
    "dcgan_discriminator": lambda: models.dcgan_discriminator((8, 8, 1), filters=4),
    "spectral": lambda: models.dcgan_discriminator((8, 8, 1), filters=4, spectral_norm=True),
    "fcn8s": lambda: models.fcn((21, 35, 3), 3, filters=2, units=4, batch_norm=True),
    "vgg": lambda: models.vgg11((33, 32, 1), 3, width=0.02),
    "zfnet": lambda: models.zfnet((54, 61, 3), 3, width=0.04),
    "mobilenet": lambda: models.mobilenet((35, 32, 3), 3, width=0.1, depth=1),
    "efficientnet": lambda: models.efficientnet((33, 46, 3), 3, width=0.1),
    "googlenet": lambda: models.googlenet((23, 18, 3), 3, width=0.05, small_images=True),
    "inception_v3": lambda: models.inception_v3((75, 75, 3), 3, width=0.05),
    "cnn_trad_fpool3": lambda: models.cnn_trad_fpool3((19, 30, 1), 3, filters=3),
    "ds_cnn": lambda: models.ds_cnn((9, 12, 1), 3, filters=3, blocks=1),
    "nfnet": lambda: models.nfnet(
        (33, 35, 3), 3, depths=(1, 2), filters=(32, 64), group_width=8, width=0.5
    ),
    "koch_encoder": lambda: models.koch_encoder(
        (28, 28, 1), filters=(3, 4, 4, 5), kernels=(4, 3, 2, 2), units=6
    ),
    "segnet": lambda: models.segnet((21, 35, 3), 3, filters=2),
    "segnet_basic": lambda: models.segnet_basic((21, 35, 3), 3, filters=3),
    "unet": lambda: models.unet((21, 35, 3), 3, filters=2, depth=3, padding="same"),
    "unet_valid": lambda: models.unet((28, 36, 3), 3, filters=2, depth=2, batch_norm=True),
    "wnet": lambda: _first(models.wnet((21, 35, 3), 2, filters=2)),
    "policy_value": lambda: _named(
        models.policy_value_net((6, 7, 2), 7, filters=4, blocks=1, units=5), "policy"
    ),
    "unet_generator": lambda: models.unet_generator((16, 16, 1), 3, filters=2),
}


def encoder():
    """An encoder block with a mask, and vectors at chosen positions."""
    inputs = keras.Input((6, 5, 3))
    x = keras.layers.Reshape((30, 3))(inputs)
    mask = keras.ops.greater(x[:, :, 0], 0)[:, None, :]
    x = encoder_block(x, mask, "block", heads=3, dropout=0.0, epsilon=1e-12)
    zeros = keras.ops.cast(keras.ops.zeros_like(x[:, :2, 0]), "int32")
    last = keras.ops.add(zeros, np.array([[3, 29]], "int32"))
    return keras.Model(inputs, layers.TakePositions()([x, last]))


LAYERS = {
    "gradient_reversal": lambda: layers.GradientReversal(0.7),
    "visual_words": lambda: layers.VisualWords(4, size=2),
    "maxout": lambda: layers.Maxout(3),
    "spectral_norm": lambda: layers.SpectralNormalization(keras.layers.Conv2D(4, 3)),
    "local_response": lambda: layers.LocalResponseNormalization(alpha=0.1),
    "locally_connected": lambda: layers.LocallyConnected2D(2, 3, 2, "same", "tanh"),
    "plain_norm": lambda: layers.PlainBatchNormalization(),
    "literal_norm": lambda: layers.PlainBatchNormalization(literal=True),
    "sparse_map": lambda: layers.SparseMapConv2D([(0, 1), (2,)], 3, 2, "same", "unit"),
    "subsampling": lambda: layers.TrainableSubsampling(2, get_activation("scaled_tanh")),
    "unshared_bias": lambda: layers.UnsharedBiasConv2D(2, 3, 2, "same"),
    "standardized": lambda: layers.ScaledStandardizedConv2D(4, 3, strides=2, padding="same"),
    "skip_gain": lambda: layers.SkipGain(0.2),
    "simple_cells": lambda: layers.SimpleCells2D(2, 3),
    "complex_cells": lambda: layers.ComplexCells2D(3),
    "heaviside": lambda: keras.layers.Activation(get_activation("heaviside")),
    "pooling_and_unpooling": lambda: _pooled_and_unpooled(),
    "regions": lambda: _regions(),
    "attention": lambda: keras.Sequential(
        [keras.layers.Reshape((30, 3)), layers.CausalSelfAttention(3)]
    ),
    "encoder": encoder,
    "positions": lambda: keras.Sequential(
        [keras.layers.Reshape((30, 3)), layers.PositionEmbedding(30)]
    ),
    "masked_attention": lambda: keras.Sequential(
        [keras.layers.Reshape((30, 3)), _attending(layers.MaskedAttention(3, causal=True))]
    ),
    "sinusoidal": lambda: keras.Sequential(
        [keras.layers.Reshape((15, 6)), layers.SinusoidalPositions()]
    ),
    "sinusoidal_2d": lambda: keras.Sequential(
        [keras.layers.Conv2D(4, 1), layers.SinusoidalPositions2D()]
    ),
    "rbf": lambda: keras.Sequential(
        [keras.layers.Flatten(), keras.layers.Dense(84), layers.RBFOutput()]
    ),
}


def _attending(layer: keras.Layer) -> keras.Model:
    x = keras.Input((30, 3))
    return keras.Model(x, layer(x, x))


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


def gradient_values() -> dict[str, np.ndarray]:
    """Outputs of a small model around each layer in training, and what one step changes."""
    values = {}
    for name, build in LAYERS.items():
        rng = np.random.default_rng(0)
        inputs = keras.Input((6, 5, 3))
        x = keras.layers.Flatten()(build()(keras.layers.Dense(3)(inputs)))
        model = keras.Model(inputs, keras.layers.Dense(1)(x))
        for weight in model.weights:
            weight.assign(_draw(rng, weight.shape))
        images, targets = rng.random((4, 6, 5, 3), dtype="float32"), rng.random((4, 1))
        before = _all_weights(model)
        model.compile(keras.optimizers.SGD(1.0), "mse", run_eagerly=True)
        loss = model.train_on_batch(images, targets)
        values[name] = np.append(_all_weights(model) - before, float(loss))
    return values


def _first(model: keras.Model) -> keras.Model:
    """The model of the first output alone."""
    return keras.Model(model.input, model.output[0])


def _named(model: keras.Model, name: str) -> keras.Model:
    """The model of one output of several."""
    return keras.Model(model.input, model.output[name])


def _pooled_and_unpooled() -> keras.Model:
    """Maxima put back to their places, many of them tied after ReLU."""
    maps = keras.Input((6, 5, 3))
    rectified = keras.layers.ReLU()(maps)
    values, places = layers.MaxPoolingWithIndices(2)(rectified)
    unpooled = layers.MaxUnpooling(2)([values, places, maps])
    return keras.Model(maps, layers.CropLike()([unpooled, maps]))


def _regions() -> keras.Model:
    """Features of two boxes of the maps, sampled and pooled."""
    maps = keras.Input((6, 5, 3))
    corners = keras.layers.Dense(8, activation="sigmoid")(keras.layers.Flatten()(maps))
    boxes = keras.layers.Rescaling(20.0)(keras.layers.Reshape((2, 4))(corners))
    parts = [
        layers.RoIAlign(2, 4)([maps, boxes]),
        layers.RoIPool(2, 4)([maps, boxes]),
    ]
    return keras.Model(maps, keras.layers.Concatenate()(parts))


def _all_weights(model: keras.Model) -> np.ndarray:
    return np.concatenate([np.ravel(keras.ops.convert_to_numpy(w)) for w in model.weights])


def _draw(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    if len(shape) == 1:  # biases, scales, means and variances, which must be positive
        return rng.uniform(0.5, 1.5, shape)
    return rng.normal(0.0, np.prod(shape[:-1]) ** -0.5, shape)


if __name__ == "__main__":
    gradients = {f"gradient_{name}": values for name, values in gradient_values().items()}
    np.savez(sys.argv[1], **forward_values(), **gradients)
