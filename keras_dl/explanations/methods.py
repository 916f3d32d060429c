"""Methods of `explain`: arrays, and figures by the end of their name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from scipy.ndimage import gaussian_filter

from keras_dl import plots
from keras_dl.explanations._layers import choose_layer, image_layers
from keras_dl.explanations._rectifiers import has_rectifiers
from keras_dl.explanations.attribution import integrated_gradients, saliency
from keras_dl.explanations.deconvolution import deconvnet, guided_backprop
from keras_dl.explanations.feature_maps import blocks, feature_maps, filters
from keras_dl.explanations.gradcam import gradcam
from keras_dl.explanations.maximization import maximize
from keras_dl.explanations.occlusion import occlusion
from keras_dl.explanations.patches import choose_units, top_patches
from keras_dl.explanations.preprocessing import to_display
from keras_dl.utils.layers import leaf_layers
from keras_dl.utils.text import plural

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["METHODS", "Request"]


@dataclass
class Request:
    """What is to be explained.

    Attributes:
        model: the model.
        x: images in the units of its inputs.
        pictures: the same as uint8.
        targets: class number of each image, or None for models without classes.
        captions: of the images.
        names: of the classes; empty if unknown.
        layer: name of a layer, or None.
        units: numbers of filters or classes; empty for the method's choice.
        bounds: smallest and largest input.
        baseline: image without information, for integrated gradients.
        notes: sentences on the result, added by the methods.
    """

    model: keras.Model
    x: np.ndarray
    pictures: np.ndarray
    targets: Any
    captions: Sequence[str]
    names: Sequence[str]
    layer: str | None
    units: Sequence[int]
    bounds: tuple[float, float]
    baseline: np.ndarray
    notes: list[str] = field(default_factory=list)


LARGE = 96  # pixels of a side

Found = tuple[Any, "dict[str, Figure]"]


def _saliency(r: Request) -> Found:
    maps = saliency(r.model, r.x, r.targets)
    return maps, _grid(r, maps, "|gradient| of the logit")


def _gradcam(r: Request) -> Found:
    name = choose_layer(r.model, r.x, r.layer).name
    maps = gradcam(r.model, r.x, r.targets, layer=name)
    r.notes.append(f"Grad-CAM at {name}, {maps.shape[1]}×{maps.shape[2]} positions")
    empty = int((maps.max(axis=(1, 2)) == 0).sum())
    if empty:
        r.notes.append(f"{plural(empty, 'map is', 'maps are')} 0: no position speaks for the class")
    return maps, _grid(r, maps, f"Grad-CAM, {name}")


def _integrated_gradients(r: Request) -> Found:
    values = integrated_gradients(r.model, r.x, r.targets, baseline=r.baseline)
    r.notes.append("integrated from black in 50 midpoints")
    return values, _grid(r, values.sum(axis=-1), "integrated gradients")


def _occlusion(r: Request) -> Found:
    change = occlusion(r.model, r.x, r.targets)
    r.notes.append("a fifth of the image covered with its mean colour; red: the logit falls")
    return change, _grid(r, -change, "fall of the logit")


def _deconvnet(r: Request) -> Found:
    return _views(r, deconvnet, "deconvnet")


def _guided_backprop(r: Request) -> Found:
    return _views(r, guided_backprop, "guided backpropagation")


def _views(r: Request, method: Callable[..., np.ndarray], name: str) -> Found:
    kinds = (keras.layers.MaxPooling2D, keras.layers.GlobalMaxPooling2D)
    pools = any(isinstance(layer, kinds) for layer in leaf_layers(r.model))
    if method is deconvnet and not pools:
        r.notes.append("the net has no max pooling: the deconvnet hardly depends on the image")
    if not has_rectifiers(r.model):
        r.notes.append(f"the net has no ReLU: {name} is the plain gradient")
    if r.layer is None:
        views = method(r.model, r.x, r.targets)[:, None]
        titles = [name]
    else:
        peaks = feature_maps(r.model, r.x, layer=r.layer).max(axis=(1, 2))
        units = choose_units(peaks, r.units, most=4)
        views = np.stack([method(r.model, r.x, layer=r.layer, unit=u) for u in units], axis=1)
        titles = [f"{r.layer}, filter {u}" for u in units]
    largest = np.percentile(np.abs(views), 99.5, axis=(2, 3, 4), keepdims=True)
    largest = np.where(largest > 0, largest, 1.0)
    pictures = to_display(views / largest, -1, 1)
    columns = {"image": r.pictures, **{t: pictures[:, i] for i, t in enumerate(titles)}}
    return views, {"": plots.captioned_columns(columns, r.captions)}


def _feature_maps(r: Request) -> Found:
    layers = [r.layer] if r.layer else blocks(r.model, r.x)
    most = 64 if r.layer else 8
    maps = {name: feature_maps(r.model, r.x, layer=name) for name in layers}
    figures = {}
    for i, (picture, caption) in enumerate(zip(r.pictures, r.captions, strict=True)):
        grids = {}
        for name, values in maps.items():
            strength = values[i].mean(axis=(0, 1))
            units = list(r.units) or sorted(np.argsort(-strength)[:most].tolist())
            choose_units(strength[None], units)
            grids[name] = values[i][..., units].transpose(2, 0, 1)
        figures[f"-{i + 1}"] = plots.feature_map_grid(picture, grids, caption)
    if not r.units:
        r.notes.append(f"the {most} filters with the largest mean of each layer, at most")
    return maps, figures


def _filters(r: Request) -> Found:
    kernel = filters(r.model, layer=r.layer)
    norms = np.sqrt((kernel**2).sum(axis=(0, 1, 2)))
    units = list(r.units) or sorted(np.argsort(-norms)[:6].tolist())
    choose_units(norms[None], units)
    if not r.units:
        r.notes.append("the six filters with the largest norm, and all")
    return kernel, {"-channels": plots.channel_filters(kernel, units), "": plots.filters(kernel)}


def _top_patches(r: Request) -> Found:
    result = top_patches(r.model, r.x, layer=r.layer, units=r.units)
    r.notes.append(
        f"strongest patches of {result.layer} among {plural(len(r.x), 'image', 'images')}"
    )
    pictures = to_display(result.patches, *r.bounds)
    views = (
        result.views if result.views.shape[-1] in (1, 3) else result.views.mean(-1, keepdims=True)
    )
    titles = [f"{result.layer}, filter {unit}" for unit in result.units]
    return result, {"": plots.patch_grid(pictures, views, titles)}


def _maximize(r: Request) -> Found:
    units = list(r.units)
    if not units and r.layer:
        units = list(range(min(6, image_layers(r.model, r.x)[r.layer][2])))
    units = sorted({int(unit) for unit in units})
    result = maximize(r.model, units, layer=r.layer, bounds=r.bounds)
    named = [r.names[u] if u < len(r.names) else f"class {u}" for u in units]
    titles = [f"{r.layer}, filter {u}" for u in units] if r.layer else named
    columns = dict(zip(titles, to_display(result, *r.bounds)[:, None], strict=True))
    return result, {"": plots.captioned_columns(columns, [""])}


def _grid(r: Request, maps: np.ndarray, quantity: str) -> "dict[str, Figure]":
    """Draws maps; those of single pixels of large images are smoothed, or nothing is seen."""
    if maps.shape == r.pictures.shape[:3] and min(maps.shape[1:]) >= LARGE:
        width = min(maps.shape[1:]) / 48
        maps = gaussian_filter(maps, (0, width, width))
        r.notes.append(f"smoothed in the figure, standard deviation {width:.1f} pixels")
    return {"": plots.attribution_grid(r.pictures, maps, r.captions, quantity=quantity)}


METHODS: dict[str, Callable[[Request], Found]] = {
    "saliency": _saliency,
    "gradcam": _gradcam,
    "integrated_gradients": _integrated_gradients,
    "occlusion": _occlusion,
    "deconvnet": _deconvnet,
    "guided_backprop": _guided_backprop,
    "feature_maps": _feature_maps,
    "filters": _filters,
    "top_patches": _top_patches,
    "maximize": _maximize,
}
