"""The function `keras_dl.explain`, which loads Keras when it is called."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from keras_dl import settings
from keras_dl.options import Method, Preprocess

if TYPE_CHECKING:
    import keras

    from keras_dl.explanations.explain import Explanation
    from keras_dl.training.run import Result

__all__ = ["check_selection", "explain"]

OF_PIXELS = ("saliency", "integrated_gradients", "occlusion")  # methods without a layer
OF_CLASSES_OR_FILTERS = ("deconvnet", "guided_backprop")  # the latter with a layer
OF_FILTERS = ("feature_maps", "filters", "top_patches")  # methods without a class


def explain(
    model: "keras.Model | Result | str",
    images: Any = None,
    *,
    method: Method = "gradcam",
    layer: str | None = None,
    target: str | int | None = None,
    units: Sequence[int] = (),
    preprocess: Preprocess | None = None,
    labels: str | None = None,
    limit: int | None = None,
    out: str | None = None,
) -> "Explanation":
    """Draws what a model looks at in images; `keras_dl.explanations` has the arrays alone.

    The figures of a run become its artifacts `explanations/METHOD.png`.

    Args:
        model: a Keras model, nested or flat, the path of a `.keras` file, a run's id or result.
        images: paths of images and folders, or an array (n, height, width, channels) in the units
            of the model's inputs; None for the methods `filters` and `maximize`.
        method: how to explain.
        layer: layer to look at; None: the last one with maps, for `feature_maps` all blocks, and
            for `deconvnet`, `guided_backprop` and `maximize` a class.
        target: class to explain, by name or number; None: the most probable one.
        units: filters of the layer, or classes of `maximize`, by number; empty: the strongest.
        preprocess: how pixels 0..255 become inputs of a model without a layer for it, as in
            `keras.applications`; "none" leaves them, "unit" divides by 255.
        labels: text file with the name of a class on each line.
        limit: images at most, evenly spread; None: 8, or 500 for `top_patches`.
        out: folder for the figures.

    Returns:
        Arrays, figures, classes with probabilities, and what was written.

    Raises:
        ValueError, TypeError: if an argument does not fit the model.
    """
    check_selection(method, layer=layer, target=target, units=units)
    settings.load_backend()
    from keras_dl.explanations.explain import explain as explain_model

    return explain_model(
        model,
        images,
        method=method,
        layer=layer,
        target=target,
        units=units,
        preprocess=preprocess,
        labels=labels,
        limit=limit,
        out=out,
    )


def check_selection(
    method: str, *, layer: str | None, target: str | int | None, units: Sequence[int]
) -> None:
    """Refuses what would have no effect on a method.

    Args:
        method: name of the method.
        layer: as in `explain`.
        target: as in `explain`.
        units: as in `explain`.

    Raises:
        ValueError: names the argument.
    """
    if target is not None and method in OF_FILTERS:
        raise ValueError(
            f"`target` must be left out; {method} shows filters, which `units` selects. "
            f"Received: target={target}"
        )
    if layer is not None and method in OF_PIXELS:
        raise ValueError(
            f"`layer` must be left out; {method} explains pixels. Received: layer={layer}"
        )
    of_class = method in ("gradcam", *OF_PIXELS)
    if len(units) and (of_class or (layer is None and method in OF_CLASSES_OR_FILTERS)):
        rule = "be left out" if of_class else "have a `layer` beside it"
        raise ValueError(
            f"`units` must {rule}; {method} explains a class. Received: units={list(units)}"
        )
