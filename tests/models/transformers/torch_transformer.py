"""The same net by `torch.nn.Transformer`, with weights copied over."""

import keras
import numpy as np
import torch
from torch import nn


def torch_logits(model, source, target, *, layers, heads, norm_first):
    """Logits of PyTorch's Transformer with the weights of the Keras model."""
    table = _tensor(model.get_layer("tokens").weights[0])
    width, hidden = table.shape[1], model.get_layer("encoder1_expand").units
    peer = _transformer(width, hidden, layers, heads, norm_first).eval()
    for side, stack in (("encoder", peer.encoder), ("decoder", peer.decoder)):
        for number, block in enumerate(stack.layers, 1):
            _copy_block(model, f"{side}{number}", block)
        if norm_first:
            _copy(stack.norm, model.get_layer(f"{side}_norm"))
    source, target = (torch.from_numpy(ids).long() for ids in (source, target))
    padding = source == 0
    with torch.no_grad():
        out = peer(
            _with_positions(table, source),
            _with_positions(table, target),
            tgt_mask=nn.Transformer.generate_square_subsequent_mask(target.shape[1]),
            src_key_padding_mask=padding,
            memory_key_padding_mask=padding,
        )
        return (out @ table.T).numpy()


def _transformer(width, hidden, layers, heads, norm_first):
    options = {"dropout": 0.0, "batch_first": True, "norm_first": norm_first}
    encoder = nn.TransformerEncoderLayer(width, heads, hidden, **options)
    decoder = nn.TransformerDecoderLayer(width, heads, hidden, **options)
    norms = [nn.LayerNorm(width) if norm_first else None for _ in range(2)]
    return nn.Transformer(
        width,
        heads,
        custom_encoder=nn.TransformerEncoder(encoder, layers, norms[0], enable_nested_tensor=False),
        custom_decoder=nn.TransformerDecoder(decoder, layers, norms[1]),
        batch_first=True,
    )


def _with_positions(table, ids):
    """Written as in the paper, section 3.5: one position and dimension at a time."""
    width = table.shape[1]
    positions = torch.zeros(ids.shape[1], width)
    for t in range(ids.shape[1]):
        for i in range(0, width, 2):
            angle = t / 10_000 ** (i / width)
            positions[t, i], positions[t, i + 1] = np.sin(angle), np.cos(angle)
    return table[ids] * width**0.5 + positions


def _copy_block(model, prefix, block):
    norms = {"attention": block.norm1, "memory_attention": block.norm2}
    names = ["attention"] + ["memory_attention"] * prefix.startswith("decoder")
    for name, peer in zip(names, ("self_attn", "multihead_attn"), strict=False):
        _copy_attention(getattr(block, peer), model.get_layer(f"{prefix}_{name}"))
        _copy(norms[name], model.get_layer(f"{prefix}_{name}_norm"))
    _copy(block.linear1, model.get_layer(f"{prefix}_expand"))
    _copy(block.linear2, model.get_layer(f"{prefix}_contract"))
    last = block.norm3 if prefix.startswith("decoder") else block.norm2
    _copy(last, model.get_layer(f"{prefix}_contract_norm"))


def _copy_attention(peer, layer):
    parts = [layer.query, layer.key, layer.value]
    with torch.no_grad():
        peer.in_proj_weight.copy_(torch.cat([_tensor(p.kernel).T for p in parts]))
        peer.in_proj_bias.copy_(torch.cat([_tensor(p.bias) for p in parts]))
    _copy(peer.out_proj, layer.projection)


def _copy(peer, layer):
    with torch.no_grad():
        for target, weight in zip(peer.parameters(), layer.weights, strict=True):
            value = _tensor(weight)
            target.copy_(value.T if value.ndim == 2 else value)


def _tensor(weight):
    return torch.from_numpy(np.array(keras.ops.convert_to_numpy(weight)))
