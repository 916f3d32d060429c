"""Keras models of the user's as recipes: shapes, scaling, and compilation by the data."""

import functools
import hashlib
import inspect
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_dl.data import Classes, Data, Features, Images, Values, load, with_scaling
from keras_dl.data.errors import DatasetError
from keras_dl.recipe import Objective

__all__ = ["image_size_of", "load_data", "objective_of", "wrap"]

SCALING = (keras.layers.Rescaling, keras.layers.Normalization)


def load_data(*, dataset: str = "", batch_size: int = 32, image_size: int | None = None) -> Data:
    """Loads any data set of `keras_dl.data.load`.

    Raises:
        DatasetError: if no data set is named.
    """
    if isinstance(dataset, str) and not dataset:
        raise DatasetError(
            "`dataset` must be stated for a model: run(data=…), or --dataset NAME or PATH. "
            "Received: none"
        )
    return load(dataset, batch_size=batch_size, image_size=image_size)


def wrap(model: object, scaling: bool | None) -> Callable[..., keras.Model]:
    """Returns the `build` of a recipe for a model or for a function that builds one.

    Args:
        model: a `keras.Model`, of which each training gets a copy with its weights, or a function
            with or without the argument `data`, whose keyword-only parameters are hyperparameters.
        scaling: whether pixels are divided by 255 and features standardised before the model;
            None: unless the model has a Rescaling or Normalization layer or its own train step.

    Raises:
        TypeError: if it is neither, or a model that cannot be copied.
    """
    if isinstance(model, keras.Model):
        copy = _copier(model)
        digest = _digest(model)

        def build(data: Data) -> keras.Model:
            assert digest  # part of the recipe's identity
            return _prepare(copy(), data, scaling)

        return build
    if not callable(model) or isinstance(model, type):
        raise TypeError(
            "`model` must be a keras.Model or a function that returns one. "
            f"Received: {type(model).__name__}"
        )
    function: Callable[..., Any] = model
    kinds = [p.kind for p in inspect.signature(function).parameters.values()]
    takes_data = inspect.Parameter.POSITIONAL_OR_KEYWORD in kinds

    @functools.wraps(function)
    def build_from(data: Data, **values: Any) -> keras.Model:
        return _prepare(function(*([data] if takes_data else []), **values), data, scaling)

    return build_from


def objective_of(model: object, task: str) -> Objective:
    """Returns the metric to go by: the first compiled one that a higher value improves, or loss.

    Args:
        model: a model, or a function that builds one; those are compiled with "accuracy".
        task: "classification" or "regression".
    """
    names = ["accuracy"] if task == "classification" else []
    if isinstance(model, keras.Model) and model.compiled:
        metrics = keras.tree.flatten(_setup(model)["metrics"] or [])
        names = [getattr(metric, "name", metric) for metric in metrics]
    for name in names:
        objective = Objective.parse(f"val_{name}")
        if objective is not None and objective.direction == "max":
            return objective
    return Objective("val_loss", "min")


def image_size_of(model: object) -> int | None:
    """Returns the side of the square images that a built model takes, or None."""
    shape = getattr(model, "input_shape", None) if getattr(model, "built", False) else None
    square = isinstance(shape, tuple) and len(shape) == 4 and shape[1] == shape[2]
    return shape[1] if square and shape is not None else None


def _copier(model: keras.Model) -> Callable[[], keras.Model]:
    setup = _setup(model) if model.compiled else None
    try:
        optimizer = keras.optimizers.serialize(setup.pop("optimizer")) if setup else None
        weights = keras.models.clone_model(model) and model.get_weights()
    except (NotImplementedError, TypeError, ValueError) as error:
        raise TypeError(
            "`model` must be of a class that can be copied; pass a function that builds it. "
            f"Received: {type(model).__name__} ({' '.join(str(error).split())[:100]})"
        ) from None

    def copy() -> keras.Model:
        clone = keras.models.clone_model(model)
        if weights:
            clone.set_weights(weights)
        if setup is not None:
            clone.compile(keras.optimizers.deserialize(optimizer), **setup)
        return clone

    return copy


def _digest(model: keras.Model) -> str:
    sha = hashlib.sha256(model.to_json().encode())
    for array in model.get_weights():
        sha.update(np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()


def _setup(model: keras.Model) -> dict[str, Any]:
    """Returns the arguments that a model was compiled with."""
    losses, metrics = model._compile_loss, model._compile_metrics
    return {
        "optimizer": model.optimizer,
        "loss": getattr(losses, "_user_loss", None),
        "loss_weights": getattr(losses, "_user_loss_weights", None),
        "metrics": getattr(metrics, "_user_metrics", None),
        "weighted_metrics": getattr(metrics, "_user_weighted_metrics", None),
        "run_eagerly": model.run_eagerly,
        "steps_per_execution": model.steps_per_execution,
        "jit_compile": model.jit_compile,
    }


def _prepare(model: Any, data: Data, scaling: bool | None) -> Any:
    if not isinstance(model, keras.Model):
        return model  # refused where every recipe's is
    plain = type(model).train_step is keras.Model.train_step
    scalable = isinstance(data.inputs, Images | Features) and isinstance(data.input_shape, tuple)
    if scalable and not model.built and isinstance(model, keras.Sequential):
        model.build((None, *data.input_shape))
    _check_shapes(model, data)
    if model.compiled:
        _check_loss(model, data)
    else:
        _compile(model, data)
    if scaling is None:
        layers = model._flatten_layers()
        scaling = plain and not any(isinstance(layer, SCALING) for layer in layers)
    if not scaling or not scalable or getattr(model, "input_shape", None) is None:
        return model
    scaled, setup = with_scaling(data, model), _setup(model)
    model.optimizer, model.compiled = None, False  # else it is stored twice
    scaled.compile(**setup)
    return scaled


def _check_shapes(model: keras.Model, data: Data) -> None:
    expected = getattr(model, "input_shape", None) if model.built else None
    if isinstance(expected, tuple) and isinstance(data.input_shape, tuple):
        own = expected[1:]
        fits = len(own) == len(data.input_shape) and all(
            a in (None, b) for a, b in zip(own, data.input_shape, strict=True)
        )
        if not fits:
            raise ValueError(
                f"`model` must take the data's examples, of shape {data.input_shape}. "
                f"Received: a model for {tuple(own)}"
            )
    units = _units(model)
    if units is None:
        return
    if isinstance(data.targets, Classes) and units != data.num_classes:
        if units != 1 or data.num_classes != 2:
            raise ValueError(
                f"`model` must have one output per class, {data.num_classes}, or a single one for "
                f"two classes. Received: {units} outputs"
            )
    elif isinstance(data.targets, Values):
        wanted = 1 if data.train.y.ndim == 1 else data.train.y.shape[1]
        if units != wanted:
            raise ValueError(
                f"`model` must have one output per target, {wanted}. Received: {units} outputs"
            )


def _units(model: keras.Model) -> int | None:
    shape = getattr(model, "output_shape", None) if model.built else None
    return shape[1] if isinstance(shape, tuple) and len(shape) == 2 else None


def _check_loss(model: keras.Model, data: Data) -> None:
    loss = _setup(model)["loss"]
    name = loss if isinstance(loss, str) else getattr(loss, "name", "")
    if isinstance(data.targets, Classes) and name in ("categorical_crossentropy", "kl_divergence"):
        raise ValueError(
            "`model` must be compiled with a loss of class numbers, "
            f"sparse_categorical_crossentropy. Received: loss={name!r}, which takes one-hot rows"
        )


def _compile(model: keras.Model, data: Data) -> None:
    """Compiles with Adam, and the loss and metric of the targets and the last activation."""
    losses, metrics = keras.losses, keras.metrics
    activation = getattr(getattr(model.layers[-1], "activation", None), "__name__", "linear")
    if not isinstance(data.targets, Classes):
        loss, metric = losses.MeanSquaredError(), metrics.MeanAbsoluteError()
    elif _units(model) == 1 and data.num_classes == 2:
        logits = activation != "sigmoid"
        loss = losses.BinaryCrossentropy(from_logits=logits)
        metric = metrics.BinaryAccuracy(name="accuracy", threshold=0.0 if logits else 0.5)
    else:
        logits = activation != "softmax"
        loss = losses.SparseCategoricalCrossentropy(from_logits=logits)
        metric = metrics.SparseCategoricalAccuracy(name="accuracy")
    model.compile(keras.optimizers.Adam(), loss, metrics=[metric])
