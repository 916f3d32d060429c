"""The works' nets in PyTorch, begun as Keras begins them."""

from typing import Any

from torch import nn
from torch.nn import functional

__all__ = ["net", "players"]


def net(work: str) -> Any:
    """The net of a work, from scaled examples to logits."""
    made = {"lenet5": _lenet5, "mlp": _mlp, "resnet20": ResNet20, "lstm": Reader, "gpt": GPT}[
        work
    ]()
    start = (
        nn.init.xavier_uniform_ if work in ("lenet5", "lstm", "gpt") else nn.init.kaiming_normal_
    )
    return made.apply(lambda layer: _begun(layer, start))


def _begun(layer: Any, start: Any) -> None:
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
        start(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    if isinstance(layer, nn.LSTM):
        start(layer.weight_ih_l0)
        nn.init.orthogonal_(layer.weight_hh_l0)
        nn.init.zeros_(layer.bias_ih_l0)
        nn.init.zeros_(layer.bias_hh_l0)
        layer.bias_ih_l0.data[layer.hidden_size : 2 * layer.hidden_size] = 1.0  # open to the past
    if isinstance(layer, nn.Embedding):
        nn.init.uniform_(layer.weight, -0.05, 0.05)


def _lenet5() -> Any:
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten()),
        *(nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)),
    )


def _mlp() -> Any:
    return nn.Sequential(
        *(nn.Flatten(), nn.Linear(784, 512), nn.ReLU()),
        *(nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)),
    )


class Block(nn.Module):
    """Two convolutions beside a shortcut without weights."""

    def __init__(self, inputs: int, filters: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inputs, filters, 3, stride, 1, bias=False)
        self.second = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(filters) for _ in range(2))
        self.stride, self.more = stride, filters - inputs

    def forward(self, x: Any) -> Any:
        y = functional.relu(self.norms[0](self.first(x)))
        y = self.norms[1](self.second(y))
        if self.more:
            half = self.more // 2
            x = functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, half, half))
        return functional.relu(x + y)


class ResNet20(nn.Module):
    """Three stages of three blocks."""

    def __init__(self) -> None:
        super().__init__()
        sizes = [(16, 1)] * 3 + [(32, 2)] + [(32, 1)] * 2 + [(64, 2)] + [(64, 1)] * 2
        widths = [16, *(filters for filters, _ in sizes)]
        self.start = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()
        )
        self.blocks = nn.Sequential(
            *(Block(before, *size) for before, size in zip(widths, sizes, strict=False))
        )
        self.logits = nn.Linear(64, 10)

    def forward(self, x: Any) -> Any:
        return self.logits(self.blocks(self.start(x)).mean((2, 3)))


class Reader(nn.Module):
    """An LSTM and its last state."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.logits = nn.Embedding(20_002, 128), nn.Linear(128, 2)
        self.lstm = nn.LSTM(128, 128, batch_first=True)

    def forward(self, x: Any) -> Any:
        return self.logits(self.lstm(self.words(x))[0][:, -1])


class GPT(nn.Module):
    """Six blocks of causal attention with four heads."""

    def __init__(self, width: int = 128, length: int = 128, vocabulary: int = 128) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*(Attending(width, 4) for _ in range(6)))
        self.logits = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, vocabulary))

    def forward(self, x: Any) -> Any:
        return self.logits(self.blocks(self.words(x) + self.places.weight))


class Attending(nn.Module):
    """One block."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.three, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.hidden = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, x: Any) -> Any:
        count, length, width = x.shape
        split = self.three(self.before(x)).view(count, length, 3, self.heads, -1)
        asked, known, said = split.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(asked, known, said, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).reshape(count, length, width))
        return x + self.hidden(self.between(x))


def players() -> tuple[Any, Any]:
    """DCGAN's generator and discriminator for 28×28 pixels."""
    generator = nn.Sequential(
        *(nn.Linear(100, 7 * 7 * 64, bias=False), nn.Unflatten(1, (64, 7, 7))),
        *(nn.BatchNorm2d(64, 1e-3), nn.ReLU(), nn.ConvTranspose2d(64, 32, 4, 2, 1, bias=False)),
        *(nn.BatchNorm2d(32, 1e-3), nn.ReLU(), nn.ConvTranspose2d(32, 1, 4, 2, 1, bias=False)),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        *(nn.Conv2d(1, 32, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)),
        *(nn.Conv2d(32, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64, 1e-3), nn.LeakyReLU(0.2)),
        *(nn.Flatten(), nn.Linear(7 * 7 * 64, 1, bias=False)),
    )
    small = lambda weight: nn.init.normal_(weight, std=0.02)  # noqa: E731
    nets = generator, discriminator
    return tuple(made.apply(lambda layer: _begun(layer, small)) for made in nets)  # type: ignore
