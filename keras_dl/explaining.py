"""The function `keras_dl.explain`, which loads Keras when it is called."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from keras_dl import settings
from keras_dl.options import Method, Preprocess

if TYPE_CHECKING:
    import keras

    from keras_dl.explanations.explain import Explanation
    from keras_dl.training.run import Result

__all__ = ["explain"]


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
