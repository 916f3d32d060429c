"""Transfer learning: a network trained on ImageNet learns new classes from few images.

Paper: Yosinski, Clune, Bengio and Lipson, 2014, How Transferable Are Features in Deep Neural
    Networks?, arXiv:1411.1792; Howard et al., 2017, MobileNets, arXiv:1704.04861, for the network.
Data: hymenoptera, 244 + 153 photographs of ants and bees, from ImageNet; or a folder of images by
    class, of which a few dozen are enough.
Run: keras-dl run transfer
Expect: Test accuracy on hymenoptera, mean of seeds 0 to 2, one core of an AMD EPYC: frozen 91.1 %
    (90.2, 92.2, 90.8) in 12 s, fine-tuned 90.0 % (88.9, 91.5, 89.5) in a minute, from scratch, in
    as many epochs, 51.4 % (45.8, 54.2, 54.2; the larger class has 54.2 %); with 10 images of each
    class 76.9 % (82.4, 77.1, 71.2) and 78.0 % (83.0, 77.1, 73.9). A photograph is 0.65 %. With
    `--base efficientnet_lite0 --image-size 224`, frozen: 93.9 % (94.8, 92.8, 94.1) in 34 s.
Differs: Ants and bees are classes of ImageNet, whose images trained the base: other photographs
    profit less. MobileNet of width 0.75 with weights of 8 bits for the paper's AlexNet.
"""

from typing import Annotated, Any

import keras

from keras_dl import Choice, Objective, Range, Recipe, Score, When
from keras_dl.algorithms.greedy import encode_data
from keras_dl.data import Data, Split, load, with_scaling
from keras_dl.data.few_labels import take_labelled
from keras_dl.layers import augmentation_layers
from keras_dl.models.pretrained import describe_weights, transfer_network
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier

HEAD = ("head_dropout", "logits")


def data(
    *,
    dataset: str = "hymenoptera",
    image_size: int = 192,
    images_per_class: Annotated[int, Choice(10, 20, 50, 1000)] = 1000,
    batch_size: Annotated[int, Choice(16, 32, 64)] = 32,
) -> Data:
    """Colour images of the base's size, of which training takes at most so many of each class."""
    images = load(dataset, batch_size=batch_size, image_size=image_size)
    return take_labelled(images, images_per_class)


def build(
    data: Data,
    *,
    mode: Annotated[str, Choice("frozen", "fine_tuned", "scratch")] = "frozen",
    base: Annotated[
        str, Choice("mobilenet", "efficientnet_lite0", "mobilenet_v2", "efficientnet_b0")
    ] = "mobilenet",
    weights: str = "imagenet",
    unfrozen: Annotated[float, Range(0.1, 1.0), When("mode", "fine_tuned")] = 0.3,
    dropout: Annotated[float, Range(0.0, 0.7)] = 0.2,
    augmentation: Annotated[str | None, Choice(None, "shift", "flip", "shift_flip")] = "flip",
    learning_rate: Annotated[float, Range(1e-6, 1e-2, log=True)] = 3e-5,
) -> keras.Model:
    """The base with new logits; a share `unfrozen` is fine-tuned, batch normalization never."""
    pretrained = mode != "scratch" and weights != "none"
    net = transfer_network(
        data.input_shape,
        data.num_classes,
        base=base,
        weights=weights if pretrained else None,
        dropout=dropout,
    )
    if pretrained:
        freeze(net, unfrozen if mode == "fine_tuned" else 0.0)
    layers = augmentation_layers(augmentation, data.input_shape)
    model = with_scaling(data, net, augmentation=layers)
    rate = learning_rate * (1 if pretrained else 30)  # random weights want larger steps
    return compile_classifier(model, make_optimizer("adam", rate, decay_steps=data.planned_steps))


def freeze(net: keras.Model, unfrozen: float) -> None:
    """Freezes the base but for the last share of its layers; batch normalization altogether."""
    weighted = [layer for layer in net.layers if layer.weights and layer.name not in HEAD]
    for number, layer in enumerate(weighted):
        lower = number < round((1 - unfrozen) * len(weighted))
        layer.trainable = not (lower or isinstance(layer, keras.layers.BatchNormalization))


def train(
    session: Any,
    model: keras.Model,
    data: Data,
    *,
    head_epochs: Annotated[int, Range(5, 100, log=True)] = 30,
    head_rate: Annotated[float, Range(1e-4, 1e-1, log=True)] = 3e-3,
) -> None:
    """Trains the logits on the features of the frozen base, then the unfrozen layers with them.

    The features are computed once for each image, without augmentation. From random weights there
    is no first stage, without unfrozen layers no second one.
    """
    net = model.get_layer("transfer_network")
    base = [layer for layer in net.layers if layer.weights and layer.name not in HEAD]
    if all(layer.trainable for layer in base):
        session.fit(model, data)
        return
    codes = encode_data(keras.Model(model.input, features_of(model, net)), data)
    head = keras.Sequential([keras.Input(codes.input_shape), *map(net.get_layer, HEAD)])
    compile_classifier(head, make_optimizer("adam", head_rate))
    labelled = {
        n: Split(s.x, data.splits[n].y, data.splits[n].sample_weight)
        for n, s in codes.splits.items()
    }
    codes = codes.with_splits(labelled, targets=data.targets)
    session.fit(head, codes, epochs=head_epochs, stage="head", objective=session.objective)
    if any(layer.trainable for layer in base):
        session.fit(model, data)
        return
    options: Any = {"verbose": 0, "return_dict": True}
    values: Any = head.evaluate(codes.validation.x, codes.validation.y, **options)
    session.log(1, {f"val_{name}": float(value) for name, value in values.items()})


def features_of(model: keras.Model, net: keras.Model) -> Any:
    """Returns the symbolic features of raw images, without augmentation."""
    inner = keras.Model(net.input, net.get_layer("features").output)
    return inner(model.get_layer("scaling")(model.input))


recipe = Recipe(
    name="transfer",
    data=data,
    build=build,
    train=train,
    epochs=8,
    objective=Objective("val_loss", "min"),  # of two dozen images, accuracy has few values
    alternatives=(Objective("val_accuracy", "max"),),
    task="classification",
    factors=("mode", "images_per_class"),
    score=Score("test/accuracy", "max"),
    provenance=describe_weights,
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
