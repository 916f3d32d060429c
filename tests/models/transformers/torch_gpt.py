"""The same net in plain PyTorch, written as nanoGPT writes it, with weights copied over."""

import keras
import numpy as np
import torch
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    def __init__(self, width, heads, bias):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, bias=bias)
        self.qkv = nn.Linear(width, 3 * width, bias=bias)
        self.projection = nn.Linear(width, width, bias=bias)
        self.norm2 = nn.LayerNorm(width, bias=bias)
        self.expand = nn.Linear(width, 4 * width, bias=bias)
        self.contract = nn.Linear(4 * width, width, bias=bias)

    def forward(self, x):
        batch, time, width = x.shape
        parts = self.qkv(self.norm1(x)).split(width, dim=2)
        q, k, v = (p.view(batch, time, self.heads, -1).transpose(1, 2) for p in parts)
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.projection(y.transpose(1, 2).reshape(batch, time, width))
        return x + self.contract(functional.gelu(self.expand(self.norm2(x))))


def torch_logits(model, ids, *, layers, heads):
    """Logits of the PyTorch net that has the weights of the Keras model."""
    tokens, positions = (_tensor(model.get_layer(n).weights[0]) for n in ("tokens", "positions"))
    x = tokens[torch.from_numpy(ids).long()] + positions[None]
    for number in range(1, layers + 1):
        x = _block(model, f"block{number}", heads)(x)
    norm = model.get_layer("norm")
    last = nn.LayerNorm(x.shape[-1], bias=norm.center)
    _copy(last, norm.weights)
    head = model.get_layer("logits").weights
    matrix = _tensor(head[0]) if head else tokens.T
    with torch.no_grad():
        return (last(x) @ matrix).numpy()


def copy_to_gpt2(model, theirs):
    """Copies our weights into a `GPT2LMHeadModel`; returns its logits as a function of ids.

    Its dense layers keep kernels as (inputs, outputs), as Keras does.
    """
    body = theirs.transformer
    named = {f"h.{i}": f"block{i + 1}" for i in range(len(body.h))}
    parts = {"ln_1": "norm1", "ln_2": "norm2", "mlp.c_fc": "expand", "mlp.c_proj": "contract"}
    with torch.no_grad():
        body.wte.weight.copy_(_tensor(model.get_layer("tokens").weights[0]))
        body.wpe.weight.copy_(_tensor(model.get_layer("positions").weights[0]))
        _copy(body.ln_f, model.get_layer("norm").weights, transpose=False)
        for there, here in named.items():
            for part, name in parts.items():
                module = body.get_submodule(f"{there}.{part}")
                _copy(module, model.get_layer(f"{here}_{name}").weights, transpose=False)
            attention = model.get_layer(f"{here}_attention")
            block = body.get_submodule(f"{there}.attn")
            _copy(block.c_attn, attention.qkv.weights, transpose=False)
            _copy(block.c_proj, attention.projection.weights, transpose=False)

    def logits(ids):
        with torch.no_grad():
            return theirs(torch.from_numpy(ids).long()).logits.numpy()

    return logits


def _block(model, name, heads):
    attention, norm = model.get_layer(f"{name}_attention"), model.get_layer(f"{name}_norm1")
    block = Block(norm.weights[0].shape[0], heads, norm.center)
    _copy(block.norm1, norm.weights)
    _copy(block.qkv, attention.qkv.weights)
    _copy(block.projection, attention.projection.weights)
    _copy(block.norm2, model.get_layer(f"{name}_norm2").weights)
    _copy(block.expand, model.get_layer(f"{name}_expand").weights)
    _copy(block.contract, model.get_layer(f"{name}_contract").weights)
    return block


def _copy(module, weights, *, transpose=True):
    """Kernel or scale, then the bias where there is one; PyTorch keeps most kernels transposed."""
    with torch.no_grad():
        for target, weight in zip(module.parameters(), weights, strict=True):
            value = _tensor(weight)
            target.copy_(value.T if transpose and value.ndim == 2 else value)


def _tensor(weight):
    return torch.from_numpy(np.array(keras.ops.convert_to_numpy(weight)))
