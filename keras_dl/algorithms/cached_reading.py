"""Reading with a decoder-only Transformer that keeps the keys and values of what it has read."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.backend.compiled_calls import compiled_call
from keras_dl.layers.causal_self_attention import CausalSelfAttention
from keras_dl.layers.position_embedding import PositionEmbedding
from keras_dl.models.transformers._cache import past, write

__all__ = ["CachedReader", "CachedStep", "has_cache"]

FIRST = "block1_attention"
PARTS = ("norm1", "attention", "norm2", "expand", "contract")  # layers of a block


def has_cache(model: keras.Model) -> bool:
    """Returns whether a model is a net of `keras_dl.models.gpt`, which `CachedStep` reads with."""
    kinds = {layer.name: type(layer) for layer in model.layers}
    return kinds.get(FIRST) is CausalSelfAttention and kinds.get("positions") is PositionEmbedding


@keras.saving.register_keras_serializable("keras_dl")
class CachedStep(ComposedModel):
    """Computes the logits of the next token from a window, or from one token and a cache.

    Args:
        net: of `keras_dl.models.gpt`.
        **kwargs: `name` and `dtype` of `keras.Model`.
    """

    components = ("net",)

    def __init__(self, net: keras.Model, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.net = net
        names = {layer.name for layer in net.layers}
        self._blocks = [
            {end: net.get_layer(f"block{number}_{end}") for end in PARTS}
            for number in range(1, len(names))
            if f"block{number}_attention" in names
        ]
        self.context = int(net.input_shape[1])
        self.build(None)

    def call(self, inputs: dict[str, Any], training: bool = False) -> Any:
        """Reads tokens.

        Args:
            inputs: "ids" (batch, time) int32 and "position", that of the token whose logits are
                wanted. With "cache", what the last call returned, time is 1 and the token stands at
                `position`; without, time is the context, and the tokens behind `position` are
                padding.
            training: not used.

        Returns:
            {"logits": (batch, vocabulary) float32, "cache": keys and values by block, each
            (batch, heads, context, size)}.
        """
        ids, position, cache = inputs["ids"], inputs["position"], inputs.get("cache")
        vectors = self.net.get_layer("tokens")(ids)
        x = self.net.get_layer("positions")(vectors, start=None if cache is None else position)
        if cache is None:
            places: Any = ops.arange(self.context)
            visible = places[:, None] >= places[None, :]
        else:
            visible = past(self.context, position)
        kept: list[Any] = []
        for number, layers in enumerate(self._blocks):
            queries, *new = layers["attention"].queries_keys_values(layers["norm1"](x))
            if cache is not None:
                before = cache[2 * number : 2 * number + 2]
                new = [write(old, part, position) for old, part in zip(before, new, strict=True)]
            x = x + layers["attention"].attend(queries, *new, visible)
            x = x + layers["contract"](layers["expand"](layers["norm2"](x)))
            kept += new
        if cache is None:
            x = ops.take(x, ops.reshape(position, (1,)), axis=1)
        return {"logits": self._logits(x)[:, 0], "cache": kept}

    def _logits(self, x: Any) -> Any:
        x, head = self.net.get_layer("norm")(x), self.net.get_layer("logits")
        tied = not isinstance(head, keras.layers.Dense)
        return head(self.net.get_layer("tokens")(x, reverse=True) if tied else x)


class CachedReader:
    """Reads a text with `CachedStep`, one compiled call for each token.

    Positions are learned from the beginning of the window. Where the text is longer than the
    context, each token therefore moves the window, whose keys and values are computed anew.

    Args:
        net: of `keras_dl.models.gpt`.
    """

    def __init__(self, net: keras.Model) -> None:
        self._step = _step_of(net)
        self._call = compiled_call(self._step)
        self._ids: list[int] = []
        self._cache: Any = None

    def __call__(self, tokens: Sequence[int]) -> np.ndarray:
        """Reads further tokens, at least one.

        Returns:
            Logits (vocabulary,) of the token that follows them.
        """
        context = self._step.context
        whole = self._cache is None or len(tokens) > 1 or len(self._ids) == context
        self._ids = [*self._ids, *tokens][-context:]
        inputs: dict[str, Any] = {"position": np.int32(len(self._ids) - 1)}
        if whole:
            ids = np.zeros((1, context), "int32")  # causality makes the padding harmless
            ids[0, : len(self._ids)] = self._ids
        else:
            ids = np.array([tokens], "int32")
            inputs["cache"] = self._cache
        outputs = self._call({**inputs, "ids": ids})
        self._cache = outputs["cache"]
        return np.asarray(ops.convert_to_numpy(outputs["logits"]))[0]


@lru_cache(maxsize=1)  # a traced step serves all texts of a net, which it keeps alive
def _step_of(net: keras.Model) -> CachedStep:
    return CachedStep(net)
