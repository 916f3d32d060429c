"""Bag of visual words: k-means of image patches or SIFT descriptors and a linear classifier.

Paper: Coates, Lee and Ng, 2011, An Analysis of Single-Layer Networks in Unsupervised Feature
    Learning; Csurka, Dance, Fan, Willamowski and Bray, 2004, Visual Categorization with Bags of
    Keypoints, for hard assignment.
Data: Fashion-MNIST, 60,000 + 10,000 images of 28×28 pixels, MIT; or any other images. `examples`
    training images are used.
Run: keras-dl run bag_of_visual_words
Expect: accuracy on 4,000 test images of Fashion-MNIST by the number of training images, against
    `lenet5` with the same images and epochs, %, seeds 0 to 2:
    400 images, 150 epochs: 80.1 (80.2, 79.8, 80.3) and 78.6 (78.5, 78.2, 79.0);
    6,400 images, 15 epochs: 86.6 (86.7, 86.3, 86.7) and 85.6 (85.5, 85.7, 85.7);
    25,600 images, 15 epochs: 86.9 (86.6, 87.0, 87.2) and 88.0 (87.7, 88.1, 88.2).
    The words are ahead up to 6,400 images (p = 0.007 and 0.05), the convolutional network beyond.
    8 and 14 s for the first two on one core of an AMD EPYC, `lenet5` 12 s each. By the defaults,
    10,000 images, 87.6 % on all 10,000 test images (87.7, 87.7, 87.6). On hymenoptera hard words
    of SIFT (`--descriptor sift --assignment hard --stride 4 --image-size 144`) have 59.5 %, seed 0
    alone, `transfer` 91.1 %.
Differs: Cross-entropy for the L2-SVM; 400 words for up to 4,000, from 80,000 patches of 2,000
    images, by k-means in mini-batches. The classifier keeps the best epoch in validation.
"""

from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import Choice, Objective, Range, Recipe, Score, When, plots
from keras_dl.algorithms.visual_words import encode_words, learn_words, set_statistics
from keras_dl.data import Data, load, with_scaling
from keras_dl.data.few_labels import balanced_rows
from keras_dl.layers import VisualWords
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier, report_classification


def data(
    *,
    dataset: str = "fashion_mnist",
    image_size: int | None = None,
    examples: Annotated[int | None, Range(10, 100_000, log=True)] = 10_000,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 128,
) -> Data:
    """Loads images, of which `examples` train, the classes in equal parts; None: all."""
    loaded = load(dataset, batch_size=batch_size, image_size=image_size, at_least=8)
    count = len(loaded.train.y)
    if examples is None or examples >= count:
        return loaded
    rows = np.sort(balanced_rows(loaded.train.y, max(examples, loaded.num_classes)))
    return loaded.with_splits({"train": loaded.train.take(rows)})


def build(
    data: Data,
    *,
    words: Annotated[int, Range(16, 1600, log=True)] = 400,
    assignment: Annotated[str, Choice("triangle", "hard")] = "triangle",
    descriptor: Annotated[str, Choice("patches", "sift")] = "patches",
    size: Annotated[int, Range(3, 12), When("descriptor", "patches")] = 6,
    cell: Annotated[int, Range(2, 8), When("descriptor", "sift")] = 4,
    stride: Annotated[int, Range(1, 8)] = 1,
    learning_rate: Annotated[float, Range(1e-4, 1e-2, log=True)] = 1e-3,
    weight_decay: Annotated[float, Range(1e-3, 1.0, log=True)] = 0.1,
) -> keras.Model:
    """Compiles words that are still to be learned, and a linear classifier."""
    inputs = keras.Input(data.input_shape)
    side = 4 * cell if descriptor == "sift" else size
    least, smallest = side + stride, min(data.input_shape[:2])
    if smallest < least:
        raise ValueError(
            f"`image_size` must be at least {least} for patches or descriptors of {side} pixels "
            f"with stride={stride}. Received: images of {smallest} pixels a side"
        )
    layer = VisualWords(
        words, size=side, stride=stride, descriptor=descriptor, assignment=assignment, name="words"
    )
    # Frozen, it standardises; its statistics are those of the training images.
    standard = keras.layers.BatchNormalization(
        center=False, scale=False, epsilon=0.01, trainable=False, name="standard"
    )
    logits = keras.layers.Dense(data.num_classes, name="logits")(standard(layer(inputs)))
    net = keras.Model(inputs, logits, name="bag_of_visual_words")
    optimizer = make_optimizer(
        "adamw", learning_rate, weight_decay=weight_decay, decay_steps=data.planned_steps
    )
    return compile_classifier(with_scaling(data, net), optimizer)


def train(session: Any, model: keras.Model, data: Data) -> None:
    """Learns the words without labels, then the classifier on the words of all images."""
    scaling, net = model.get_layer("scaling"), model.get_layer("bag_of_visual_words")
    sample = data.train.sample(2000, session.seed).x
    learn_words(net.get_layer("words"), np.asarray(scaling(sample)), seed=session.seed)
    images = keras.Input(data.input_shape)
    below = keras.Model(images, net.get_layer("words")(scaling(images)))
    codes = encode_words(below, data)
    set_statistics(net.get_layer("standard"), codes.train.x)
    inputs = keras.Input(codes.input_shape)
    head = keras.Model(inputs, net.get_layer("logits")(net.get_layer("standard")(inputs)))
    head.compile(model.optimizer, model.loss, metrics=["accuracy"])
    goal = Objective("val_accuracy", "max")
    history = session.fit(head, codes, stage="classifier", epochs=session.epochs(), objective=goal)
    best = int(np.argmax(history["val_accuracy"]))
    session.log(1, {name: values[best] for name, values in history.items()})


def report(model: keras.Model, data: Data) -> dict[str, Any]:
    """Draws the classification figures and the words, if they are patches."""
    layer = model.get_layer("bag_of_visual_words").get_layer("words")
    if layer.descriptor == "sift":
        return report_classification(model, data)
    words, channels = layer.get_weights()[2], data.input_shape[-1]
    kernel = words.T.reshape(layer.size, layer.size, channels, -1)
    return {
        **report_classification(model, data),
        "filters": plots.filters(kernel, "visual words, whitened"),
    }


recipe = Recipe(
    name="bag_of_visual_words",
    data=data,
    build=build,
    train=train,
    report=report,
    epochs=20,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    factors=("descriptor", "assignment"),
    score=Score("test/accuracy", "max"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
