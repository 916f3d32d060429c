"""PyTorch: data in memory, eager steps, fused Adam; images of ResNet with channels last."""

import math
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.sides import pytorch_nets
from benchmarks.works import WORKS

RATE = 1e-3  # Adam's in Keras


def train(work: str, file: str, turns: Any, *, fused: bool = True) -> None:
    """Trains until the parent has seen enough, with a step of Adam in one call or as by default."""
    torch.manual_seed(0)
    with np.load(file) as found:
        parts = {name: torch.from_numpy(found[name]) for name in found.files}
    turns.tell()
    x, test = _inputs(work, parts["x_train"]), _inputs(work, parts["x_test"])
    y, truth = parts["y_train"].long(), parts["y_test"].long()
    if work == "dcgan":
        _game(x, WORKS[work].batch, turns)
        return
    net = pytorch_nets.net(work)
    if work == "resnet20":
        net, x = (part.to(memory_format=torch.channels_last) for part in (net, x))
    # The regularizer of Keras' ResNet adds as much to the gradient.
    decay = 1e-4 if work == "resnet20" else 0.0
    optimizer = torch.optim.Adam(net.parameters(), RATE, eps=1e-7, weight_decay=decay, fused=fused)

    def epoch() -> float:
        net.train()
        total = 0.0
        for rows in torch.randperm(len(x)).split(WORKS[work].batch):
            optimizer.zero_grad()
            loss = _loss(net(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += float(loss.detach())
        return total

    def score() -> float:
        net.eval()
        with torch.no_grad():
            said = torch.cat([net(rows) for rows in test.split(256)])
        right = float((said.argmax(-1) == truth).float().mean())
        return float(_loss(said, truth)) if WORKS[work].score == "val_loss" else right

    turns.take(epoch, score)


def _inputs(work: str, x: Any) -> Any:
    if x.dtype != torch.uint8:
        return x.long()
    scaled = x.float() / 127.5 - 1 if work == "dcgan" else x.float() / 255
    return scaled.permute(0, 3, 1, 2).contiguous()


def _loss(logits: Any, y: Any) -> Any:
    return functional.cross_entropy(logits.flatten(0, -2), y.flatten())


def _game(x: Any, batch: int, turns: Any) -> None:
    """As PyTorch's own example of DCGAN: both players on the same made images."""
    generator, discriminator = pytorch_nets.players()
    adams = [
        torch.optim.Adam(net.parameters(), 2e-4, betas=(0.5, 0.999), eps=1e-7, fused=True)
        for net in (discriminator, generator)
    ]
    criterion = nn.BCEWithLogitsLoss()

    def epoch() -> float:
        losses = []
        for rows in torch.randperm(len(x)).split(batch):
            yes, no = torch.ones(len(rows), 1), torch.zeros(len(rows), 1)
            made = generator(torch.randn(len(rows), 100))
            adams[0].zero_grad()
            loss = criterion(discriminator(x[rows]), yes)
            loss = loss + criterion(discriminator(made.detach()), no)
            loss.backward()
            adams[0].step()
            adams[1].zero_grad()
            criterion(discriminator(made), yes).backward()
            adams[1].step()
            losses.append(float(loss.detach()))
        return sum(losses) / len(losses)

    turns.take(epoch, lambda: math.nan)
