"""Global settings of Keras, its backend and the random generators, restored after a training."""

import contextlib
import importlib
import random
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

__all__ = ["restored_state"]

Setting = tuple[Callable[[], Any], Callable[[Any], object]]  # getter and setter


@contextlib.contextmanager
def restored_state() -> Iterator[None]:
    """Restores global settings when the block ends, so that no training sees those of another.

    Restored are Keras' floatx, epsilon, image data format, dtype policy and limits of epochs and
    steps; eager functions and default types of the backend; Python's and NumPy's random generators.
    """
    settings = [*_keras_settings(), *_backend_settings()]
    before = [get() for get, _ in settings]
    generators = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        for (get, set_value), value in zip(settings, before, strict=True):
            if get() != value:  # setting anything may make a backend trace again
                set_value(value)
        random.setstate(generators[0])
        np.random.set_state(generators[1])


def _keras_settings() -> list[Setting]:
    config = keras.config
    return [
        (config.floatx, config.set_floatx),
        (config.epsilon, config.set_epsilon),
        (config.image_data_format, config.set_image_data_format),
        (config.dtype_policy, config.set_dtype_policy),
        (config.max_epochs, config.set_max_epochs),
        (config.max_steps_per_epoch, config.set_max_steps_per_epoch),
    ]


def _backend_settings() -> list[Setting]:
    backend = keras.backend.backend()
    if backend == "tensorflow":
        config: Any = importlib.import_module("tensorflow").config
        return [(config.functions_run_eagerly, config.run_functions_eagerly)]
    if backend == "torch":
        torch: Any = importlib.import_module("torch")
        return [
            (torch.get_default_dtype, torch.set_default_dtype),
            (torch.is_grad_enabled, torch.set_grad_enabled),
        ]
    return [_jax_setting(name) for name in ("jax_disable_jit", "jax_enable_x64")]


def _jax_setting(name: str) -> Setting:
    config: Any = importlib.import_module("jax").config
    return lambda: getattr(config, name), lambda value: config.update(name, value)
