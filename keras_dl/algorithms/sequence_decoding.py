"""Beam search with an encoder-decoder Transformer whose decoder keeps keys and values."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.models.transformers._cache import past, write
from keras_dl.models.transformers._residual_parts import ATTENTIONS, apply_block
from keras_dl.models.transformers.transformer import PADDING
from keras_dl.utils.checks import check_count, check_nonnegative

__all__ = ["BeamSearch"]

NEVER = -1e9  # log-probability of what must not be chosen


@keras.saving.register_keras_serializable("keras_dl")
class BeamSearch(ComposedModel):
    """Decodes with an encoder-decoder Transformer, one token at a time, in one compiled loop.

    The encoder runs once for each source; of each target token the keys and values are computed
    once. Hypotheses are ranked by log p / ((5 + n) / 6)^α with n tokens, the end included; those
    that have ended stay among the `beams` best, and the search ends when all of them have.

    Args:
        net: `keras_dl.models.transformer`, whose sources are ids, or
            `keras_dl.models.document_reader`, whose sources are images.
        start: id of the token that every target begins with.
        end: id of the token that ends a target.
        length: most tokens of a target, the end included.
        beams: hypotheses kept for each source; 1: the most probable token at each step.
        alpha: exponent α of the length penalty, 0 or more; 0 ranks by probability.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if a number is of the wrong kind.
        ValueError: if `length` or `beams` is below 1, or `alpha` negative.

    Reference:
        Vaswani et al., 2017, Attention Is All You Need, arXiv:1706.03762, section 6.1.
        Wu et al., 2016, Google's Neural Machine Translation System, arXiv:1609.08144, eq. 14.
    """

    components = ("net",)
    arguments = ("start", "end", "length", "beams", "alpha")

    def __init__(
        self,
        net: keras.Model,
        *,
        start: int,
        end: int,
        length: int,
        beams: int = 4,
        alpha: float = 0.6,
        **kwargs: Any,
    ) -> None:
        check_count("length", length, "it is the largest number of tokens of a target")
        check_count("beams", beams, "it is the number of hypotheses that are kept")
        check_nonnegative("alpha", alpha, "it is the exponent of the length penalty")
        super().__init__(**kwargs)
        self.net, self.start, self.end = net, int(start), int(end)
        self.length, self.beams, self.alpha = int(length), int(beams), float(alpha)
        names = {layer.name for layer in net.layers}
        self._norm_first = "decoder_norm" in names
        self._blocks = [
            _parts(net, f"decoder{i}_", names)
            for i in range(1, len(names))
            if f"decoder{i}_contract" in names
        ]
        source: Any = net.input["source"]  # type: ignore[index]
        self._reads_ids = source.dtype == "int32"
        last = "memory"
        if self._reads_ids:
            own = f"encoder{len(self._blocks)}_contract_norm"
            last = "encoder_norm" if self._norm_first else own
        self._encoder = keras.Model(source, net.get_layer(last).output)
        self.build(None)
        # XLA compiles loops of unknown length badly, and JAX compiles by nothing else.
        compiled: Any = keras.backend.backend() == "jax"
        self.compile(jit_compile=compiled)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Decodes sources.

        Args:
            inputs: ids (batch, source time), `PADDING` behind their ends; or images.
            training: not used.

        Returns:
            {"ids": (batch, beams, length) int32, best first, the end included and `PADDING` behind
            it, "scores": (batch, beams), what they are ranked by}.
        """
        source = self._source(inputs)
        shape: Any = ops.shape(source)
        batch = shape[0]
        memory = self._repeated(self._encoder(source))
        visible = self._visible(source)
        visible = None if visible is None else self._repeated(visible)
        read = [parts["memory_attention"].keys_and_values(memory) for parts in self._blocks]
        heads = self._blocks[0]["attention"].num_heads
        empty = (batch * self.beams, heads, self.length, memory.shape[-1] // heads)
        caches = [ops.zeros(empty, memory.dtype) for _ in range(2 * len(self._blocks))]
        ids = ops.full((batch, self.beams, self.length), PADDING, "int32")
        # One hypothesis at the beginning: equal ones would fill the beam with copies.
        first: Any = ops.where(ops.arange(self.beams) == 0, 0.0, NEVER)
        scores = ops.zeros((batch, 1), "float32") + first[None, :]
        lengths = ops.zeros((batch, self.beams), "int32")
        last = ops.full((batch, self.beams), self.start, "int32")

        def unfinished(t: Any, ids: Any, last: Any, *_: Any) -> Any:
            return ops.logical_and(t < self.length, ops.any(self._is_open(t, last)))

        def step(t: Any, ids: Any, last: Any, scores: Any, lengths: Any, *caches: Any) -> Any:
            tokens = ops.reshape(last, (-1, 1))
            logits, longer = self._step(t, tokens, list(caches), read, visible)
            return self._extend(t, ids, last, scores, lengths, longer, logits)

        state = (ops.convert_to_tensor(0, "int32"), ids, last, scores, lengths, *caches)
        end: Any = ops.while_loop(unfinished, step, state)
        return {"ids": end[1], "scores": self._ranks(end[3], end[4])}

    def attention(self, source: np.ndarray, target: np.ndarray) -> list[np.ndarray]:
        """Computes how each block of the decoder weighs the source.

        Args:
            source: ids (batch, source time), or images.
            target: ids (batch, time) that the decoder reads, the start first.

        Returns:
            For each block weights (batch, heads, time, source time); they sum to 1. Of images the
            source time counts the places of the feature map, row by row.
        """
        read = self._source(source)
        visible, memory, all_weights = self._visible(read), self._encoder(read), []
        x = self._vectors(ops.convert_to_tensor(np.asarray(target, "int32")), 0)

        def look(parts: dict[str, Any], y: Any) -> Any:
            layer = parts["memory_attention"]
            out, weights = layer.attend(y, *layer.keys_and_values(memory), visible)
            all_weights.append(np.asarray(ops.convert_to_numpy(weights)))
            return out

        for parts in self._blocks:
            own = parts["attention"]
            attend = {
                "attention": lambda y, own=own: own(y, y),
                "memory_attention": lambda y, parts=parts: look(parts, y),
            }
            x = apply_block(parts, x, attend, norm_first=self._norm_first)
        return all_weights

    def _step(
        self, t: Any, last: Any, caches: list[Any], read: list[Any], visible: Any
    ) -> tuple[Any, list[Any]]:
        """Returns logits (batch·beams, vocabulary) of the next token, and the new caches."""
        x, new = self._vectors(last, t), []

        def itself(layer: Any, number: int, y: Any) -> Any:
            for part, cache in zip(layer.keys_and_values(y), caches[2 * number :], strict=False):
                new.append(write(cache, part, t))
            return layer.attend(y, *new[-2:], past(self.length, t))[0]

        for number, parts in enumerate(self._blocks):
            own, other = parts["attention"], parts["memory_attention"]
            attend = {
                "attention": lambda y, own=own, i=number: itself(own, i, y),
                "memory_attention": lambda y, other=other, i=number: other.attend(
                    y, *read[i], visible
                )[0],
            }
            x = apply_block(parts, x, attend, norm_first=self._norm_first)
        if self._norm_first:
            x = self.net.get_layer("decoder_norm")(x)
        logits: Any = self.net.get_layer("tokens")(x, reverse=True)
        return ops.cast(logits[:, 0], "float32"), new

    def _extend(
        self, t: Any, ids: Any, last: Any, scores: Any, lengths: Any, caches: Any, logits: Any
    ) -> Any:
        """Returns the loop's state with each hypothesis one token longer, unless it has ended."""
        size = int(logits.shape[-1])
        chances: Any = ops.reshape(ops.log_softmax(logits), (-1, self.beams, size))
        padding: Any = ops.arange(size) == PADDING
        going: Any = self._is_open(t, last)
        chances = ops.where(
            going[..., None],
            ops.where(padding, NEVER, chances),
            ops.where(padding, 0.0, NEVER),  # what has ended keeps its probability
        )
        totals: Any = ops.reshape(scores[..., None] + chances, (-1, self.beams * size))
        longer: Any = lengths + ops.cast(going, "int32")
        ranks = self._ranks(totals, ops.repeat(longer, size, axis=-1))
        top: Any = ops.top_k(ranks, self.beams)
        best: Any = top[1]
        parents: Any = best // size
        tokens: Any = ops.cast(best % size, "int32")
        ids = ops.take_along_axis(ids, parents[..., None], axis=1)
        here: Any = ops.equal(ops.arange(self.length), t)
        written: Any = tokens[..., None]
        ids = ops.where(here[None, None, :], written, ids)
        shape: Any = ops.shape(ids)
        first: Any = ops.cast(ops.arange(shape[0]), parents.dtype)
        rows = ops.reshape(first[:, None] * self.beams + parents, (-1,))
        return (
            t + 1,
            ids,
            tokens,
            ops.take_along_axis(totals, best, axis=1),
            ops.take_along_axis(longer, parents, axis=1),
            *(ops.take(cache, rows, axis=0) for cache in caches),
        )

    def _is_open(self, t: Any, last: Any) -> Any:
        return ops.logical_and(last != self.end, ops.logical_or(last != PADDING, t == 0))

    def _ranks(self, scores: Any, lengths: Any) -> Any:
        tokens: Any = ops.cast(lengths, "float32")
        penalty: Any = ops.power((5.0 + tokens) / 6.0, self.alpha)
        return scores / penalty

    def _source(self, inputs: Any) -> Any:
        return ops.cast(inputs, "int32") if self._reads_ids else ops.convert_to_tensor(inputs)

    def _visible(self, source: Any) -> Any:
        if not self._reads_ids:
            return None
        mask: Any = ops.not_equal(source, PADDING)
        return mask[:, None, None, :]

    def _repeated(self, tensor: Any) -> Any:
        return ops.repeat(tensor, self.beams, axis=0)

    def _vectors(self, ids: Any, start: Any) -> Any:
        return self.net.get_layer("positions")(self.net.get_layer("tokens")(ids), start=start)


def _parts(net: keras.Model, prefix: str, names: set[str]) -> dict[str, Any]:
    """Layers of a block of the decoder, by their names without the block's."""
    ends = [*ATTENTIONS["decoder"], "expand", "drop_hidden", "contract"]
    ends += [f"{name}_{kind}" for name in (*ATTENTIONS["decoder"], "contract")
             for kind in ("norm", "drop")]  # fmt: skip
    return {end: net.get_layer(prefix + end) for end in ends if prefix + end in names}
