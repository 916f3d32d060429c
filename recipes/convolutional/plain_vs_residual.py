"""Plain versus residual networks: the degradation problem by depth.

Paper: He, Zhang, Ren and Sun, 2015, Deep Residual Learning for Image Recognition, section 4.2 and
    figure 6.
Data: CIFAR-10, 50,000 + 10,000 colour images of 32×32 pixels, terms not stated; or any images.
Run: keras-dl run plain_vs_residual
Expect: `keras-dl ablate plain_vs_residual --image-size 16 --shift 2 --batch-size 64 --epochs 4
    --steps-per-epoch 150 --learning-rate 0.01`: test accuracy on JPEG-compressed CIFAR-10, seeds 0
    to 2, with 20 layers 37.0 % plain (37.3, 39.2, 34.6) and 45.3 % residual (45.7, 44.9, 45.4),
    with 56 layers 14.4 % plain (15.5, 11.8, 15.9) and 44.5 % residual (44.4, 44.4, 44.7); 1 to 3
    minutes of training each on two busy cores of an AMD EPYC. The paper's 182 epochs want a GPU and
    have not been run; there ResNets have 91.25 % with 20 layers and 93.03 % with 56, plain nets
    fall off.
Differs: The figures measured are of early training on images of half the size. Cosine decay of the
    learning rate for its two divisions by ten; pixels divided by 255 in place of the subtracted
    mean image; Nesterov's momentum for plain momentum; one tenth of the training images held out to
    choose the best epoch.
"""

from typing import Annotated, Any

from keras_dl import Choice, Objective, Range, Recipe, Score
from keras_dl.data import Data, load, with_scaling
from keras_dl.layers import RandomShift
from keras_dl.models.resnet import plain20, plain56, resnet20, resnet56
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.classification import compile_classifier, report_classification

NETS = {
    (20, False): plain20,
    (20, True): resnet20,
    (56, False): plain56,
    (56, True): resnet56,
}


def data(
    *,
    dataset: str = "cifar10",
    image_size: int | None = None,
    batch_size: Annotated[int, Range(16, 1024, log=True, step=2)] = 128,
) -> Data:
    """Loads images in their own size; mixed sizes become 32 pixels."""
    return load(dataset, batch_size=batch_size, image_size=image_size, at_least=8)


def build(
    data: Data,
    *,
    depth: Annotated[int, Choice(20, 56)] = 20,
    residual: Annotated[bool, Choice(False, True)] = True,
    shift: Annotated[int, Range(0, 8)] = 4,
    flip: Annotated[bool, Choice(False, True)] = True,
    weight_decay: Annotated[float, Range(1e-6, 1e-2, log=True)] = 1e-4,
    learning_rate: Annotated[float, Range(1e-4, 0.5, log=True)] = 0.1,
    momentum: Annotated[float, Range(0.0, 0.99)] = 0.9,
) -> Any:
    """Compiles one of the four networks on raw pixels."""
    net = NETS[depth, residual](data.input_shape, data.num_classes, weight_decay=weight_decay)
    moves = [RandomShift(shift, flip=flip)] if shift or flip else []
    return compile_classifier(
        with_scaling(data, net, augmentation=moves),
        make_optimizer("sgd", learning_rate, momentum=momentum, decay_steps=data.planned_steps),
    )


def report(model: Any, data: Data) -> dict[str, Any]:
    """Draws the classification figures; evaluates loss and accuracy on training images."""
    few = data.train.sample(5000)
    metrics = model.evaluate(few.x, few.y, data.batch_size, verbose=0, return_dict=True)
    numbers = {f"train/{name}": float(value) for name, value in metrics.items()}
    return {**report_classification(model, data), **numbers}


recipe = Recipe(
    name="plain_vs_residual",
    data=data,
    build=build,
    report=report,
    epochs=182,
    objective=Objective("val_accuracy", "max"),
    task="classification",
    factors=("depth", "residual"),
    score=Score("test/accuracy", "max", published=0.9125, source="ResNet of 20 layers, table 6"),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
