"""Visual words: nearest centroids of image patches or SIFT descriptors, pooled over quadrants."""

from typing import Any

import keras
from keras import ops

from keras_dl.layers.dense_sift import CELLS, ORIENTATIONS, dense_sift
from keras_dl.utils.checks import check_choice, check_count, check_nonnegative

__all__ = ["VisualWords"]

ASSIGNMENTS, DESCRIPTORS = ("triangle", "hard"), ("patches", "sift")


def _normalized_patches(images: Any, size: int, stride: int, contrast: float) -> Any:
    """Cuts images into patches of mean 0 and, where they have contrast, variance 1.

    Args:
        images: (n, height, width, channels) floats in [0, 1].
        size: side of a patch in pixels.
        stride: step between patches.
        contrast: number that is added to the variance, so that noise is not amplified.

    Returns:
        (n, rows, columns, size·size·channels).
    """
    patches: Any = ops.image.extract_patches(
        images, (size, size), (stride, stride), padding="valid", data_format="channels_last"
    )
    centred = patches - ops.mean(patches, axis=-1, keepdims=True)
    variance: Any = ops.mean(ops.square(centred), axis=-1, keepdims=True)
    return centred / ops.sqrt(variance + contrast)


@keras.saving.register_keras_serializable("keras_dl")
class VisualWords(keras.layers.Layer):
    """Counts of visual words in each quadrant of an image.

    Patches are normalized and whitened; SIFT descriptors stay as they are. "hard" assigns each
    descriptor to its nearest centroid, a bag of visual words; "triangle" gives centroid k the
    amount max(0, mean distance - distance to k), which is 0 for about half of the words. The
    amounts are summed over each quadrant.

    Centroids and whitening are not trainable; `keras_dl.algorithms.visual_words` learns them.

    Args:
        words: number of centroids.
        size: side of a patch in pixels; of a SIFT descriptor a multiple of 4, its cells in a row.
        stride: step between patches or descriptors.
        descriptor: "patches" or "sift".
        assignment: "triangle" or "hard".
        contrast: added to the variance of a patch in [0, 1].
        **kwargs: `name` and `dtype` of `keras.layers.Layer`.

    Raises:
        TypeError, ValueError: if an argument is out of its range, or images are smaller than two
            descriptors.

    Reference:
        Coates, Lee and Ng, 2011, An Analysis of Single-Layer Networks in Unsupervised Feature
        Learning, sections 3.1, 3.2.1 and 3.2.2. Csurka, Dance, Fan, Willamowski and Bray, 2004,
        Visual Categorization with Bags of Keypoints, for "sift" with "hard".
    """

    def __init__(
        self,
        words: int,
        *,
        size: int = 6,
        stride: int = 1,
        descriptor: str = "patches",
        assignment: str = "triangle",
        contrast: float = 10 / 255**2,
        **kwargs: Any,
    ) -> None:
        check_count("words", words, "it is the number of centroids")
        check_count("size", size, "it is the side of a patch")
        check_count("stride", stride, "it is the step between patches")
        check_choice("descriptor", descriptor, DESCRIPTORS)
        if descriptor == "sift" and size % CELLS:
            raise ValueError(
                f"`size` must be a multiple of {CELLS} for sift. Received: size={size}"
            )
        check_choice("assignment", assignment, ASSIGNMENTS)
        check_nonnegative("contrast", contrast, "it is added to the variance of a patch")
        super().__init__(**kwargs)
        self.words, self.size, self.stride = words, size, stride
        self.descriptor, self.assignment = descriptor, assignment
        self.contrast = float(contrast)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates whitening and centroids, which are 0 until they are learned."""
        height, width, channels = input_shape[1:]
        if not height or not width or not channels or min(height, width) < self.size + self.stride:
            raise ValueError(
                f"`inputs` must be images of at least {self.size + self.stride} pixels. "
                f"Received: shape {input_shape}"
            )
        sift = self.descriptor == "sift"
        length = CELLS**2 * ORIENTATIONS if sift else self.size**2 * channels
        for name, shape in {
            "mean": (length,), "whitening": (length, length), "centroids": (self.words, length),
        }.items():  # fmt: skip
            weight = self.add_weight(
                shape=shape, initializer="zeros", trainable=False, dtype="float32", name=name
            )
            setattr(self, name, weight)

    def describe(self, images: Any) -> Any:
        """Returns the descriptors (n, rows, columns, length) of images in [0, 1], not whitened."""
        if self.descriptor == "sift":
            return dense_sift(images, self.size // CELLS, self.stride)
        return _normalized_patches(images, self.size, self.stride, self.contrast)

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Computes the amounts (n, 4·words) of images in [0, 1]."""
        white: Any = ops.matmul(self.describe(inputs) - self.mean, self.whitening)
        products: Any = ops.matmul(white, ops.transpose(self.centroids))
        squares: Any = ops.sum(ops.square(self.centroids), axis=-1)
        # Without the patch's own square, which is the same for all centroids.
        relative = squares - 2.0 * products
        if self.assignment == "hard":
            amounts: Any = ops.one_hot(ops.argmin(relative, axis=-1), self.words, dtype="float32")
        else:
            own: Any = ops.sum(ops.square(white), axis=-1, keepdims=True)
            distance: Any = ops.sqrt(ops.maximum(relative + own, 0.0))
            amounts = ops.relu(ops.mean(distance, axis=-1, keepdims=True) - distance)
        rows, columns = amounts.shape[1] // 2, amounts.shape[2] // 2
        quadrants = [
            ops.sum(part, axis=(1, 2))
            for half in (amounts[:, :rows], amounts[:, rows:])
            for part in (half[:, :, :columns], half[:, :, columns:])
        ]
        return ops.concatenate(quadrants, axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (n, 4·words)."""
        return (input_shape[0], 4 * self.words)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        names = ("words", "size", "stride", "descriptor", "assignment", "contrast")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
